import { describe, expect, it, vi } from "vitest";
import type { Asked, Replied, Request } from "../../src/engine/http";
import { upload } from "../../src/engine/upload";
import { type Check, printOf } from "../../src/engine/prints";
import { Uploads } from "../../src/engine/uploads";

/** A small tus server: one file for each address; what is in `breaks` happens to the next PATCHes, in order. */
class Spool {
  readonly held = new Map<string, Uint8Array>();
  readonly asked: string[] = [];
  wanted = true;
  gone = false;
  /** How many bytes of a PATCH arrive before its line breaks, or the status that it is answered with. */
  breaks: { after?: number; status?: number }[] = [];
  running = 0;
  most = 0;

  readonly request: Request = async (asked) => {
    this.asked.push(`${asked.method} ${asked.url}${asked.offset === undefined ? "" : ` from ${asked.offset}`}`);
    this.most = Math.max(this.most, ++this.running);
    const reply = await this.#answer(asked);
    this.running -= 1;
    return reply;
  };

  text(url: string): string {
    return new TextDecoder().decode(this.held.get(url));
  }

  async #answer(asked: Asked): Promise<Replied> {
    const held = this.held.get(asked.url) ?? new Uint8Array();
    if (this.gone) return { status: 410, offset: null };
    if (!this.wanted) return { status: 423, offset: null };
    if (asked.method === "DELETE") return { status: 204, offset: null };
    if (asked.method === "HEAD") return { status: 200, offset: held.length };
    if (asked.offset !== held.length) return { status: 409, offset: null };
    const { after, status } = this.breaks.shift() ?? {};
    if (status !== undefined) return { status, offset: null };
    return this.#write(asked, held, after);
  }

  async #write(asked: Asked, held: Uint8Array, after: number | undefined): Promise<Replied> {
    let body: Uint8Array;
    try {
      body = new Uint8Array(await (asked.body ?? new Blob()).arrayBuffer());
    } catch {
      return { status: 0, offset: null };
    }
    const part = body.slice(0, after ?? body.length);
    asked.progress?.(part.length);
    this.held.set(asked.url, Uint8Array.from([...held, ...part]));
    return after === undefined ? { status: 204, offset: held.length + part.length } : { status: 0, offset: null };
  }
}

const file = (name: string, text: string): File => new File([text], name);
const atOnce = async (): Promise<void> => {};

/** A file that was changed on the disk after it was picked. */
function changed(name: string): File {
  const broken = file(name, "옛 내용");
  const fail = (): Promise<never> => Promise.reject(new DOMException("changed", "NotReadableError"));
  return Object.assign(broken, { arrayBuffer: fail, slice: () => ({ arrayBuffer: fail }) });
}

function job(one: File): Parameters<typeof upload>[0] & { seen: number[]; troubles: (string | null)[] } {
  const [seen, troubles]: [number[], (string | null)[]] = [[], []];
  const signal = new AbortController().signal;
  const told = { progress: (at: number) => seen.push(at), trouble: (what: string | null) => troubles.push(what) };
  const check = (): Promise<Check> => one.slice(0, 1).arrayBuffer().then(() => "same", () => "unreadable");
  return { url: "/u", file: one, seen, troubles, signal, check, ...told };
}

