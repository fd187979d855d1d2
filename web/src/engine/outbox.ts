/**
 * Own commands on their way into the log: numbered 1, 2, 3, ..., sent pipelined, each exactly once there. Pure.
 *
 * A number is given when a command is first sent, after `joined` told which ones are taken. One that was given is
 * never given up: what cannot be sent any more leaves an empty `say` in its place, which the server refuses and counts.
 */
import { type Code, type FileToOffer, OUTBOX_WINDOW, type Posted, type Refusal } from "../contract";
import type { Failure, Problem } from "./types";

/** How often a command may meet an error that nobody foresaw before it counts as failed. */
const PATIENCE = 5;

export type Content =
  | { kind: "say"; text: string }
  | { kind: "show"; image: string; width: number; height: number }
  | { kind: "offer"; files: FileToOffer[] };

export interface Command {
  key: string;
  at: number;
  mid: number | null;
  /** null: only the number is left, to be filled. */
  content: Content | null;
  failed: boolean;
  failure?: Failure;
  /** The server has it; only its answer was lost. */
  taken?: boolean;
}

/** What is to be done after an answer: `waitMs` is told once, when nothing is in flight and a pause has to pass. */
export interface Outcome {
  waitMs: number | null;
  rejoin: boolean;
}

const CONTENT: ReadonlySet<Problem> = new Set([
  "text-empty",
  "text-too-long",
  "image-type",
  "image-too-large",
  "file-name",
  "file-size",
  "too-many-files",
] satisfies Code[]);

export class Outbox {
  #commands: Command[];
  #next = 1;
  #joined = false;
  readonly #flying = new Set<Command>();
  #window = OUTBOX_WINDOW;
  #pauseMs: number | null = null;
  #backoffMs = 0;
  #troubles = 0;
  #renumberFrom: number | null = null;
  readonly #keep: (commands: readonly Command[]) => void;

  /** `keep` stores the commands; it is called before any of them is sent. */
  constructor(keep: (commands: readonly Command[]) => void, commands: readonly Command[] = []) {
    this.#keep = keep;
    this.#commands = [...commands];
  }

  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** Whether nothing waits to be sent; failed ones wait for the person, not for the server. */
  get idle(): boolean {
    return this.#commands.every((each) => each.failed);
  }

  add(key: string, at: number, content: Content): void {
    this.#change([...this.#commands, { key, at, mid: null, content, failed: false }]);
  }

  /** Sends a failed command once more, as a new one at the end. */
  retry(key: string, at: number): void {
    const command = this.#commands.find((each) => each.key === key && each.failed);
    if (!command || isLost(command)) return;
    const rest = this.#commands.filter((each) => each !== command);
    this.#change([...rest, { key, at, mid: null, content: command.content, failed: false }]);
  }

  /** Takes back a command that has no number, or that the server does not take; what was taken cannot be unsent. */
  discard(key: string): void {
    const command = this.#commands.find((each) => each.key === key);
    if (!command || (command.mid !== null && !command.failure)) return;
    const filler = command.mid === null ? [] : [fillerOf(command)];
    this.#change(this.#commands.flatMap((each) => (each === command ? filler : [each])));
  }

