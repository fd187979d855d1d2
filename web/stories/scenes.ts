import type { OfferView } from "../src/engine/types";
import { FakeEngine } from "./fake.svelte";
import { alex, haneul, jun, me, minji, offered, people, row, Scribe, sora } from "./people";

const MB = 1024 * 1024;
const MORNING = new Date(2026, 10, 23, 14, 2).getTime();

function picture(width: number, height: number, from: string, to: string): string {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  if (!context) return "";
  const gradient = context.createLinearGradient(0, 0, width, height);
  gradient.addColorStop(0, from);
  gradient.addColorStop(1, to);
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#fff8";
  context.beginPath();
  context.arc(width * 0.7, height * 0.4, height / 5, 0, 7);
  context.fill();
  return canvas.toDataURL("image/jpeg", 0.8);
}

function shows(engine: FakeEngine, scribe: Scribe, by: typeof me, size: [number, number], minutes = 0, colours = ["#8fb6ff", "#ffd29a"]): void {
  const [width, height] = size;
  const entry = scribe.by(by, { kind: "shown", image: null, width, height, bytes: 120_000 }, minutes);
  const url = picture(width, height, colours[0] ?? "", colours[1] ?? "");
  engine.pictures = new Map([...engine.pictures, [entry.id, url]]);
}

function talk(): FakeEngine {
  const engine = new FakeEngine();
  const scribe = new Scribe(MORNING);
  scribe.by(minji, { kind: "joined" });
  scribe.by(me, { kind: "joined" });
  scribe.says(minji, "다들 과제 3번 어떻게 했어요? 소켓 두 개 열어야 하는 거 맞나요?", 1);
  const zip = offered("o1", minji, [["네트워크_과제3_제출양식_최종.zip", 24.6 * MB]]);
  scribe.offers(minji, zip);
  scribe.says(alex, "I used one socket and select(), works fine 👍 see http://192.168.0.7:8080/docs(v2)에서 확인", 1);
  scribe.says(me, "저는 스레드로 했어요. 화면 캡처 보낼게요", 1);
  shows(engine, scribe, me, [1280, 960]);
  const pdf = offered("o2", me, [["lecture-07.pdf", 8.1 * MB]], {
    upload: { sent: 5 * MB, total: 8.1 * MB, rate: 11.4 * MB },
    ledgerRows: [row(sora, "received", 8.1 * MB), row(alex, "receiving", 4 * MB), row(jun, "declined"), row(minji, "pending"), row(haneul, "accepted")],
  });
  scribe.offers(me, pdf, 1);
  scribe.by(sora, { kind: "renamed", old: "소라" });
  scribe.says(sora, "오 감사합니다!");
  scribe.says(sora, "내일 시험 범위가 7장까지 맞죠? 교수님이 지난주에 말씀하신 슬라이드가 어떤 건지 헷갈려서요. 혹시 가지고 계신 분 있으면 여기에 올려 주세요.", 1);
  scribe.by(jun, { kind: "left" });
  scribe.says(haneul, "넵 7장까지요", 1);
  scribe.says(haneul, "🎉🎉");
  engine.setOffer(zip);
  engine.setOffer(pdf);
  engine.post(...scribe.entries);
  engine.typing = [minji.name];
  const members = people.slice(0, 7).map((one) => (one.id === jun.id ? { ...one, online: false } : one));
  return engine.opens([{ ...minji, host: true }, me, ...members.slice(1)], me);
}