describe("one file", () => {
  it("is sent whole, after the server has said how much it has", async () => {
    const spool = new Spool();
    expect(await upload(job(file("a", "hello")), spool.request, atOnce)).toBe("done");
    expect(spool.asked).toEqual(["HEAD /u", "PATCH /u from 0", "HEAD /u"]);
    expect(spool.text("/u")).toBe("hello");
  });

  it("goes on after a break from where the server is, whatever the page believes", async () => {
    const spool = new Spool();
    spool.breaks = [{ after: 3 }, { after: 4 }];
    expect(await upload(job(file("a", "0123456789")), spool.request, atOnce)).toBe("done");
    expect(spool.text("/u")).toBe("0123456789");
    expect(spool.asked.filter((line) => line.startsWith("PATCH"))).toEqual([
      "PATCH /u from 0",
      "PATCH /u from 3",
      "PATCH /u from 7",
    ]);
  });

  it("waits while nobody has accepted, and begins when somebody has", async () => {
    const spool = new Spool();
    spool.wanted = false;
    const waits: number[] = [];
    const pause = async (ms: number): Promise<void> => {
      waits.push(ms);
      spool.wanted = waits.length === 3;
    };
    expect(await upload(job(file("a", "x")), spool.request, pause)).toBe("done");
    expect(waits).toEqual([1000, 1000, 1000]);
  });

  it("asks again after a wrong offset", async () => {
    const spool = new Spool();
    spool.breaks = [{ status: 409 }];
    expect(await upload(job(file("a", "x")), spool.request, atOnce)).toBe("done");
  });

  it("tells that the disk is full, and that it goes on", async () => {
    const spool = new Spool();
    spool.breaks = [{ status: 507 }];
    const one = job(file("a", "x"));
    await upload(one, spool.request, atOnce);
    expect(one.troubles).toEqual(["storage-full", null]);
  });

  it("stops when the offer is closed", async () => {
    const spool = new Spool();
    spool.breaks = [{ status: 410 }];
    expect(await upload(job(file("a", "x")), spool.request, atOnce)).toBe("over");
    expect(spool.text("/u")).toBe("");
  });

  it("stops when the page says so", async () => {
    const over = new AbortController();
    over.abort();
    const spool = new Spool();
    expect(await upload({ ...job(file("a", "x")), signal: over.signal }, spool.request, atOnce)).toBe("over");
    expect(spool.asked).toEqual([]);
  });

  it("that cannot be read any more is given up, for all who wait for it", async () => {
    const spool = new Spool();
    expect(await upload(job(changed("a")), spool.request, atOnce)).toBe("unreadable");
    expect(spool.asked).toEqual(["HEAD /u", "DELETE /u?why=unreadable"]);
  });

  it("that is another one by now is given up before a byte of it is sent, and also right after the last", async () => {
    const states: Check[] = ["changed"];
    const spool = new Spool();
    const changing = { ...job(file("a", "hello")), check: () => Promise.resolve(states.shift() ?? "changed") };
    expect(await upload(changing, spool.request, atOnce)).toBe("changed");
    expect(spool.asked).toEqual(["HEAD /u", "DELETE /u?why=changed"]);

    states.push("same");
    expect(await upload(changing, spool.request, atOnce)).toBe("changed");
    expect(spool.asked.slice(2)).toEqual(["HEAD /u", "PATCH /u from 0", "HEAD /u", "DELETE /u?why=changed"]);
  });

  it("waits longer after each vain try, at most ten seconds", async () => {
    const spool = new Spool();
    spool.breaks = Array.from({ length: 8 }, () => ({ after: 0 }));
    const waits: number[] = [];
    await upload(job(file("a", "x")), spool.request, async (ms) => void waits.push(ms));
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10000, 10000]);
  });
});

describe("waiting", () => {
  it("is short again once something went well", async () => {
    const spool = new Spool();
    spool.breaks = [{ after: 0 }, { after: 0 }, { status: 409 }, { after: 0 }];
    const waits: number[] = [];
    await upload(job(file("a", "x")), spool.request, async (ms) => void waits.push(ms));
    expect(waits).toEqual([250, 500, 250]);
  });
});

