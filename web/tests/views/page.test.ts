import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import App from "../../src/App.svelte";
import type { Native } from "../../src/native/native";
import { preferences, prefer } from "../../src/views/preferences.svelte";
import { FakeEngine } from "../../stories/fake.svelte";
import { jun, me, minji, offered, row, Scribe } from "../../stories/people";

let engine: FakeEngine;
let page: ReturnType<typeof mount>;

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  prefer("language", "ko");
  engine = new FakeEngine();
});

afterEach(async () => {
  await unmount(page);
  vi.useRealTimers();
});

function opens(): void {
  page = mount(App, { target: document.body, props: { engine } });
  flushSync();
}

function room(write: (scribe: Scribe) => void = () => {}): void {
  const scribe = new Scribe(Date.now());
  scribe.by(me, { kind: "joined" });
  write(scribe);
  engine.post(...scribe.entries);
  engine.opens([minji, me, jun], me);
  opens();
}

const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
const named = (words: string) =>
  all("button, input, textarea").find((one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").trim() === words) as HTMLButtonElement;
const field = () => document.querySelector("textarea") as HTMLTextAreaElement;

function write(text: string): void {
  field().value = text;
  field().dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
}

function press(init: KeyboardEventInit, on: Element = field()): void {
  on.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
  flushSync();
}

describe("The join screen", () => {
  it("joins by Enter with the name that is filled in", () => {
    engine.phase = "welcome";
    opens();
    all("form")[0]?.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
    expect(engine.asked).toEqual([["join", "다정한 수달", undefined]]);
  });

  it("asks for a PIN only where there is one", () => {
    engine.phase = "welcome";
    opens();
    expect(all("input[inputmode=numeric]")).toHaveLength(0);
    engine.failure = { code: "pin-required" };
    flushSync();
    expect(all("input[inputmode=numeric]")).toHaveLength(1);
    expect(all("[role=alert]")[0]?.textContent).toBe("PIN이 필요한 방입니다.");
  });

  it("tells a refused name beside the name", () => {
    engine.phase = "welcome";
    engine.failure = { code: "name-taken" };
    opens();
    const name = document.querySelector("input[name=nickname]") as HTMLInputElement;
    expect(name.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(name.getAttribute("aria-describedby") ?? "")?.textContent).toContain("같거나 똑같아");
  });
});

describe("A door in the program's window", () => {
  const back = vi.fn();

  beforeEach(() => {
    back.mockReset();
    engine.native = { back } as unknown as Native;
  });

  it.each(["welcome", "unreachable"] as const)("has a way back to the launcher: %s", (phase) => {
    engine.phase = phase;
    opens();
    named("처음으로").click();
    expect(back).toHaveBeenCalledOnce();
  });

  it("has none for the host, whose room would be closed by it", () => {
    engine.phase = "welcome";
    engine.joinsAsHost = true;
    opens();
    expect(named("처음으로")).toBeUndefined();
  });
});

describe("The room", () => {
  it("welcomes oneself by name and tells of others", () => {
    room((scribe) => scribe.by(jun, { kind: "joined" }));
    const log = document.querySelector("[role=log]")?.textContent;
    expect(log).toContain("어서 오세요, 지우 님");
    expect(log).toContain("준 님이 들어왔습니다");
  });

  it("shows what is said as text, never as markup", () => {
    room((scribe) => scribe.says(minji, "<img src=x onerror=alert(1)> https://a.test"));
    expect(all("[role=log] img")).toHaveLength(0);
    expect(document.querySelector("[role=log] a")?.outerHTML).toContain('target="_blank" rel="noopener noreferrer"');
  });

  it("speaks English as soon as that is asked for", () => {
    room();
    prefer("language", "en");
    flushSync();
    expect(document.querySelector("[role=log]")?.textContent).toContain("Welcome, 지우");
    expect(document.documentElement.lang).toBe("en");
    expect(preferences.language).toBe("en");
  });
});

describe("The field", () => {
  it("has the focus from the begin", () => {
    room();
    expect(document.activeElement).toBe(field());
  });

  it("sends by Enter, is empty then, and keeps the focus", () => {
    room();
    write("안녕");
    press({ key: "Enter", keyCode: 13 });
    expect(engine.asked).toContainEqual(["say", "안녕"]);
    expect(field().value).toBe("");
    expect(document.activeElement).toBe(field());
  });

  it("does not send while a syllable is put together", () => {
    room();
    write("하");
    press({ key: "Process", keyCode: 229, isComposing: true });
    expect(engine.asked).toEqual([]);
  });

  it("sends nothing when there is nothing but white space", () => {
    room();
    write(" \n ");
    press({ key: "Enter", keyCode: 13 });
    expect(engine.asked).toEqual([]);
  });

  it("refuses more than the limit and keeps every word", () => {
    room();
    write("가".repeat(4001));
    press({ key: "Enter", keyCode: 13 });
    expect(engine.asked).toEqual([]);
    expect(field().value).toHaveLength(4001);
    expect(engine.toasts[0]?.message).toBe("problem.text-too-long");
  });

  it("keeps a draft over a reload", async () => {
    room();
    write("쓰다 만 말");
    await unmount(page);
    opens();
    expect(field().value).toBe("쓰다 만 말");
  });

  it("takes back refused words, to be mended", () => {
    room();
    const about = { kind: "say", at: 0, text: "너무 긴 말" } as const;
    engine.pending = [{ key: "1", ...about, state: "failed", failure: { code: "text-too-long" } }];
    flushSync();
    named("고치기").click();
    flushSync();
    expect(field().value).toBe("너무 긴 말");
    expect(engine.pending).toEqual([]);
  });

  it("waits for a picture that is still being made ready, then sends it by that same Enter", () => {
    room();
    const file = new File(["x"], "a.png", { type: "image/png" });
    engine.tray = [{ key: "1", kind: "picture", files: [{ file }], name: "a.png", size: 1, state: "preparing" }];
    flushSync();
    write("이거요");
    press({ key: "Enter", keyCode: 13 });
    expect(engine.asked).toEqual([]);
    engine.tray = engine.tray.map((item) => ({ ...item, state: "ready" }));
    flushSync();
    expect(engine.asked).toEqual([["sendTray", ["a.png"]], ["say", "이거요"]]);
  });
});

describe("An offer", () => {
  function offers(change: Parameters<typeof offered>[3] = {}): void {
    const offer = offered("o1", minji, [["과제.pdf", 1024]], change);
    engine.setOffer(offer);
    room((scribe) => scribe.offers(minji, offer));
  }

  it("cannot be accepted in the first 500 ms, then by one press", async () => {
    vi.useFakeTimers();
    offers();
    named("받기").click();
    expect(engine.asked).toEqual([]);
    vi.advanceTimersByTime(500);
    flushSync();
    named("받기").click();
    expect(engine.asked).toEqual([["answer", "o1", true]]);
  });

  it("never takes the focus by itself", () => {
    offers();
    expect(document.activeElement).toBe(field());
  });

  it.each([
    ["declined", "그래도 받기"],
    ["failed", "다시 받기"],
    ["receiving", "그만 받기"],
    ["received", "다시 저장"],
  ] as const)("that is %s shows the button %s", (mine, words) => {
    offers({ mine, downloads: [{ file: 0, url: "/x" }] });
    expect(named(words)).toBeDefined();
  });

  it("that was withdrawn can no longer be accepted", () => {
    offers({ state: "withdrawn" });
    expect(named("받기")).toBeUndefined();
    expect(document.querySelector("[role=log] [role=group]")?.textContent).toContain("민지 님이 보내기를 그만두었습니다");
  });

  it("that was withdrawn while it was received says so, and has nothing to press", () => {
    offers({ state: "withdrawn", mine: "receiving", received: 3 });
    const card = document.querySelector("[role=log] [role=group]");
    expect(card?.textContent).toContain("민지 님이 보내기를 그만두었습니다");
    expect(card?.querySelectorAll("button, progress, [role=progressbar]")).toHaveLength(0);
  });

  it("that has expired while it is received can be cancelled still", () => {
    offers({ state: "expired", mine: "receiving", goesOn: true });
    expect(named("그만 받기")).toBeDefined();
  });

  it("of one's own that is over shows who did not get it, and nothing moves any more", () => {
    const ledgerRows = [row(minji, "receiving", 500), row(jun, "received", 1024)];
    const offer = offered("o1", me, [["과제.pdf", 1024]], { state: "withdrawn", ledgerRows });
    engine.setOffer(offer);
    room((scribe) => scribe.offers(me, offer));
    expect(all("ul[aria-label='받는 사람'] li").map((one) => one.textContent?.replace(/\s+/g, " ").trim())).toEqual([
      expect.stringContaining("민지 받지 못함"),
      expect.stringContaining("준 받음"),
    ]);
    expect(document.querySelector("[role=progressbar], progress")).toBeNull();
  });

  it("of long ago, of which only the entry is left, says so", () => {
    room((scribe) => scribe.offers(minji, offered("o0", minji, [["옛날.zip", 5]])));
    expect(document.querySelector("[role=log] [role=group]")?.textContent).toContain("더는 받을 수 없습니다");
  });
});

describe("The program for guests", () => {
  const app = { name: "ChatApp-0.1.0-linux-x64.zip", system: "linux", machine: "x64", size: 13_700_000, sha256: "ab".repeat(32) } as const;

  it("is offered under Invite with its hash, where the host has it", async () => {
    engine.shelf = [app];
    room();
    await vi.waitFor(() => {
      flushSync();
      expect(all("a[download]").map((link) => link.getAttribute("href"))).toContain(`${location.origin}/apps/${app.name}`);
    });
    expect(document.body.textContent).toContain(app.sha256);
  });

  it("is not spoken of where the host has none", async () => {
    room();
    await Promise.resolve();
    flushSync();
    expect(all("a[download]")).toHaveLength(0);
  });
});
