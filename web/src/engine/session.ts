/** One person's seat in one room: joins, comes back after every cut, and keeps log and outbox whole. */
import type { Code, Commands, Entry, OfferAnswered, Posted, Refusal, Welcome } from "../contract";
import { CODES } from "../contract";
import { lastSeq } from "./chunks";
import { Connection, Cut, type Told } from "./connection";
import { fetchHint } from "./hint";
import * as offers from "./offers";
import { type Command, onWire } from "./outbox";
import type { Outboxes } from "./outboxes";
import * as rooms from "./room";
import type { Ending, Failure } from "./types";

const ADOPT_MS = 20_000;

export interface Seat {
  room: string;
  token: string;
  name: string;
  pin?: string | undefined;
}

export interface Listener {
  /** The room or the outbox is another than before. */
  changed(): void;
  joined(welcome: Welcome): void;
  /** Only the numbers of a transfer moved. */
  progressed(): void;
  /** The join was refused; nothing more is tried. */
  turnedAway(failure: Failure): void;
  /** At this address there is another room now. */
  elsewhere(): void;
  over(ending: Ending): void;
  cut(): void;
  missed(): void;
  heardTyping(member: string): void;
  /** An own command is in the log, as the entry of this seq. */
  posted(command: Command, answer: Posted): void;
  entry(entry: Entry): void;
}

