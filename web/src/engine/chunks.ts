import type { Entry } from "../contract";

/** How many entries a chunk holds: the n-th holds the seqs n*50+1 to n*50+50, however the pages came. */
export const CHUNK = 50;

export type Chunks = readonly (readonly Entry[])[];

const numberOf = (seq: number): number => Math.floor((seq - 1) / CHUNK);

/** The seq of the oldest entry, 0 when there is none. */
export const firstSeq = (chunks: Chunks): number => chunks[0]?.[0]?.seq ?? 0;

/** The seq of the newest entry, 0 when there is none. */
export const lastSeq = (chunks: Chunks): number => chunks.at(-1)?.at(-1)?.seq ?? 0;

/** Puts newer entries, which continue without a hole, at the end; full chunks stay the same arrays. */
export function append(chunks: Chunks, entries: readonly Entry[]): Chunks {
  if (entries.length === 0) return chunks;
  const groups = split(entries);
  const tail = chunks.at(-1);
  if (tail && startsIn(groups[0], numberOf(lastSeq(chunks)))) {
    return [...chunks.slice(0, -1), [...tail, ...(groups[0] ?? [])], ...groups.slice(1)];
  }
  return [...chunks, ...groups];
}

/** Puts older entries, which end where the chunks begin, in front. */
export function prepend(chunks: Chunks, entries: readonly Entry[]): Chunks {
  if (entries.length === 0) return chunks;
  const groups = split(entries);
  const head = chunks[0];
  if (head && startsIn(groups.at(-1), numberOf(firstSeq(chunks)))) {
    return [...groups.slice(0, -1), [...(groups.at(-1) ?? []), ...head], ...chunks.slice(1)];
  }
  return [...groups, ...chunks];
}

function startsIn(group: readonly Entry[] | undefined, number: number): boolean {
  return group?.[0] !== undefined && numberOf(group[0].seq) === number;
}

function split(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    if (group && startsIn(group, numberOf(entry.seq))) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}
