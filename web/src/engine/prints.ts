/** What a file was when it was offered, so that another one, or another state of it, is found out before it is sent. */
// crypto.subtle is missing on a page of the local network.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { KeyStore } from "./keystore";

export interface Print {
  /** When the file was last changed, in milliseconds since the Unix epoch. */
  date: number;
  /** SHA-256 of parts from all over the file, in hexadecimal. */
  hash: string;
}

export type Check = "same" | "changed" | "unreadable";

const PARTS = 16;
const PART_BYTES = 16 * 1024;
const KEY = "chatapp:prints:";
/** Offers end long before this; what a page left behind in a room that is gone goes then. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

/** The print of a file as it is now; rejects when it cannot be read. */
export async function printOf(file: File): Promise<Print> {
  const hash = sha256.create();
  for (const start of starts(file.size)) {
    hash.update(new Uint8Array(await file.slice(start, start + PART_BYTES).arrayBuffer()));
  }
  return { date: file.lastModified, hash: bytesToHex(hash.digest()) };
}

/** Whether a file is what it was, as far as its date and its parts tell. */
export async function check(file: File, before: Print | null): Promise<Check> {
  try {
    const now = await printOf(file);
    return !before || (now.date === before.date && now.hash === before.hash) ? "same" : "changed";
  } catch {
    return "unreadable";
  }
}

/** Where the parts begin: together the whole of a small file, spread evenly over a large one. */
function starts(size: number): number[] {
  const count = Math.min(PARTS, Math.ceil(size / PART_BYTES));
  const last = Math.max(0, size - PART_BYTES);
  return Array.from({ length: count }, (_, index) => (count === PARTS ? Math.floor((last * index) / (PARTS - 1)) : index * PART_BYTES));
}

/** The prints of this browser's own offers, kept over a reload. */
export class Prints {
  readonly #store: KeyStore;

  constructor(store: KeyStore, now: number) {
    this.#store = store;
    for (const key of store.keys()) if (key.startsWith(KEY) && !(this.#read(key).at > now - KEPT_MS)) store.remove(key);
  }

  keep(offer: string, prints: readonly (Print | null)[], now: number): void {
    this.#store.set(KEY + offer, JSON.stringify({ at: now, prints }));
  }

  /** In the order of the offer's files; empty when nothing is known. */
  of(offer: string): readonly (Print | null)[] {
    return this.#read(KEY + offer).prints;
  }

  forget(offer: string): void {
    this.#store.remove(KEY + offer);
  }

  #read(key: string): { at: number; prints: (Print | null)[] } {
    const nothing = { at: 0, prints: [] };
    try {
      return { ...nothing, ...(JSON.parse(this.#store.get(key) ?? "{}") as object) };
    } catch {
      return nothing;
    }
  }
}
