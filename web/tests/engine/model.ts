/** A small server after the contract's section on mids, behind a line that loses, delays and cuts; all by one seed. */
import type { Posted, Refusal } from "../../src/contract";
import { type Command, onWire, Outbox } from "../../src/engine/outbox";

type Chance = () => number;
type Reply = Posted | Refusal;

interface Frame {
  command: Command;
  mid: number;
  text: string;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class ModelServer {
  readonly log: string[] = [];
  readonly seen: Record<string, number> = {};
  lastMid = 0;
  calm = false;
  readonly #answers = new Map<number, Reply>();
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  take(mid: number, text: string): Reply {
    const reply = this.#decide(mid, text);
    this.count(reply.ok ? "ok" : reply.code);
    return reply;
  }

  count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  #decide(mid: number, text: string): Reply {
    if (text.includes("malformed")) return { ok: false, code: "malformed" };
    if (this.#trouble(0.04)) return { ok: false, code: "slow-down", retry_ms: 5 };
    const before = this.#answers.get(mid);
    if (before) return this.count("replay"), before;
    if (mid !== this.lastMid + 1) return { ok: false, code: "gap", expected: this.lastMid + 1 };
    if (this.#trouble(0.03)) return { ok: false, code: this.#trouble(0.5) ? "storage-full" : "internal" };
    const reply = this.#content(text);
    this.lastMid = mid;
    this.#answers.set(mid, reply);
    return reply;
  }

  #content(text: string): Reply {
    if (text === "") return { ok: false, code: "text-empty" };
    if (text.includes("long")) return { ok: false, code: "text-too-long" };
    return { ok: true, seq: this.log.push(text) };
  }

  #trouble(likely: number): boolean {
    return !this.calm && this.#chance() < likely;
  }
}

/** One tab with its outbox, and the line between it and the server. */
export class ModelTab {
  readonly written: string[] = [];
  outbox = new Outbox((commands) => this.#keep(commands));
  readonly #server: ModelServer;
  readonly #chance: Chance;
  #kept: Command[] = [];
  #up: Frame[] = [];
  #down: [Command, Reply][] = [];
  /** Frames of a cut connection that the server reads all the same, some time. */
  #late: Frame[] = [];
  #paused = false;

  constructor(server: ModelServer, chance: Chance) {
    this.#server = server;
    this.#chance = chance;
  }

  write(): void {
    const kind = this.#chance();
    const text = `${this.written.length}${kind < 0.05 ? " long" : kind < 0.08 ? " malformed" : ""}`;
    this.written.push(text);
    this.outbox.add(text, this.written.length, { kind: "say", text });
  }

  join(): void {
    this.#paused = false;
    this.outbox.joined(this.#server.lastMid);
  }

  flush(): void {
    for (let next = this.outbox.next(); next; next = this.outbox.next()) {
      const fields = onWire(next)[1];
      this.#up.push({ command: next, mid: next.mid, text: String(fields["text"]) });
    }
  }

  serverReads(): void {
    const late = this.#late.shift();
    if (late) {
      this.#server.count("late");
      this.#server.take(late.mid, late.text);
    }
    const frame = this.#up.shift();
    if (frame) this.#down.push([frame.command, this.#server.take(frame.mid, frame.text)]);
  }

  pageReads(): void {
    const [command, reply] = this.#down.shift() ?? [];
    if (!command || !reply) return;
    if (this.outbox.answered(command, reply).waitMs !== null) this.#paused = true;
  }

  wait(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.outbox.resume();
  }

  cut(): void {
    this.#server.count("cut");
    if (this.#down.length > 0) this.#server.count("answer lost");
    if (this.#up.length > 0) this.#server.count("command lost or late");
    this.#late.push(...this.#up.slice(0, Math.floor(this.#chance() * (this.#up.length + 1))));
    this.#up = [];
    this.#down = [];
    this.outbox.cut();
  }

  reload(): void {
    this.cut();
    this.#server.count("reload");
    this.outbox = new Outbox((commands) => this.#keep(commands), structuredClone(this.#kept));
  }

  #keep(commands: readonly Command[]): void {
    this.#kept = structuredClone([...commands]);
  }
}
