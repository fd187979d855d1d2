/** The bytes of offers on their way: which files this page holds, what moves, and how fast. */
import type { Offer } from "../contract";
import type { Native, Outcome } from "../native/native";
import { clickDownload, Downloads } from "./downloads";
import { request } from "./http";
import type { KeyStore } from "./keystore";
import { match } from "./match";
import { goesOn, type Moving } from "./offers";
import type { Picked } from "./picked";
import { check, type Print, printOf, Prints } from "./prints";
import { Rate } from "./rate";
import type { RoomState } from "./room";
import type { Resumed } from "./types";
import { type Listener, pausePage, Uploads } from "./uploads";

export interface CargoListener extends Listener {
  /** The program has saved a file, or could not. */
  saved(outcome: Outcome, name: string): void;
}

interface Packed {
  files: File[];
  prints: Promise<(Print | null)[]>;
}

export class Cargo {
  readonly #uploads: Uploads;
  readonly #downloads: Downloads;
  /** Files of commands that are not in the log yet. */
  readonly #packed = new Map<string, Packed>();
  readonly #prints: Prints;
  /** How fast bytes reach a member, by offer and member. */
  readonly #rates = new Map<string, { bytes: number; rate: Rate }>();
  readonly #listener: CargoListener;
  readonly #saver: Native | null;

  /** `saver`: the program that saves files, where there is one; else the browser does. */
  constructor(address: string, store: KeyStore, saver: Native | null, listener: CargoListener) {
    this.#listener = listener;
    this.#saver = saver;
    this.#prints = new Prints(store, Date.now());
    this.#uploads = new Uploads(address, request, pausePage, listener);
    this.#downloads = new Downloads((path, name, sha256) =>
      saver ? void this.#save(saver, path, name, sha256) : clickDownload(address, path, name),
    );
  }

  /** Holds the files of a command until its offer is there. */
  pack(command: string, files: File[]): void {
    if (files.length > 0) this.#packed.set(command, { files, prints: Promise.all(files.map(printOrNull)) });
  }

  unpack(command: string): void {
    this.#packed.delete(command);
  }

  /** The command is in the log as this offer. */
  async sent(command: string, offer: string): Promise<void> {
    const packed = this.#packed.get(command);
    this.#packed.delete(command);
    if (!packed) return;
    const prints = await packed.prints;
    this.#prints.keep(offer, prints, Date.now());
    this.#uploads.give(offer, packed.files, prints);
    this.#listener.moved();
  }

  /** The same files, picked again after a reload; `other` when none of them is one of the offer's. */
  async resume(offer: Offer, picked: readonly Picked[]): Promise<Resumed> {
    const files = match(offer.files, picked);
    const prints = this.#prints.of(offer.id);
    const checks = await Promise.all(files.map((file, index) => file && check(file, prints[index] ?? null)));
    if (checks.some((state) => state === "changed" || state === "unreadable")) return "changed";
    if (files.every((file) => file === undefined)) return "other";
    this.#uploads.give(offer.id, files, prints);
    return "resumed";
  }

  /** Starts, goes on with and stops what the room as it is now asks for. */
  follow(state: RoomState, now: number): void {
    for (const offer of state.offers.values()) {
      if (!goesOn(offer)) this.#stop(offer.id);
      else if (offer.uploads.length > 0) this.#uploads.want(offer.id, offer.uploads);
      for (const [member, { bytes }] of Object.entries(offer.ledger ?? {})) this.#reached(offer.id, member, bytes, now);
      if (offer.mine !== null) this.#received(state, offer, now);
    }
  }

  /** An offer was accepted here just now: the browser fetches its files. */
  accepted(offer: Offer, asZip: boolean): void {
    // One dialog for all of them, where a person is asked for each.
    this.#downloads.all(offer, asZip || this.#saver !== null, Date.now());
  }

  download(offer: Offer, part: number | "zip"): void {
    this.#downloads.one(offer, part);
  }

  /** What was begun of an offer has not moved for a while: the browser fetches it anew. */
  downloadAgain(offer: Offer): void {
    this.#downloads.again(offer, Date.now());
  }

  moving(state: RoomState, offer: Offer, now: number): Moving {
    const own = offer.by === state.me?.id;
    return {
      upload: own ? this.#uploads.progress(offer.id) : null,
      needsFiles: own && goesOn(offer) && !this.#holds(offer),
      rateOf: (member) => this.#rates.get(`${offer.id}/${member}`)?.rate.perSecond(now) ?? 0,
      ahead: this.#downloads.ahead(offer.id),
      stalled: this.#downloads.isStalled(offer.id, now),
    };
  }

  /** Whether something is on its way, so that what is shown of it changes by time alone. */
  moves(state: RoomState): boolean {
    return [...state.offers.values()].some(
      ({ id, mine, ledger }) =>
        mine === "receiving" ||
        mine === "accepted" ||
        this.#uploads.progress(id) !== null ||
        Object.values(ledger ?? {}).some((row) => row.state === "receiving"),
    );
  }

  /** The room is over for this page: nothing more leaves. */
  stop(state: RoomState): void {
    for (const id of state.offers.keys()) this.#uploads.stop(id);
  }

  async #save(saver: Native, url: string, name: string, sha256: string | null): Promise<void> {
    const { outcome, name: saved = name } = await saver.save(url, name || nameIn(url), sha256);
    this.#listener.saved(outcome, saved);
  }

  /** Whether the page has what the room still wants of an own offer. */
  #holds(offer: Offer): boolean {
    return this.#uploads.has(offer.id) && offer.uploads.every(({ file }) => this.#uploads.has(offer.id, file));
  }

  #stop(offer: string): void {
    this.#uploads.stop(offer);
    this.#prints.forget(offer);
  }

  #received(state: RoomState, offer: Offer, now: number): void {
    const bytes = state.received.get(offer.id) ?? 0;
    this.#reached(offer.id, state.me?.id ?? "", bytes, now);
    this.#downloads.moved(offer, bytes, now);
  }

  #reached(offer: string, member: string, bytes: number, now: number): void {
    const key = `${offer}/${member}`;
    if (this.#rates.get(key)?.bytes === bytes) return;
    const { rate } = this.#rates.get(key) ?? { rate: new Rate() };
    rate.add(bytes, now);
    this.#rates.set(key, { bytes, rate });
  }
}

/** The name at the end of a download's path. */
const nameIn = (url: string): string => decodeURIComponent(url.slice(url.lastIndexOf("/") + 1));

/** A file that cannot be read is found out when it is wanted. */
const printOrNull = (file: File): Promise<Print | null> => printOf(file).catch(() => null);