/** The same offer of a folder: what its names say is where the files are. */
function inFolder(folder: string, offer: OfferView): OfferView {
  const files = offer.files.map((file) => ({ ...file, name: file.name.replace(/.*\//, ""), path: `${folder}/${file.name}` }));
  return { ...offer, files };
}

function offers(): FakeEngine {
  const engine = new FakeEngine();
  const scribe = new Scribe(MORNING);
  const files: [string, number][] = [["보고서.hwp", 2.2 * MB], ["사진.jpg", 3 * MB], ["data.csv", 9000]];
  const set = [
    offered("a", jun, files, { mine: "pending" }),
    offered("b", jun, [["강의녹화.mp4", 900 * MB]], { mine: "accepted" }),
    offered("c", jun, [["강의녹화.mp4", 900 * MB]], { mine: "receiving", received: 410 * MB, rate: 38 * MB }),
    offered("b1", jun, [["강의녹화 2부.mp4", 900 * MB]], { mine: "accepted", ahead: 2 }),
    offered("c1", jun, [["강의녹화 3부.mp4", 900 * MB]], { mine: "receiving", received: 410 * MB, stalled: true }),
    inFolder("과제3", offered("k", sora, [["보고서.hwp", 2.2 * MB], ["그림/표지.png", 3 * MB], ["그림/원본/그래프.svg", 9000]])),
    inFolder("과제3", offered("k1", sora, [["보고서.hwp", 2.2 * MB], ["그림/표지.png", 3 * MB]], { mine: "received", zip: "/x", downloads: [0, 1].map((file) => ({ file, url: "/x" })) })),
    offered("d", sora, files, { mine: "received", zip: "/x", downloads: files.map((_, file) => ({ file, url: "/x" })), hashes: files.map((_, n) => `${n}3b5d5c3712955042212316173ccf37be`.repeat(2)) }),
    offered("d1", sora, [["노래.mp3", 5 * MB]], { mine: "received", downloads: [{ file: 0, url: "/x" }], hashes: ["a3b5d5c3712955042212316173ccf37b".repeat(2)] }),
    offered("e", jun, [["main.py", 812]], { mine: "declined" }),
    offered("f", jun, [["표.xlsx", 31000]], { mine: "failed" }),
    offered("g", jun, [["메모.txt", 20]], { mine: "pending", state: "withdrawn" }),
    offered("h", jun, [["메모.txt", 20]], { mine: "gone", state: "sender-left" }),
    offered("i", jun, [["메모.txt", 20]], { mine: "pending", state: "expired" }),
    offered("j", jun, Array.from({ length: 100 }, (_, n): [string, number] => [`IMG_${2000 + n}_아주_긴_사진_이름_제주도_여행_둘째날.jpeg`, (n + 1) * 90_000])),
  ];
  for (const offer of set) {
    engine.setOffer(offer);
    scribe.offers(people.find((one) => one.id === offer.by) ?? jun, offer, 6);
  }
  scribe.offers(jun, offered("forgotten", jun, [["옛날.zip", 5 * MB]]), 6);
  engine.post(...scribe.entries);
  return engine.opens(people, me);
}

function ledger(): FakeEngine {
  const engine = new FakeEngine();
  const scribe = new Scribe(MORNING);
  const total = 620 * MB;
  const many = Array.from({ length: 12 }, (_, n) => ({ ...(people[n % 9] ?? jun), id: `x${n}`, name: `${people[n % 9]?.name} ${n}` }));
  const states = ["receiving", "received", "pending", "accepted", "declined", "failed", "gone", "receiving", "pending", "received", "pending", "receiving"] as const;
  const ledgerRows: OfferView["ledgerRows"] = many.map((one, n) => row(one, states[n] ?? "pending", n * 50 * MB));
  Object.assign(ledgerRows[5] ?? {}, { why: "changed" });
  const set = [
    offered("s1", me, [["데이터셋.tar.gz", total]], { ledgerRows, upload: { sent: 300 * MB, total, rate: 96 * MB } }),
    offered("s2", me, [["발표자료.pptx", 12 * MB]], { ledgerRows: many.slice(0, 3).map((one) => row(one, "pending")) }),
    offered("s3", me, [["발표자료.pptx", 12 * MB]], { needsFiles: true, ledgerRows: [row(jun, "accepted")] }),
    offered("s4", me, [["발표자료.pptx", 12 * MB]], { state: "withdrawn", ledgerRows: [row(jun, "received", 12 * MB)] }),
    offered("s5", me, [["발표자료.pptx", 12 * MB]], { ledgerRows: [] }),
  ];
  for (const offer of set) {
    engine.setOffer(offer);
    scribe.offers(me, offer, 6);
  }
  engine.post(...scribe.entries);
  return engine.opens(people, me);
}

function edges(): FakeEngine {
  const engine = new FakeEngine();
  const scribe = new Scribe(MORNING - 86_400_000);
  const long = { ...jun, name: "가나다라마바사아자차카타파하가나다라마바사아자차" };
  for (const one of people.slice(0, 6)) scribe.by(one, { kind: "joined" });
  scribe.by(jun, { kind: "removed" });
  scribe.says(long, "이름이 아주 긴 사람의 말", 60 * 24);
  scribe.says(long, `https://example.test/${"very-long-path/".repeat(14)}?q=${"x".repeat(120)}`);
  scribe.says(minji, "a\nb\n\n\tc    d");
  scribe.says(alex, "ㅋ".repeat(300));
  shows(engine, scribe, sora, [400, 2400]);
  shows(engine, scribe, sora, [2400, 300], 0, ["#b8e994", "#38ada9"]);
  shows(engine, scribe, me, [20, 20]);
  scribe.by(haneul, { kind: "shown", image: null, width: 800, height: 600, bytes: 300_000 });
  scribe.says(minji, "<b>굵게</b> <script>alert(1)</script> &amp;");
  scribe.says(minji, "👍");
  engine.post(...scribe.entries);
  engine.connection = "reconnecting";
  engine.pending = [
    { key: "p1", kind: "say", at: MORNING, text: "끊긴 동안 쓴 말", state: "sending" },
    { key: "p2", kind: "show", at: MORNING, image: picture(300, 200, "#f8c291", "#e55039"), width: 300, height: 200, state: "sending" },
    { key: "p3", kind: "say", at: MORNING, text: "너무 긴 말…", state: "failed", failure: { code: "text-too-long" } },
  ];
  engine.toast("problem.storage-full", {}, "problem");
  engine.typing = ["민지", "준", "Sora"];
  return engine.opens([long, me, minji, sora, haneul, { ...alex, online: false }], me, { locked: true, title: "아주 긴 방 이름이 들어가는 네트워크 프로그래밍 실습실 2026년 2학기" });
}

function host(): FakeEngine {
  const engine = talk();
  engine.addresses = ["http://192.168.0.12:27272/#pin=1234", "http://10.8.0.3:27272/#pin=1234", "http://127.0.0.1:27272/#pin=1234"];
  const machines = [["windows", "x64"], ["macos", "arm64"], ["macos", "x64"], ["linux", "x64"]] as const;
  engine.shelf = machines.map(([system, machine], at) => ({
    name: `ChatApp-0.1.0-${system}-${machine}.zip`,
    system,
    machine,
    size: 13_700_000 + at,
    sha256: "4f8a0c1d2e3b5967".repeat(4),
  }));
  const boss = { ...me, host: true };
  return engine.opens([boss, ...people.slice(0, 6)], boss, { pin: true });
}

function empty(): FakeEngine {
  const engine = new FakeEngine();
  const scribe = new Scribe(MORNING);
  scribe.by(me, { kind: "joined" });
  engine.post(...scribe.entries);
  return engine.opens([me], me);
}

function tray(): FakeEngine {
  const engine = talk();
  const file = (name: string, type = "") => new File([new Uint8Array(70_000)], name, { type });
  const about = { files: [{ file: file("x") }], size: 70_000 };
  const folder = ["보고서.hwp", "그림/표지.png", "그림/그래프.png"].map((path) => ({ file: file(path), path: `과제3/${path}` }));
  engine.tray = [
    { ...about, key: "1", kind: "picture", name: "clipboard.png", preview: picture(600, 400, "#8fb6ff", "#ffd29a"), state: "ready" },
    { ...about, key: "2", kind: "picture", name: "clipboard2.png", state: "preparing" },
    { ...about, key: "3", kind: "file", name: "네트워크_과제3_제출양식_최종.zip", state: "ready" },
    { key: "5", kind: "folder", files: folder, name: "과제3", size: 210_000, state: "ready" },
    { ...about, key: "4", kind: "picture", name: "broken.heic", state: "failed", failure: { code: "unreadable-picture" } },
  ];
  return engine;
}

/** 10,000 messages: how the list scrolls. */
function long(): FakeEngine {
  const engine = new FakeEngine();
  const scribe = new Scribe(MORNING - 10_000 * 60_000);
  for (let n = 0; n < 10_000; n += 1) scribe.says(people[(n * 7) % 10] ?? me, `메시지 ${n}: ${"말 ".repeat(n % 40)}`, 1);
  engine.post(...scribe.entries);
  return engine.opens(people, me);
}

function at(change: Partial<FakeEngine>): FakeEngine {
  return Object.assign(new FakeEngine(), change);
}

const hint = { id: "r1", title: "네트워크 실습실", pin: false, locked: false };

export const scenes: Record<string, () => FakeEngine> = {
  loading: () => at({ phase: "loading" }),
  unreachable: () => at({ phase: "unreachable" }),
  welcome: () => at({ phase: "welcome" }),
  "welcome-pin": () => at({ phase: "welcome", hint: { ...hint, pin: true, locked: true } }),
  "welcome-taken": () => at({ phase: "welcome", failure: { code: "name-taken" } }),
  "welcome-pin-wrong": () => at({ phase: "welcome", hint: { ...hint, pin: true }, failure: { code: "pin-wrong" } }),
  "welcome-full": () => at({ phase: "welcome", failure: { code: "room-full" } }),
  "welcome-host": () => at({ phase: "welcome", joinsAsHost: true }),
  left: () => at({ phase: "ended", ending: "left" }),
  removed: () => at({ phase: "ended", ending: "removed" }),
  closed: () => at({ phase: "ended", ending: "closed" }),
  empty,
  talk,
  offers,
  ledger,
  edges,
  host,
  tray,
  long,
};
