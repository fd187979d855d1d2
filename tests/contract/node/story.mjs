// The main story, played by the official client against a real server: node story.mjs URL FOLDER_OF_SOCKET.IO-CLIENT
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [url, packages] = process.argv.slice(2);
const { io } = createRequire(pathToFileURL(`${packages}/`))("socket.io-client");
const keys = (object) => Object.keys(object).sort();
const MEMBER = ["colour", "host", "id", "name", "online"];
const PNG =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

class Person {
  constructor(name) {
    this.name = name;
    this.token = randomBytes(32).toString("base64url");
    this.mid = 0;
    this.heard = [];
    this.waiting = [];
    this.socket = io(url, { transports: ["websocket"], forceNew: true });
    this.socket.onAny((event, payload) => this.note(event, payload));
    this.socket.on("disconnect", (reason) => this.note("disconnect", reason));
  }

  note(event, payload) {
    this.heard.push([event, payload]);
    this.waiting = this.waiting.filter(({ wanted, like, resolve }) => {
      const found = event === wanted && like(payload);
      if (found) resolve(payload);
      return !found;
    });
  }

  hears(wanted, like = () => true) {
    const found = this.heard.find(([event, payload]) => event === wanted && like(payload));
    if (found) return Promise.resolve(found[1]);
    return new Promise((resolve) => this.waiting.push({ wanted, like, resolve }));
  }

  asks(command, fields = {}) {
    return this.socket.timeout(10_000).emitWithAck(command, fields);
  }

  async does(command, fields = {}) {
    const ack = await this.asks(command, fields);
    assert.equal(ack.ok, true, `${command}: ${JSON.stringify(ack)}`);
    return ack;
  }

  joins(fields = {}) {
    return this.does("join", { token: this.token, name: this.name, ...fields });
  }
}

const [minji, jun, sora] = ["민지", "준", "Sora"].map((name) => new Person(name));

// given three people in a room
for (const person of [minji, jun, sora]) {
  person.welcome = await person.joins();
  assert.deepEqual(keys(person.welcome), ["entries", "last_mid", "members", "offers", "ok", "room", "you"]);
  assert.deepEqual(keys(person.welcome.you), MEMBER);
  assert.equal(person.welcome.you.name, person.name);
}
assert.deepEqual(sora.welcome.members.map(({ name }) => name).sort(), ["Sora", "민지", "준"]);

// when 민지 says something, everybody has it, with the seq of her ack
const said = await minji.does("say", { mid: 1, text: "안녕 👋" });
const posted = await Promise.all([minji, jun, sora].map((p) => p.hears("posted", ({ seq }) => seq === said.seq)));
for (const entry of posted) {
  assert.deepEqual(keys(entry), ["at", "by", "colour", "id", "kind", "name", "seq", "text"]);
  assert.equal(entry.text, "안녕 👋");
}

// and a picture is shown inline
const shown = await minji.does("show", { mid: 2, image: PNG });
const picture = await jun.hears("posted", ({ seq }) => seq === shown.seq);
assert.deepEqual([picture.kind, picture.image, picture.width, picture.height], ["shown", PNG, 1, 1]);
assert.equal((await jun.does("picture", { id: picture.id })).image, PNG);

// when she offers a file, one accepts and one declines
const file = randomBytes(3_000_000);
const { offer } = await minji.does("offer", {
  mid: 3,
  files: [{ name: "과제.pdf", size: file.length, type: "application/pdf" }],
});
assert.equal(offer.state, "open");
assert.deepEqual(offer.uploads, []);
assert.equal((await sora.does("answer", { offer: offer.id, accept: false })).offer.mine, "declined");
const accepted = (await jun.does("answer", { offer: offer.id, accept: true })).offer;
assert.equal(accepted.mine, "accepted");

// then the bytes go by PATCH to the one who accepted
const wanted = await minji.hears("upload-wanted", (told) => told.offer === offer.id);
const upload = new URL(wanted.uploads[0].url, url);
const tus = { "Tus-Resumable": "1.0.0" };
const head = await fetch(upload, { method: "HEAD", headers: tus });
assert.equal(head.headers.get("upload-offset"), "0");
for (const [start, end] of [[0, 1_000_000], [1_000_000, file.length]]) {
  const sent = await fetch(upload, {
    method: "PATCH",
    headers: { ...tus, "Upload-Offset": `${start}`, "Content-Type": "application/offset+octet-stream" },
    body: file.subarray(start, end),
  });
  assert.deepEqual([sent.status, sent.headers.get("upload-offset")], [204, `${end}`]);
}
const download = await fetch(new URL(accepted.downloads[0].url, url));
assert.equal(download.status, 200);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
assert.equal(sha256(Buffer.from(await download.arrayBuffer())), sha256(file));
const received = await minji.hears("offer-answered", ({ state }) => state === "received");
assert.deepEqual(received, { offer: offer.id, member: jun.welcome.you.id, state: "received", bytes: file.length });

// and when she withdraws it, no byte leaves any more
await minji.does("withdraw", { offer: offer.id });
assert.deepEqual(await sora.hears("offer-changed"), { offer: offer.id, state: "withdrawn" });
assert.equal((await fetch(new URL(accepted.downloads[0].url, url))).status, 410);

// a refusal is a code, also for an event that is none of the room's business
assert.deepEqual(await sora.asks("sing"), { ok: false, code: "unknown-command" });
assert.equal((await sora.asks("say", { mid: 5, text: "x" })).expected, 1);

// the list of all is one and the same, and 준, who was cut, misses nothing of it
jun.socket.disconnect();
await minji.hears("member-changed", ({ id, online }) => id === jun.welcome.you.id && !online);
const last = await minji.does("say", { mid: 4, text: "준, 들려?" });
jun.socket.connect();
const back = await jun.joins({ since: last.seq - 1, epoch: jun.welcome.room.epoch });
assert.deepEqual(back.entries.map(({ text }) => text), ["준, 들려?"]);
const pages = await Promise.all([minji, jun, sora].map((person) => person.does("history")));
for (const page of pages) assert.deepEqual(page, pages[0]);
assert.equal(pages[0].head, last.seq);

for (const person of [minji, jun, sora]) {
  await person.does("leave");
  person.socket.disconnect();
}
console.log("the story is told");
