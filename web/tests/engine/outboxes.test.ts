import { beforeEach, describe, expect, it } from "vitest";
import { type KeyStore, memoryStore } from "../../src/engine/keystore";
import { Outboxes } from "../../src/engine/outboxes";
import { OutboxStore } from "../../src/engine/outbox-store";
import { type Bus, type Message, Ownership } from "../../src/engine/ownership";

const DAY_MS = 86_400_000;

/** All tabs of one browser at one address; a dead or frozen one hears nothing. */
class Browser {
  store: KeyStore = memoryStore();
  now = 0;
  unkept = 0;
  readonly #hearing = new Map<string, (message: Message) => void>();
  #next = 1;

  bus(tab: string): Bus {
    return {
      post: (message) => {
        for (const [other, hear] of this.#hearing) if (other !== tab) hear(message);
      },
      listen: (hear) => void this.#hearing.set(tab, hear),
    };
  }

  /** A page load; `memory` is what the tab keeps over a reload. */
  async open(tab: string, memory: { name: string | null } = { name: null }): Promise<Outboxes> {
    const outboxes = new Outboxes({
      store: new OutboxStore(this.store, "room:me", tab, () => this.now),
      ownership: new Ownership(this.bus(tab), tab, () => Promise.resolve()),
      memory: { get: () => memory.name, set: (name) => (memory.name = name) },
      fresh: () => `outbox-${this.#next++}`,
      unkept: () => (this.unkept += 1),
    });
    await outboxes.open();
    return outboxes;
  }

  silence(tab: string): void {
    this.#hearing.delete(tab);
  }
}

let browser: Browser;
const say = (tab: Outboxes, text: string): void => tab.current.add(text, 0, { kind: "say", text });
const show = (tab: Outboxes, key: string): void =>
  tab.current.add(key, 0, { kind: "show", image: `data:${key}`, width: 1, height: 1 });
const texts = (tab: Outboxes): string[] => tab.current.commands.map((command) => command.key);

/** A store with room for so many characters. */
function small(characters: number): KeyStore {
  const inner = memoryStore();
  const used = (): number => inner.keys().reduce((sum, key) => sum + (inner.get(key)?.length ?? 0), 0);
  const freed = (key: string): number => inner.get(key)?.length ?? 0;
  const fits = (key: string, value: string): boolean => used() - freed(key) + value.length <= characters;
  return { ...inner, set: (key, value) => fits(key, value) && inner.set(key, value) };
}

beforeEach(() => {
  browser = new Browser();
});

describe("a tab", () => {
  it("has its outbox again after a reload, with what was not sent", async () => {
    const memory = { name: null };
    const before = await browser.open("a", memory);
    say(before, "하나");
    show(before, "그림");
    browser.silence("a");
    const after = await browser.open("b", memory);
    expect(after.name).toBe(before.name);
    expect(after.current.commands).toEqual(before.current.commands);
  });

  it("that was duplicated notices it and takes another outbox", async () => {
    const memory = { name: null };
    const first = await browser.open("a", memory);
    say(first, "하나");
    const copy = await browser.open("b", { ...memory });
    expect(copy.name).not.toBe(first.name);
    expect(texts(copy)).toEqual([]);
  });

  it("leaves a living tab's words alone", async () => {
    say(await browser.open("a"), "하나");
    const second = await browser.open("b");
    expect(await second.adopt()).toBe(false);
    expect(texts(second)).toEqual([]);
  });
});

describe("what a dead tab left", () => {
  it("is taken over by a new tab, under the same name, so that nothing is said twice", async () => {
    const dead = await browser.open("a");
    say(dead, "남은 말");
    browser.silence("a");
    const next = await browser.open("b");
    expect(next.name).toBe(dead.name);
    expect(texts(next)).toEqual(["남은 말"]);
  });

  it("is taken over by a living tab once it has nothing under way itself", async () => {
    const dead = await browser.open("a");
    const living = await browser.open("b");
    say(dead, "남은 말");
    browser.silence("a");
    say(living, "내 말");
    expect(await living.adopt()).toBe(false);
    living.current.joined(0);
    const mine = living.current.next();
    if (mine) living.current.answered(mine, { ok: true, seq: 1 });
    expect(await living.adopt()).toBe(true);
    expect(living.name).toBe(dead.name);
    expect(texts(living)).toEqual(["남은 말"]);
  });

  it("does not push out what this tab's person has still to decide", async () => {
    const dead = await browser.open("a");
    const living = await browser.open("b");
    say(dead, "남은 말");
    browser.silence("a");
    say(living, "너무 긴 말");
    living.current.joined(0);
    const mine = living.current.next();
    if (mine) living.current.answered(mine, { ok: false, code: "text-too-long" });
    await living.adopt();
    expect(texts(living)).toEqual(["남은 말", "너무 긴 말"]);
  });

  it("goes to one of two tabs that ask at the same moment", async () => {
    const [b, c] = await Promise.all([browser.open("b"), browser.open("c")]);
    const dead = await browser.open("a");
    say(dead, "남은 말");
    browser.silence("a");
    expect(await Promise.all([b.adopt(), c.adopt()])).toEqual([true, false]);
    expect(texts(c)).toEqual([]);
  });

  it("is not taken when the person began to write meanwhile", async () => {
    const dead = await browser.open("a");
    const living = await browser.open("b");
    say(dead, "남은 말");
    browser.silence("a");
    const adopting = living.adopt();
    say(living, "내 말");
    expect(await adopting).toBe(false);
    expect(texts(living)).toEqual(["내 말"]);
    const copy = await browser.open("c", { name: living.name });
    expect(copy.name).not.toBe(living.name);
  });

  it("is forgotten after a day when nothing waits in it", async () => {
    const dead = await browser.open("a");
    browser.silence("a");
    browser.now = DAY_MS + 1;
    await browser.open("b");
    expect(browser.store.keys().filter((key) => key.endsWith(dead.name))).toEqual([]);
  });
});

describe("a tab that was frozen while another took its outbox", () => {
  it("gives it up, and keeps only what nobody else knows of", async () => {
    const frozen = await browser.open("a");
    say(frozen, "둘 다 아는 말");
    browser.silence("a");
    const next = await browser.open("b");
    say(frozen, "깨어나서 한 말");
    expect(frozen.stillOurs()).toBe(false);
    expect(frozen.name).not.toBe(next.name);
    expect(texts(frozen)).toEqual(["깨어나서 한 말"]);
    expect(texts(next)).toEqual(["둘 다 아는 말"]);
  });

  it("changes nothing in what the other one stored", async () => {
    const frozen = await browser.open("a");
    say(frozen, "하나");
    browser.silence("a");
    const memory = { name: frozen.name };
    const next = await browser.open("b", memory);
    say(next, "둘");
    frozen.current.discard("하나");
    browser.silence("b");
    expect(texts(await browser.open("c", memory))).toEqual(["하나", "둘"]);
  });

  it("stays the owner as long as nobody took it", async () => {
    const tab = await browser.open("a");
    expect(tab.stillOurs()).toBe(true);
  });
});

describe("a storage that is full", () => {
  it("keeps the words when only a picture does not fit, and says so", async () => {
    browser.store = small(900);
    const memory = { name: null };
    const tab = await browser.open("a", memory);
    tab.current.add("큰 그림", 0, { kind: "show", image: "x".repeat(1000), width: 1, height: 1 });
    say(tab, "하나");
    expect(browser.unkept).toBeGreaterThan(0);
    browser.silence("a");
    const after = await browser.open("b", memory);
    expect(after.current.commands).toMatchObject([
      { key: "큰 그림", failed: true, failure: { code: "storage-unavailable" } },
      { key: "하나", failed: false },
    ]);
  });

  it("keeps no old record, which would say again what was said", async () => {
    browser.store = small(400);
    const memory = { name: null };
    const tab = await browser.open("a", memory);
    say(tab, "하나");
    say(tab, "둘".repeat(500));
    browser.silence("a");
    expect(texts(await browser.open("b", memory))).toEqual([]);
  });

  it("that can keep nothing at all stops nobody from talking", async () => {
    browser.store = { ...memoryStore(), set: () => false };
    const tab = await browser.open("a");
    say(tab, "하나");
    tab.current.joined(0);
    expect(tab.current.next()).toMatchObject({ mid: 1 });
    expect(tab.stillOurs()).toBe(true);
  });
});

describe("a record that is nonsense", () => {
  it.each(["", "null", "{", '{"commands":7}', "[]"])("counts as empty: %s", async (record) => {
    browser.store.set("chatapp:outbox:room:me:old", record);
    expect(texts(await browser.open("a", { name: "old" }))).toEqual([]);
  });
});
