import { describe, expect, it } from "vitest";
import { Gallery } from "../../src/engine/gallery.svelte";
import { Identity, randomName, takeLink } from "../../src/engine/identity";
import { browserStore, memoryStore } from "../../src/engine/keystore";
import { pendingOf, pictureOf, plainText } from "../../src/engine/pending";
import { Rate } from "../../src/engine/rate";
import { Typists } from "../../src/engine/typing";
import { by, said, 민지, 준 } from "./people";

describe("a rate", () => {
  it("is that of the last three seconds", () => {
    const rate = new Rate();
    for (let second = 0; second <= 10; second++) rate.add(second < 5 ? 0 : (second - 5) * 1000, second * 1000);
    expect(rate.perSecond(10_000)).toBe(1000);
  });

  it("is nothing when nothing moves any more", () => {
    const rate = new Rate();
    rate.add(0, 0);
    rate.add(1000, 1000);
    expect(rate.perSecond(1500)).toBe(667);
    expect(rate.perSecond(5000)).toBe(0);
  });

  it("starts over when the count does", () => {
    const rate = new Rate();
    rate.add(5000, 0);
    rate.add(10, 1000);
    rate.add(510, 1500);
    expect(rate.perSecond(1500)).toBe(1000);
  });
});

describe("typing", () => {
  it("is shown for five seconds, or until the word is there", () => {
    const typists = new Typists();
    typists.heard("jun", 0);
    typists.heard("sora", 1000);
    expect(typists.now(4999)).toEqual(["jun", "sora"]);
    expect(typists.next()).toBe(5000);
    expect(typists.now(5000)).toEqual(["sora"]);
    typists.stopped("sora");
    expect(typists.now(5001)).toEqual([]);
    expect(typists.next()).toBeNull();
  });

  it("is told at most every two and a half seconds", () => {
    const typists = new Typists();
    const told = [5000, 6000, 7400, 7500, 7600].filter((now) => typists.mayTell(now));
    expect(told).toEqual([5000, 7500]);
  });
});

describe("own commands in the list", () => {
  const say = { key: "k", at: 1, mid: null, content: { kind: "say", text: "말" }, failed: false } as const;

  it("are shown as sending until their entry is there, and never twice", () => {
    expect(pendingOf([], [say])).toMatchObject([{ kind: "say", text: "말", state: "sending" }]);
    expect(pendingOf([], [{ ...say, mid: 1, taken: true }])).toEqual([]);
    expect(pendingOf([{ command: say, seq: 4 }], [])).toMatchObject([{ key: "k" }]);
  });

  it("are shown as failed with the reason, also when the number was taken", () => {
    const failed = { ...say, failed: true, taken: true, failure: { code: "text-too-long" } } as const;
    expect(pendingOf([], [failed])).toMatchObject([{ state: "failed", failure: { code: "text-too-long" } }]);
  });

  it("do not show what only fills a number", () => {
    expect(pendingOf([], [{ ...say, content: null }])).toEqual([]);
  });

  it("lend their picture to the entry that has none", () => {
    const command = { ...say, content: { kind: "show", image: "data:x", width: 1, height: 1 } } as const;
    const shown = { ...by(민지, 4), kind: "shown", image: null, width: 1, height: 1, bytes: 9 } as const;
    expect(pictureOf([{ command, seq: 4 }], shown)).toBe("data:x");
    expect(pictureOf([{ command, seq: 5 }], shown)).toBeNull();
    expect(pictureOf([{ command, seq: 4 }], said(준, 4))).toBeNull();
  });
});

describe("a text", () => {
  it("keeps lines and tabs, and loses what the room would call malformed", () => {
    expect(plainText("a\r\nb\rc\td\u0000\u0007\u009fe")).toBe("a\nb\nc\tde");
  });

  it("has no half character, and keeps whole ones", () => {
    expect(plainText("\ud83d끝\ude00 😀")).toBe("\ufffd끝\ufffd 😀");
  });
});

describe("identity", () => {
  it("is a token of 256 bits for each room, the same for ever", () => {
    const store = memoryStore();
    const token = new Identity(store).token("r1");
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Identity(store).token("r1")).toBe(token);
    expect(new Identity(store).token("r2")).not.toBe(token);
  });

  it("becomes the host by the host's link", () => {
    const identity = new Identity(memoryStore());
    identity.become("r1", "host-token");
    expect(identity.token("r1")).toBe("host-token");
  });

  it("remembers the seat until it is left, and the name for the next room", () => {
    const identity = new Identity(memoryStore());
    identity.sit("r1", "민지");
    expect(identity.seat("r1")).toBe("민지");
    identity.rise("r1");
    expect([identity.seat("r1"), identity.lastName]).toEqual([null, "민지"]);
  });

  it("is random", () => {
    expect(new Set(Array.from({ length: 100 }, () => randomName(9))).size).toBe(100);
  });

  it("goes on in memory where the browser forbids its storage", () => {
    const store = browserStore(() => {
      throw new DOMException("denied", "SecurityError");
    });
    expect(new Identity(store).token("r1")).toBe(new Identity(store).token("r1"));
  });
});

describe("the address bar", () => {
  const open = (hash: string): { link: ReturnType<typeof takeLink>; shown: string[] } => {
    const shown: string[] = [];
    const history = { replaceState: (_state: unknown, _title: string, url: string) => void shown.push(url) };
    const location = { hash, pathname: "/", search: "" };
    return { link: takeLink(location as Location, history as unknown as History), shown };
  };

  it("gives the host's token and forgets it at once", () => {
    expect(open("#host=AB-_9")).toEqual({ link: { host: "AB-_9", pin: null, name: null }, shown: ["/"] });
  });

  it("gives the PIN of a shared link", () => {
    expect(open("#pin=1234").link.pin).toBe("1234");
  });

  it("is left alone when it has nothing to give", () => {
    expect(open("")).toEqual({ link: { host: null, pin: null, name: null }, shown: [] });
  });
});

describe("the gallery", () => {
  it("fetches one picture at a time, the one that was wanted last first", async () => {
    const asked: string[] = [];
    const answers: ((image: string) => void)[] = [];
    const gallery = new Gallery((entry) => {
      asked.push(entry);
      return new Promise((resolve) => answers.push(resolve));
    });
    for (const entry of ["one", "two", "three"]) gallery.want(entry);
    expect(asked).toEqual(["one"]);
    for (let turn = 0; turn < 3; turn++) {
      answers[turn]?.("data:image/gif;base64,R0lGODlhAQABAAAAACw=");
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(asked).toEqual(["one", "three", "two"]);
    expect(gallery.url("two")).toMatch(/^blob:/);
  });
});
