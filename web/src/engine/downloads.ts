/**
 * Hands accepted files to the browser's own downloads: two at once, for a browser opens six connections to a host,
 * and more would keep it from sending. The browser does not say when one ends; the bytes that the room counted do.
 */
import type { Offer } from "../contract";
import { goesOn } from "./offers";

const AT_ONCE = 2;
/** Chromium drops without a word what a page begins beyond ten in a second. */
const IN_A_WHILE = 8;
const WHILE_MS = 1100;
/** What has not moved for so long holds up nobody else, and can be begun again. */
export const STALLED_MS = 20_000;

interface Batch {
  offer: Offer;
  /** What is still to be started, and what was: indexes of files, or all of them as a zip. */
  waiting: Part[];
  started: Part[];
  received: number;
  movedAt: number;
}

type Part = number | "zip";

/** Makes the browser, or the program, fetch the path of a download; its name and SHA-256 as far as they are known. */
type Start = (path: string, name: string, sha256: string | null) => void;

export class Downloads {
  /** In the order in which they were accepted. */
  readonly #batches = new Map<string, Batch>();
  readonly #start: Start;
  /** When the latest ones were started. */
  #starts: number[] = [];

  constructor(start: Start) {
    this.#start = start;
  }

  /** Fetches all of an offer that was just accepted: a folder as one zip, for a browser makes no folders. */
  all(offer: Offer, asZip: boolean, now: number): void {
    const waiting = partsOf(offer, asZip);
    this.#batches.set(offer.id, { offer, waiting, started: [], received: 0, movedAt: now });
    this.#go(now);
  }

  /** Fetches one file now, or all of them as one zip. */
  one(offer: Offer, part: Part): void {
    const url = part === "zip" ? offer.zip : offer.downloads.find(({ file }) => file === part)?.url;
    if (!url) return;
    if (part === "zip") this.#start(url, "", null);
    else this.#start(url, offer.files[part]?.name ?? "", offer.hashes[part] ?? null);
  }

  /** Begins again what was started and has not come to its end. */
  again(offer: Offer, now: number): void {
    const batch = this.#batches.get(offer.id);
    if (!batch) return this.all(offer, false, now);
    batch.waiting.unshift(...running(batch));
    batch.started = batch.started.filter((part) => !batch.waiting.includes(part));
    batch.movedAt = now;
    this.#go(now);
  }

  /** So many bytes of an offer came, or its state is another: the next ones may start. */
  moved(offer: Offer, received: number, now: number): void {
    const batch = this.#batches.get(offer.id) ?? begunElsewhere(offer, now);
    if (batch.received !== received) batch.movedAt = now;
    Object.assign(batch, { offer, received });
    if (isOn(batch)) this.#batches.set(offer.id, batch);
    else this.#batches.delete(offer.id);
    this.#go(now);
  }

  /** How many other offers come first, where nothing of this one has been started; 0 when it is its turn. */
  ahead(offer: string): number {
    const batch = this.#batches.get(offer);
    if (!batch || batch.started.length > 0) return 0;
    return [...this.#batches.keys()].indexOf(offer);
  }

  /** Whether what was started has not moved for a while. */
  isStalled(offer: string, now: number): boolean {
    const batch = this.#batches.get(offer);
    return batch !== undefined && batch.started.length > 0 && now - batch.movedAt > STALLED_MS;
  }

  #go(now: number): void {
    for (const batch of this.#batches.values()) {
      while (batch.waiting.length > 0 && this.#mayStart(now)) {
        this.#starts.push(now);
        const part = batch.waiting.shift() ?? 0;
        if (batch.started.length === 0) batch.movedAt = now;
        batch.started.push(part);
        this.one(batch.offer, part);
      }
    }
  }

  #mayStart(now: number): boolean {
    this.#starts = this.#starts.filter((at) => now - at < WHILE_MS);
    return this.#starts.length < IN_A_WHILE && this.#busy(now) < AT_ONCE;
  }

  #busy(now: number): number {
    const moving = [...this.#batches.values()].filter((batch) => now - batch.movedAt <= STALLED_MS);
    return moving.reduce((sum, batch) => sum + running(batch).length, 0);
  }
}

/** What was accepted in another tab, or before a reload: the browser is at it, as far as anybody knows. */
const begunElsewhere = (offer: Offer, now: number): Batch => {
  const started = partsOf(offer, false);
  return { offer, waiting: [], started, received: 0, movedAt: now };
};

function partsOf(offer: Offer, asZip: boolean): Part[] {
  const isFolder = offer.files.some(({ path }) => path !== undefined);
  return offer.zip !== null && (asZip || isFolder) ? ["zip"] : offer.downloads.map(({ file }) => file);
}

const isOn = ({ offer }: Batch): boolean => goesOn(offer) && (offer.mine === "accepted" || offer.mine === "receiving");

/** What of the started is still on its way, as far as the sum of the bytes tells. */
function running({ offer, started, received }: Batch): Part[] {
  let rest = received;
  return started.filter((part) => {
    rest -= part === "zip" ? Infinity : (offer.files[part]?.size ?? 0);
    return rest < 0;
  });
}

/** A click on a link that is never seen; the server says that it is an attachment, and its name where we give none. */
export function clickDownload(address: string, path: string, name: string): void {
  const link = document.createElement("a");
  link.href = address + path;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}
