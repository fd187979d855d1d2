// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryStore } from "../../src/engine/keystore";
import { Outboxes } from "../../src/engine/outboxes";
import { OutboxStore } from "../../src/engine/outbox-store";
import { Ownership } from "../../src/engine/ownership";
import { Session } from "../../src/engine/session";
import { words } from "./people";
import { RoomServer } from "./server";

const alone = { post: () => {}, listen: () => {} };

let server: RoomServer;
let session: Session;
let store = memoryStore();
let happened: string[];
let fresh: string[];

/** A page in the seat of 민지, with what the browser's storage holds. */
async function sit(name: string | null = null): Promise<Session> {
  const outboxes = new Outboxes({
    store: new OutboxStore(store, "r1:me", Math.random().toString(36), Date.now),
    ownership: new Ownership(alone, "tab", () => Promise.resolve()),
    memory: { get: () => name, set: () => {} },
    fresh: () => fresh.shift() ?? "",
    unkept: () => {},
  });
  await outboxes.open();
  const note = (what: string) => (): void => void happened.push(what);
  return new Session(server.address, { room: "r1", token: "t".repeat(43), name: "민지" }, outboxes, {
    changed: () => {},
    progressed: note("progressed"),
    joined: note("joined"),
    turnedAway: (failure) => happened.push(`turned away: ${failure.code}`),
    elsewhere: note("elsewhere"),
    over: (ending) => happened.push(`over: ${ending}`),
    cut: note("cut"),
    missed: () => {},
    heardTyping: (member) => happened.push(`typing: ${member}`),
    posted: () => {},
    entry: (entry) => happened.push(`entry ${entry.seq}`),
  });
}

function say(text: string): void {
  session.outboxes.current.add(text, 0, { kind: "say", text });
  session.flush();
}

const heard = (): string[] =>
  session.state.chunks.flat().flatMap((entry) => (entry.kind === "said" ? [entry.text] : []));

/** The page shows exactly what the server has, and nothing waits. */
const whole = (): Promise<void> =>
  vi.waitFor(() => {
    expect(heard()).toEqual(server.texts());
    expect(session.outboxes.current.commands).toEqual([]);
  }, 8000);

const until = (what: string): Promise<void> => vi.waitFor(() => expect(happened).toContain(what), 8000);

beforeEach(async () => {
  store = memoryStore();
  happened = [];
  fresh = ["outbox", "another outbox"];
  server = await new RoomServer().start();
  session = await sit();
});

afterEach(async () => {
  session.close();
  await server.stop();
});

describe("a session", () => {
  it("joins, says and hears", async () => {
    session.open();
    await until("joined");
    say("하나");
    server.post("둘");
    await whole();
  });

  it("sends what was written before the connection was there", async () => {
    say("하나");
    say("둘");
    session.open();
    await whole();
    expect(server.texts()).toEqual(["말 1", "하나", "둘"]);
  });

  it("shows its token to no other room at the same address", async () => {
    server.id = "another";
    session.open();
    await until("elsewhere");
    expect(server.joins).toEqual([]);
  });

  it("tells why it was turned away", async () => {
    server.refusal = { ok: false, code: "name-taken" };
    session.open();
    await until("turned away: name-taken");
  });

  it("tells that the room is closed, or that one was removed", async () => {
    session.open();
    await until("joined");
    server.tell("room-closed", { reason: "stopping" });
    server.tell("room-closed", { reason: "closed" });
    server.tell("removed", { reason: "host" });
    await until("over: removed");
    expect(happened.filter((what) => what.startsWith("over"))).toEqual(["over: closed", "over: removed"]);
  });

  it("calls nothing new that was there before one came", async () => {
    session.open();
    await until("joined");
    const seq = server.post("새 말");
    await until(`entry ${seq}`);
    expect(happened.filter((what) => what.startsWith("entry"))).toEqual([`entry ${seq}`]);
  });
});

describe("after a cut", () => {
  it("between say and its answer, the word is there once", async () => {
    session.open();
    await until("joined");
    server.faults = ["lose the answer"];
    say("하나");
    say("둘");
    await whole();
    expect(server.texts()).toEqual(["말 1", "하나", "둘"]);
  });

  it("before say arrived, the word is there once", async () => {
    session.open();
    await until("joined");
    server.faults = ["lose the command"];
    say("하나");
    say("둘");
    await whole();
    expect(server.texts()).toEqual(["말 1", "하나", "둘"]);
  });

  it("it asks only for what it missed", async () => {
    session.open();
    await until("joined");
    server.cut();
    await until("cut");
    server.post("놓친 말", false);
    await whole();
    expect(server.joins.at(-1)).toMatchObject({ since: 1, epoch: "e1" });
  });

  it("a reload between say and its answer sends the same number again", async () => {
    session.open();
    await until("joined");
    server.faults = ["lose the answer"];
    say("하나");
    await until("cut");
    session.close();
    session = await sit("outbox");
    session.open();
    await whole();
    expect(server.texts()).toEqual(["말 1", "하나"]);
  });

  it("of many pages, all are fetched in order", async () => {
    session.open();
    await until("joined");
    server.cut();
    await until("cut");
    server.pageEntries = 10;
    server.entries = words(1, 45);
    await whole();
  });

  it("everything is forgotten when the epoch is another", async () => {
    session.open();
    await until("joined");
    server.cut();
    await until("cut");
    server.epoch = "e2";
    server.entries = words(1, 3);
    await whole();
    expect(session.state.room?.epoch).toBe("e2");
  });

  it("that the server made in order, it comes back all the same", async () => {
    session.open();
    await until("joined");
    server.dismiss();
    await until("cut");
    server.post("놓친 말", false);
    await whole();
  });

  it("a server that starts again at its address is found", async () => {
    session.open();
    await until("joined");
    await server.stop();
    say("없는 사이에");
    await server.start();
    await whole();
  });
});

describe("a hole", () => {
  it("is seen at the next push, and filled", async () => {
    session.open();
    await until("joined");
    server.post("잃은 말", false);
    server.post("온 말");
    await whole();
  });
});

describe("a tab that was frozen while another took its outbox", () => {
  it("says what it says from now on under numbers of its own", async () => {
    session.open();
    await until("joined");
    new OutboxStore(store, "r1:me", "other tab", Date.now).take("outbox");
    say("하나");
    await whole();
    expect(server.joins.map((asked) => asked.outbox)).toEqual(["outbox", "another outbox"]);
  });
});

describe("what a dead tab left", () => {
  it("is said by the next one after its own join, under the dead one's numbers", async () => {
    session.open();
    await until("joined");
    const left = new OutboxStore(store, "r1:me", "dead", Date.now);
    left.take("left");
    left.save("left", [{ key: "x", at: 0, mid: 1, content: { kind: "say", text: "남은 말" }, failed: false }]);
    server.cut();
    await whole();
    await vi.waitFor(() => expect(server.texts()).toContain("남은 말"));
    expect(server.joins.at(-1)?.outbox).toBe("left");
  });
});