describe("the files of this page", () => {
  const urls = (...files: number[]): { file: number; url: string }[] =>
    files.map((file) => ({ file, url: `/u${file}` }));

  interface Sender {
    uploads: Uploads;
    spool: Spool;
    stuck: string[];
    /** Over when nothing moves any more. */
    still: Promise<void>;
  }

  function sender(): Sender {
    const spool = new Spool();
    const stuck: string[] = [];
    let settle = (): void => {};
    const still = new Promise<void>((resolve) => (settle = resolve));
    const listener = {
      moved: () => uploads.progress("o1") ?? uploads.progress("o2") ?? settle(),
      stuck: (_offer: string, name: string, problem: string) => stuck.push(`${name}: ${problem}`),
    };
    const uploads = new Uploads("", spool.request, atOnce, listener);
    return { uploads, spool, stuck, still };
  }

  it("do not move before they are wanted", () => {
    const { uploads, spool } = sender();
    uploads.give("o1", [file("a", "x")]);
    expect(spool.asked).toEqual([]);
    expect(uploads.progress("o1")).toBeNull();
  });

  it("go one after the other, over all offers", async () => {
    const { uploads, spool, still } = sender();
    uploads.give("o1", [file("a", "aa"), file("b", "bb")]);
    uploads.give("o2", [file("c", "cc")]);
    uploads.want("o1", urls(0, 1));
    uploads.want("o2", [{ file: 0, url: "/other" }]);
    await still;
    expect([spool.text("/u0"), spool.text("/u1"), spool.text("/other")]).toEqual(["aa", "bb", "cc"]);
    expect(spool.most).toBe(1);
  });

  it("are not sent again because the same wish is told twice, but when it is told anew", async () => {
    const { uploads, spool, still } = sender();
    const wish = urls(0);
    uploads.give("o1", [file("a", "aa")]);
    uploads.want("o1", wish);
    uploads.want("o1", wish);
    await still;
    const before = spool.asked.length;
    uploads.want("o1", wish);
    expect(spool.asked).toHaveLength(before);
    uploads.want("o1", urls(0));
    expect(spool.asked.length).toBeGreaterThan(before);
  });

  it("tell how far they are", async () => {
    const seen: number[] = [];
    let settle = (): void => {};
    const still = new Promise<void>((resolve) => (settle = resolve));
    const moved = (): void => {
      const progress = uploads.progress("o1");
      if (progress) seen.push(progress.sent);
      else settle();
    };
    const uploads = new Uploads("", new Spool().request, atOnce, { moved, stuck: () => {} });
    uploads.give("o1", [file("a", "aa"), file("b", "bbb")]);
    uploads.want("o1", urls(0, 1));
    await still;
    expect(Math.max(...seen)).toBe(5);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
  });

  it("stop when the offer is closed", async () => {
    const { uploads, spool, still } = sender();
    uploads.give("o1", [file("a", "aa"), file("b", "bb")]);
    uploads.want("o1", urls(0, 1));
    uploads.stop("o1");
    await still;
    expect(spool.text("/u1")).toBe("");
    expect(uploads.has("o1")).toBe(false);
  });

  it("tell in words which one cannot be read any more, and the others go on", async () => {
    const { uploads, spool, stuck, still } = sender();
    uploads.give("o1", [changed("과제.pdf"), file("b", "bb")]);
    uploads.want("o1", urls(0, 1));
    await still;
    expect(stuck).toEqual(["과제.pdf: unreadable-file"]);
    expect(spool.text("/u1")).toBe("bb");

    uploads.want("o1", urls(0));
    await vi.waitFor(() => expect(stuck).toHaveLength(2));
    expect(spool.asked.filter((line) => line.startsWith("DELETE"))).toHaveLength(2);
  });

  it("are not sent when they are others than those that were offered", async () => {
    const { uploads, spool, stuck, still } = sender();
    const [before, now] = [file("과제.pdf", "old"), file("과제.pdf", "new")];
    uploads.give("o1", [now, file("b", "bb")], [await printOf(before), null]);
    uploads.want("o1", urls(0, 1));
    await still;
    expect(stuck).toEqual(["과제.pdf: changed-file"]);
    expect([spool.text("/u0"), spool.text("/u1")]).toEqual(["", "bb"]);
  });
});
