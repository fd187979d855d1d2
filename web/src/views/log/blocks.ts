import type { Entry } from "../../engine/types";

export type Talk = Extract<Entry, { kind: "said" | "shown" | "offered" }>;
export type Notice = Exclude<Entry, Talk>;

/** What the list draws: a date, some notices in a row, or one person's run of messages. */
export type Block =
  | { kind: "day"; key: string; at: number }
  | { kind: "notices"; key: string; entries: Notice[] }
  | { kind: "run"; key: string; by: string; name: string; colour: number; continued: boolean; entries: Talk[] };

/** A pause that starts a new run even when the same person goes on. */
const PAUSE_MS = 5 * 60_000;

export function isTalk(entry: Entry): entry is Talk {
  return entry.kind === "said" || entry.kind === "shown" || entry.kind === "offered";
}

/** One chunk as blocks; `before` is the entry in front of it, so that dates and runs go on across chunks. */
export function blocksOf(entries: readonly Entry[], before: Entry | undefined): Block[] {
  const blocks: Block[] = [];
  let last = before;
  for (const entry of entries) {
    const newDay = !last || !sameDay(last.at, entry.at);
    if (newDay) blocks.push({ kind: "day", key: `d${entry.seq}`, at: entry.at });
    put(blocks, entry, newDay ? undefined : last);
    last = entry;
  }
  return blocks;
}

function put(blocks: Block[], entry: Entry, last: Entry | undefined): void {
  const block = blocks.at(-1);
  if (!isTalk(entry)) {
    if (block?.kind === "notices") block.entries.push(entry);
    else blocks.push({ kind: "notices", key: `n${entry.seq}`, entries: [entry] });
    return;
  }
  const continued = goesOn(last, entry);
  if (continued && block?.kind === "run") block.entries.push(entry);
  else blocks.push(runOf(entry, continued));
}

function runOf(entry: Talk, continued: boolean): Block {
  const { seq, by, name, colour } = entry;
  return { kind: "run", key: `r${seq}`, by, name, colour, continued, entries: [entry] };
}

function goesOn(last: Entry | undefined, entry: Talk): boolean {
  if (!last || !isTalk(last)) return false;
  return last.by === entry.by && last.name === entry.name && entry.at - last.at < PAUSE_MS;
}

function sameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** How many notices in a row are told one by one before they fold. */
const QUIET = 3;

export function folds(entries: readonly Notice[]): boolean {
  return entries.length > QUIET;
}

/** Of a folded row: how many of each kind, in the order in which the kinds came. */
export function tallyOf(entries: readonly Notice[]): [Notice["kind"], number][] {
  const tally = new Map<Notice["kind"], number>();
  for (const { kind } of entries) tally.set(kind, (tally.get(kind) ?? 0) + 1);
  return [...tally];
}