export class Session {
  state = rooms.nowhere;
  readonly outboxes: Outboxes;
  readonly #address: string;
  readonly #seat: Seat;
  readonly #listener: Listener;
  readonly #connection: Connection;
  #inside = false;
  #catchingUp = false;
  #adoption: ReturnType<typeof setInterval> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(address: string, seat: Seat, outboxes: Outboxes, listener: Listener) {
    this.#address = address;
    this.#seat = seat;
    this.outboxes = outboxes;
    this.#listener = listener;
    this.#connection = new Connection(address, {
      up: () => void this.#arrive(),
      down: () => this.#cut(),
      missed: () => listener.missed(),
      told: (...event) => this.#told(...event),
    });
  }

  /** Whether commands reach the room now. */
  get isInside(): boolean {
    return this.#inside;
  }

  open(): void {
    this.#connection.open();
    this.#adoption ??= setInterval(() => void this.#adopt(), ADOPT_MS);
  }

  close(): void {
    clearInterval(this.#adoption);
    this.#inside = false;
    this.#connection.close();
  }

  /** The server's answer; throws Cut, also before the join. */
  async ask<Name extends keyof Commands>(
    command: Name,
    fields: Commands[Name]["fields"],
  ): Promise<Commands[Name]["ack"] | Refusal> {
    if (!this.#inside) throw new Cut();
    return this.#connection.ask(command, fields);
  }

  /** Replaces the room by what an answer made of it. */
  update(state: rooms.RoomState): void {
    this.state = state;
    this.#listener.changed();
  }

  /** Sends what waits in the outbox, as far as it may be sent now. */
  flush(): void {
    if (!this.#inside) return;
    if (!this.outboxes.stillOurs()) return this.#connection.restart();
    const outbox = this.outboxes.current;
    for (let next = outbox.next(); next; next = outbox.next()) void this.#send(next);
  }

  async #send(command: Command): Promise<void> {
    const outbox = this.outboxes.current;
    const answer = await this.#unlessCut(this.#connection.ask(...(onWire(command) as ["say", never])));
    if (!answer) return;
    const { waitMs, rejoin } = outbox.answered(command, answer);
    if (answer.ok) this.#posted(command, answer);
    if (rejoin) return this.#connection.restart();
    if (waitMs !== null) this.#pause = setTimeout(() => this.#resume(outbox), waitMs);
    this.#listener.changed();
    this.flush();
  }

  #resume(outbox: Outboxes["current"]): void {
    outbox.resume();
    this.flush();
  }

  #posted(command: Command, answer: Posted): void {
    const { offer } = answer;
    if (offer && !this.state.offers.has(offer.id)) this.state = offers.offerTold(this.state, offer);
    this.#listener.posted(command, answer);
  }

  async #arrive(): Promise<void> {
    const hint = await fetchHint(this.#address);
    if (!this.#connection.isUp) return;
    if (!hint) return this.#connection.restart();
    if (hint.id !== this.#seat.room) return this.#listener.elsewhere();
    const answer = await this.#join();
    if (!answer) return;
    if (!answer.ok) return this.#refused(answer);
    this.#inside = true;
    this.#welcomed(answer);
    this.outboxes.current.joined(answer.last_mid);
    this.#listener.joined(answer);
    this.flush();
    await this.#catchUp();
    await this.#adopt();
  }

  #join(): Promise<Welcome | Refusal | null> {
    const { token, name, pin } = this.#seat;
    const outbox = this.outboxes.name;
    const asked = { token, name, outbox, ...(pin ? { pin } : {}), ...rooms.whereabouts(this.state) };
    return this.#unlessCut(this.#connection.ask("join", asked));
  }

  #refused(answer: Refusal): void {
    const { code, retry_ms = 1000 } = answer;
    const passing = code === "internal" || code === "storage-full" || (code === "slow-down" && this.state.room);
    if (passing) return void setTimeout(() => this.#connection.isUp && void this.#arrive(), retry_ms);
    this.#listener.turnedAway({ code: known(code), ...(answer.retry_ms ? { retryMs: answer.retry_ms } : {}) });
  }

  #welcomed(answer: Welcome): void {
    this.#seat.name = answer.you.name;
    const before = this.state.room?.epoch;
    this.update(rooms.arrived(this.state, answer));
    // What was there before one came is nothing new.
    if (before === answer.room.epoch) for (const entry of answer.entries) this.#listener.entry(entry);
  }

  /** Asks for the pages between here and the newest entry. */
  async #catchUp(): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    while (this.#inside && rooms.hasHole(this.state)) {
      const after = lastSeq(this.state.chunks);
      const page = await this.#unlessCut(this.#connection.ask("history", { after, limit: 100 }));
      if (!page?.ok) break;
      this.#took(page.entries);
      if (lastSeq(this.state.chunks) === after) break;
    }
    this.#catchingUp = false;
  }

  /** A push was missed: ask for all that may have been missed with it. */
  async #resync(): Promise<void> {
    this.#catchingUp = true;
    const answer = await this.#join();
    this.#catchingUp = false;
    if (!answer?.ok) return;
    this.#welcomed(answer);
    await this.#catchUp();
  }

  async #adopt(): Promise<void> {
    if (!this.#inside || !(await this.outboxes.adopt())) return;
    const answer = await this.#join();
    if (!answer?.ok) return this.#connection.restart();
    this.#welcomed(answer);
    this.outboxes.current.joined(answer.last_mid);
    this.flush();
  }

  #cut(): void {
    this.#inside = false;
    clearTimeout(this.#pause);
    this.outboxes.current.cut();
    this.#listener.cut();
  }

  #took(entries: readonly Entry[]): void {
    const before = lastSeq(this.state.chunks);
    this.update(rooms.tookEntries(this.state, entries));
    const now = lastSeq(this.state.chunks);
    for (const entry of entries) if (entry.seq > before && entry.seq <= now) this.#listener.entry(entry);
  }

  #told(...[name, payload]: Told): void {
    switch (name) {
      case "posted":
        this.#took([payload]);
        if (rooms.hasHole(this.state) && !this.#catchingUp) void this.#resync();
        return;
      case "member-changed":
        return this.update(rooms.memberChanged(this.state, payload));
      case "room-changed":
        return this.update(rooms.roomChanged(this.state, payload));
      case "offer-changed":
        return this.update(offers.offerChanged(this.state, payload.offer, payload.state));
      case "offer-answered":
        return this.#answered(payload);
      case "file-stored":
        return this.update(offers.fileStored(this.state, payload));
      case "upload-wanted":
        return this.update(offers.uploadWanted(this.state, payload.offer, payload.uploads));
      case "was-typing":
        return this.#listener.heardTyping(payload.member);
      case "removed":
        return this.#listener.over("removed");
      case "room-closed":
        if (payload.reason === "closed") this.#listener.over("closed");
    }
  }

  #answered(told: OfferAnswered): void {
    const before = this.state;
    this.state = offers.offerAnswered(before, told);
    if (offers.isProgress(before, told)) this.#listener.progressed();
    else this.#listener.changed();
  }

  async #unlessCut<T>(answer: Promise<T>): Promise<T | null> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Cut) return null;
      throw error;
    }
  }
}

/** A code that there are words for: the host's program may be a newer one, or lie. */
const known = (code: Code): Code => (CODES.includes(code) ? code : "internal");