  /** A new connection has joined: everything without an answer is sent again, in order. */
  joined(lastMid: number): void {
    this.cut();
    const first = this.#numbered()[0]?.mid;
    if (first !== undefined && first !== null && lastMid + 1 < first) this.#renumber(lastMid + 1);
    for (const command of this.#numbered()) command.taken = (command.mid ?? 0) <= lastMid;
    this.#next = Math.max(lastMid, this.#numbered().at(-1)?.mid ?? 0) + 1;
    this.#joined = true;
    this.#change(this.#commands);
  }

  /** The connection is gone, and with it the answers that were to come. */
  cut(): void {
    this.#joined = false;
    this.#flying.clear();
    this.#pauseMs = null;
    this.#renumberFrom = null;
    this.#window = OUTBOX_WINDOW;
  }

  /** The next command to be sent now, with its number; null when it is not the time. */
  next(): (Command & { mid: number }) | null {
    if (!this.#joined || this.#pauseMs !== null || this.#flying.size >= this.#window) return null;
    const command = this.#commands.find((each) => !each.failed && !this.#flying.has(each));
    if (!command || (isPicture(command) && [...this.#flying].some(isPicture))) return null;
    if (command.mid === null) {
      command.mid = this.#next++;
      this.#keep(this.#commands);
    }
    this.#flying.add(command);
    return command as Command & { mid: number };
  }

  answered(command: Command, answer: Posted | Refusal): Outcome {
    const current = this.#flying.delete(command);
    if (answer.ok) this.#done(command);
    else if (CONTENT.has(answer.code)) this.#refused(command, answer.code);
    else if (current) this.#trouble(command, answer);
    const drained = this.#pauseMs !== null && this.#flying.size === 0;
    const rejoin = !answer.ok && answer.code === "not-joined";
    return { waitMs: drained ? this.#pauseMs : null, rejoin };
  }

  /** The pause has passed: go on from the first command without an answer. */
  resume(): void {
    this.#pauseMs = null;
    if (this.#renumberFrom !== null) this.#renumber(this.#renumberFrom);
    this.#renumberFrom = null;
  }

  #done(command: Command): void {
    this.#window = Math.min(OUTBOX_WINDOW, this.#window + 1);
    this.#calm();
    this.#change(this.#commands.filter((each) => each !== command));
  }

  #refused(command: Command, code: Problem): void {
    this.#calm();
    if (!command.content) return this.#change(this.#commands.filter((each) => each !== command));
    const failure = { code: isLost(command) ? ("storage-unavailable" as const) : code };
    Object.assign(command, { mid: null, failed: true, failure, taken: false });
    this.#change(this.#commands);
  }

  #calm(): void {
    this.#troubles = 0;
    this.#backoffMs = 0;
  }

  /** An answer that took no number: let what is in flight come in, pause, go on from the first. */
  #trouble(command: Command, answer: Refusal): void {
    this.#pauseMs ??= 0;
    if (answer.code === "gap") return this.#gap(answer.expected ?? 0);
    if (answer.code === "slow-down") {
      this.#window = 1;
      this.#pauseMs = Math.max(this.#pauseMs, answer.retry_ms ?? 1000);
      return;
    }
    if (command.content && !isLost(command) && answer.code === "malformed") return this.#giveUp(command, answer.code);
    this.#backoff(command, answer.code);
  }

  #gap(expected: number): void {
    const first = this.#numbered()[0]?.mid ?? 0;
    if (expected >= 1 && expected < first) this.#renumberFrom = expected;
  }

  #backoff(command: Command, code: Code): void {
    command.failure = { code };
    this.#backoffMs = Math.min(15_000, Math.max(500, this.#backoffMs * 2));
    this.#pauseMs = Math.max(this.#pauseMs ?? 0, this.#backoffMs);
    if (code === "storage-full" || ++this.#troubles < PATIENCE) return;
    this.#troubles = 0;
    if (command.content && !isLost(command)) this.#giveUp(command, code);
  }

  /** Fails a command whose number stays to be filled. */
  #giveUp(command: Command, code: Problem): void {
    const filler = fillerOf(command);
    Object.assign(command, { mid: null, failed: true, failure: { code } });
    this.#change(this.#commands.flatMap((each) => (each === command ? [filler, each] : [each])));
  }

  #numbered(): Command[] {
    return this.#commands.filter((each) => each.mid !== null);
  }

  /** The server has forgotten numbers that it had answered: ours go on where its own end. */
  #renumber(from: number): void {
    this.#next = from;
    for (const command of this.#numbered()) command.mid = this.#next++;
    this.#change(this.#commands);
  }

  #change(commands: Command[]): void {
    this.#commands = commands;
    this.#keep(commands);
  }
}

const fillerOf = (command: Command): Command => {
  return { key: `${command.key}-filler`, at: command.at, mid: command.mid, content: null, failed: false };
};

const isPicture = (command: Command): boolean => command.content?.kind === "show";

/** Whether only the trace of a picture is left, because the browser's storage was full. */
export const isLost = ({ content }: Command): boolean => content?.kind === "show" && content.image === "";

/** A command as it goes over the wire; what has no content any more is an empty `say`. */
export function onWire(command: Command): ["say" | "show" | "offer", Record<string, unknown>] {
  const { mid, content } = command;
  if (!content || isLost(command)) return ["say", { mid, text: "" }];
  if (content.kind === "show") return ["show", { mid, image: content.image }];
  if (content.kind === "offer") return ["offer", { mid, files: content.files }];
  return ["say", { mid, text: content.text }];
}
