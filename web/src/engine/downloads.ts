/** Hands accepted files to the browser's own downloads: two at once, for a browser opens six connections to a host. */
import type { Offer } from "../contract";
import { goesOn } from "./offers";

const AT_ONCE = 2;

interface Queue {
  waiting: number[];
  started: number[];
}

export class Downloads {
  readonly #queues = new Map<string, Queue>();
  readonly #start: (url: string, name: string) => void;

  /** `start` makes the browser fetch a file. */
  constructor(start: (url: string, name: string) => void) {
    this.#start = start;
  }

  /** Fetches every file of an offer that was just accepted. */
  all(offer: Offer): void {
    this.#queues.set(offer.id, { waiting: offer.downloads.map(({ file }) => file), started: [] });
    this.moved(offer, 0);
  }

  /** Fetches one file now. */
  one(offer: Offer, file: number): void {
    const target = offer.downloads.find((each) => each.file === file);
    const named = offer.files[file];
    if (target && named) this.#start(target.url, named.name);
  }

  /** So many bytes of an offer came: the next files may start. */
  moved(offer: Offer, received: number): void {
    const queue = this.#queues.get(offer.id);
    if (!queue) return;
    while (queue.waiting.length > 0 && running(queue, offer, received) < AT_ONCE) {
      const file = queue.waiting.shift() ?? 0;
      queue.started.push(file);
      this.one(offer, file);
    }
    if (queue.waiting.length === 0 || !goesOn(offer)) this.#queues.delete(offer.id);
  }
}

/** How many of the started files are still on their way, as far as the sum of their bytes tells. */
function running(queue: Queue, offer: Offer, received: number): number {
  let rest = received;
  return queue.started.filter((file) => {
    rest -= offer.files[file]?.size ?? 0;
    return rest < 0;
  }).length;
}

/** A click on a link that is never seen; the server says that it is an attachment. */
export function clickDownload(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}
