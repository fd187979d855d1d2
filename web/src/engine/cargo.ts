/** The bytes of offers on their way: which files this page holds, what moves, and how fast. */
import type { Offer } from "../contract";
import { clickDownload, Downloads } from "./downloads";
import { request } from "./http";
import { goesOn, type Moving } from "./offers";
import { Rate } from "./rate";
import type { RoomState } from "./room";
import { type Listener, match, pausePage, Uploads } from "./uploads";

export class Cargo {
  readonly #uploads: Uploads;
  readonly #downloads: Downloads;
  /** Files of commands that are not in the log yet. */
  readonly #packed = new Map<string, File[]>();
  readonly #rates = new Map<string, { bytes: number; rate: Rate }>();

  constructor(address: string, listener: Listener) {
    this.#uploads = new Uploads(address, request, pausePage, listener);
    this.#downloads = new Downloads((url, name) => clickDownload(address + url, name));
  }

  /** Holds the files of a command until its offer is there. */
  pack(command: string, files: File[]): void {
    if (files.length > 0) this.#packed.set(command, files);
  }

  unpack(command: string): void {
    this.#packed.delete(command);
  }

  /** The command is in the log as this offer. */
  sent(command: string, offer: string): void {
    const files = this.#packed.get(command);
    if (files) this.#uploads.give(offer, files);
    this.#packed.delete(command);
  }

  /** The same files, picked again after a reload; false when none of them is one of the offer's. */
  resume(offer: Offer, picked: readonly File[]): boolean {
    const files = match(offer.files, picked);
    if (files.every((file) => file === undefined)) return false;
    this.#uploads.give(offer.id, files);
    return true;
  }

  /** Starts, goes on with and stops what the room as it is now asks for. */
  follow(state: RoomState, now: number): void {
    for (const offer of state.offers.values()) {
      if (!goesOn(offer)) this.#uploads.stop(offer.id);
      else if (offer.uploads.length > 0) this.#uploads.want(offer.id, offer.uploads);
    }
    for (const [id, bytes] of state.received) this.#received(state.offers.get(id), bytes, now);
  }

  /** An offer was accepted here just now: the browser fetches its files. */
  accepted(offer: Offer): void {
    this.#downloads.all(offer);
  }

  download(offer: Offer, file: number): void {
    this.#downloads.one(offer, file);
  }

  moving(state: RoomState, offer: Offer, now: number): Moving {
    const own = offer.by === state.me?.id;
    return {
      upload: own ? this.#uploads.progress(offer.id) : null,
      needsFiles: own && goesOn(offer) && !this.#uploads.has(offer.id),
      rate: this.#rates.get(offer.id)?.rate.perSecond(now) ?? 0,
    };
  }

  /** Whether something is on its way, so that what is shown of it changes by time alone. */
  moves(state: RoomState): boolean {
    return [...state.offers.values()].some(
      ({ id, mine }) => mine === "receiving" || this.#uploads.progress(id) !== null,
    );
  }

  /** The room is over for this page: nothing more leaves. */
  stop(state: RoomState): void {
    for (const id of state.offers.keys()) this.#uploads.stop(id);
  }

  #received(offer: Offer | undefined, bytes: number, now: number): void {
    if (!offer || this.#rates.get(offer.id)?.bytes === bytes) return;
    const { rate } = this.#rates.get(offer.id) ?? { rate: new Rate() };
    rate.add(bytes, now);
    this.#rates.set(offer.id, { bytes, rate });
    this.#downloads.moved(offer, bytes);
  }
}
