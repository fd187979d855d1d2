/** The files that this page has offered and may send: one at a time, those first that were wanted first. */
import type { FileUrl } from "../contract";
import type { Request } from "./http";
import { check, type Print } from "./prints";
import { Rate } from "./rate";
import type { OfferView, Problem } from "./types";
import { type Pause, upload } from "./upload";

export interface Listener {
  moved(): void;
  /** A file cannot be sent: `problem` in words, once each time that it is wanted. */
  stuck(offer: string, file: string, problem: Problem): void;
}

interface Lot {
  files: (File | undefined)[];
  /** What each file was when it was offered, as far as that is known. */
  prints: readonly (Print | null)[];
  /** Bytes of each file that are there. */
  sent: number[];
  /** What the room asked for last, and what of it is still to be done. */
  asked: readonly FileUrl[];
  wanted: readonly FileUrl[];
  over: AbortController;
  rate: Rate;
  told: Problem | null;
}

export class Uploads {
  readonly #lots = new Map<string, Lot>();
  readonly #address: string;
  readonly #request: Request;
  readonly #pause: Pause;
  readonly #listener: Listener;
  readonly #now: () => number;
  #running: string | null = null;

  constructor(address: string, request: Request, pause: Pause, listener: Listener, now = Date.now) {
    this.#address = address;
    this.#request = request;
    this.#pause = pause;
    this.#listener = listener;
    this.#now = now;
  }

  /** The page has these files of an offer; a gap is a file that it does not have. */
  give(offer: string, files: readonly (File | undefined)[], prints: readonly (Print | null)[] = []): void {
    const sent = files.map(() => 0);
    const idle = { asked: [], wanted: [], told: null };
    this.#lots.set(offer, { ...idle, files: [...files], prints, sent, over: new AbortController(), rate: new Rate() });
  }

  /** Whether the page has a file of the offer; all of them, where nothing says which. */
  has(offer: string, file?: number): boolean {
    const files = this.#lots.get(offer)?.files;
    return files !== undefined && (file === undefined || files[file] !== undefined);
  }

  /** The room wants these bytes; nothing moves before. */
  want(offer: string, wanted: readonly FileUrl[]): void {
    const lot = this.#lots.get(offer);
    if (!lot || lot.asked === wanted) return;
    lot.asked = lot.wanted = wanted;
    void this.#run();
  }

  /** The offer is closed: nothing more leaves. */
  stop(offer: string): void {
    this.#lots.get(offer)?.over.abort();
    if (this.#lots.delete(offer)) this.#listener.moved();
  }

  progress(offer: string): OfferView["upload"] {
    const lot = this.#lots.get(offer);
    if (!lot || this.#running !== offer) return null;
    const total = lot.files.reduce((sum, file) => sum + (file?.size ?? 0), 0);
    const sent = sum(lot.sent);
    return { sent, total, rate: lot.rate.perSecond(this.#now()) };
  }

  async #run(): Promise<void> {
    if (this.#running !== null) return;
    for (let next = this.#next(); next; next = this.#next()) {
      this.#running = next;
      await this.#sendAll(next);
    }
    this.#running = null;
    this.#listener.moved();
  }

  #next(): string | undefined {
    return [...this.#lots].find(([, lot]) => lot.wanted.length > 0)?.[0];
  }

  async #sendAll(offer: string): Promise<void> {
    const lot = this.#lots.get(offer);
    if (!lot) return;
    const { wanted } = lot;
    for (const target of wanted) {
      if (lot.wanted !== wanted || lot.over.signal.aborted) return;
      await this.#sendOne(offer, lot, target);
    }
    if (lot.wanted === wanted) lot.wanted = [];
  }

  async #sendOne(offer: string, lot: Lot, target: FileUrl): Promise<void> {
    const file = lot.files[target.file];
    if (!file) return;
    const job = {
      url: this.#address + target.url,
      file,
      check: () => check(file, lot.prints[target.file] ?? null),
      signal: lot.over.signal,
      progress: (sent: number) => this.#moved(lot, target.file, sent),
      trouble: (problem: Problem | null) => this.#trouble(offer, lot, file, problem),
    };
    const result = await upload(job, this.#request, this.#pause);
    if (result !== "changed" && result !== "unreadable") return;
    // Kept all the same: whoever accepts later is refused as well, and nobody waits for it in vain.
    this.#listener.stuck(offer, file.name, `${result}-file`);
  }

  #moved(lot: Lot, file: number, sent: number): void {
    lot.sent[file] = sent;
    lot.rate.add(sum(lot.sent), this.#now());
    this.#listener.moved();
  }

  #trouble(offer: string, lot: Lot, file: File, problem: Problem | null): void {
    const isNew = problem !== lot.told;
    lot.told = problem;
    // A lost connection is told by the page itself.
    if (isNew && problem && problem !== "unreachable") this.#listener.stuck(offer, file.name, problem);
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Waits in a page: shorter when the browser says that the network is back. */
export const pausePage: Pause = (ms, signal) =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
