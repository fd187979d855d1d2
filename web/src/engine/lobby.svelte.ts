/** The way into the room and out of it: looks for the room, joins, comes back, ends. */
import type { Commands, Refusal, Welcome } from "../contract";
import { friendlyName } from "../i18n/names";
import { Cut } from "./connection";
import { fetchHint } from "./hint";
import { Identity, type Link } from "./identity";
import { type Listener, Session } from "./session";
import type { Tab } from "./tab";
import type { ConnectionState, Ending, Failure, Phase, RoomHint, TurnedAway } from "./types";

/** How many tries to connect are in vain before the page says that the room cannot be reached. */
const MISSES = 3;
const LOOK_AGAIN_MS = 3000;

/** No answer came: what was asked may or may not have been done. */
const GONE = { ok: false, code: "unreachable" } as const;

/** What a session tells that is no matter of coming and going. */
export type RoomListener = Pick<Listener, "changed" | "progressed" | "heardTyping" | "posted" | "entry">;

export class Lobby {
  phase = $state<Phase>("loading");
  hint = $state.raw<RoomHint | null>(null);
  ending = $state<Ending | null>(null);
  failure = $state.raw<Failure | null>(null);
  connection = $state<ConnectionState>("connected");
  /** The room's PIN as far as this browser knows it. */
  pin = $state<string | null>(null);
  /** Links to share, for the host alone. */
  addresses = $state.raw<string[]>([]);
  session: Session | null = null;
  /** This browser holds the host's token, by the link just now or from before: who joins here is the host. */
  joinsAsHost = $state(false);
  readonly suggestedName: string;
  readonly identity: Identity;
  readonly #address: string;
  readonly #link: Link;
  readonly #tab: Tab;
  readonly #listener: RoomListener;
  /** Where the name was given before this page: takes a refusal back there. */
  readonly #sendBack: ((why: TurnedAway) => void) | null;
  #linkUsed = false;
  #misses = 0;
  /** Grows with each search for the room: what an earlier one finds counts no more. */
  #search = 0;
  #arrived: () => void = () => {};

  constructor(address: string, link: Link, tab: Tab, listener: RoomListener, sendBack: ((why: TurnedAway) => void) | null = null) {
    this.#address = address;
    this.#link = link;
    this.#tab = tab;
    this.#listener = listener;
    this.#sendBack = sendBack;
    this.identity = new Identity(tab.store);
    this.suggestedName = link.name ?? this.identity.lastName ?? friendlyName(navigator.languages);
  }

  get pinFromLink(): string | null {
    return this.#link.pin;
  }

  /** Finds out which room is here; who has a seat in it goes straight in. */
  async look(): Promise<void> {
    const search = ++this.#search;
    const hint = await fetchHint(this.#address);
    if (search !== this.#search) return;
    if (!hint) return this.#lookLater();
    this.hint = hint;
    this.joinsAsHost = this.#useLink(hint.id) || this.identity.wasHost(hint.id);
    this.pin = this.identity.pin(hint.id);
    const name = this.identity.seat(hint.id) ?? this.#nameOfLink();
    if (name === null) this.phase = "welcome";
    else await this.#enter(name);
  }

  /** The name to join with at once, the first time. */
  #nameOfLink(): string | null {
    const name = this.#link.joins ? this.#link.name : null;
    this.#link.joins = false;
    return name;
  }

  /** What the link brought is for the first room that is found here, and for no other; whether it makes a host. */
  #useLink(room: string): boolean {
    if (this.#linkUsed) return false;
    this.#linkUsed = true;
    if (this.#link.host) this.identity.become(room, this.#link.host);
    if (this.#link.pin) this.identity.keepPin(room, this.#link.pin);
    return this.#link.host !== null;
  }

  again(): void {
    this.#leaveSession();
    this.phase = "loading";
    this.ending = null;
    this.failure = null;
    this.#arrived();
    void this.look();
  }

  /** Over when the person is in the room, or knows why not. */
  async join(name: string, pin?: string): Promise<void> {
    if (this.phase !== "welcome" || !this.hint) return;
    this.phase = "joining";
    this.failure = null;
    const arrived = new Promise<void>((resolve) => (this.#arrived = resolve));
    await this.#enter(name.normalize("NFC").trim(), pin);
    await arrived;
  }

  end(ending: Ending): void {
    this.#leaveSession();
    if (this.hint) this.identity.rise(this.hint.id);
    this.ending = ending;
    this.phase = "ended";
    this.#arrived();
  }

  /** The server's answer, or that there was none. */
  async ask<Name extends keyof Commands>(
    command: Name,
    fields: Commands[Name]["fields"],
  ): Promise<Commands[Name]["ack"] | Refusal | typeof GONE> {
    try {
      return (await this.session?.ask(command, fields)) ?? GONE;
    } catch (error) {
      if (error instanceof Cut) return GONE;
      throw error;
    }
  }

  keepPin(pin: string | null): void {
    this.pin = pin;
    if (this.hint) this.identity.keepPin(this.hint.id, pin);
  }

  async #enter(name: string, pin = this.pin ?? undefined): Promise<void> {
    if (!this.hint) return;
    const room = this.hint.id;
    const token = this.identity.token(room);
    const search = this.#search;
    const outboxes = await this.#tab.outboxes(room, token);
    if (search !== this.#search) return;
    this.#misses = 0;
    this.session = new Session(this.#address, { room, token, name, pin }, outboxes, {
      changed: () => this.#listener.changed(),
      progressed: () => this.#listener.progressed(),
      heardTyping: (member) => this.#listener.heardTyping(member),
      posted: (command, answer) => this.#listener.posted(command, answer),
      entry: (entry) => this.#listener.entry(entry),
      joined: (welcome) => this.#joined(welcome, pin),
      turnedAway: (failure) => void this.#turnedAway(failure, name, pin),
      elsewhere: () => this.again(),
      over: (ending) => this.end(ending),
      cut: () => (this.connection = "reconnecting"),
      missed: () => this.#missed(),
    });
    this.session.open();
  }

  #joined(welcome: Welcome, pin: string | undefined): void {
    this.#misses = 0;
    this.connection = "connected";
    this.failure = null;
    this.addresses = welcome.addresses ?? [];
    this.identity.sit(welcome.room.id, welcome.you.name);
    this.identity.noteHost(welcome.room.id, welcome.you.host);
    this.keepPin(welcome.room.pin ? (pin ?? this.pin) : null);
    this.phase = "room";
    this.#arrived();
  }

  async #turnedAway(failure: Failure, name: string, pin: string | undefined): Promise<void> {
    if (failure.code === "was-removed") return this.end("removed");
    this.#leaveSession();
    if (this.hint) this.identity.rise(this.hint.id);
    if (failure.code === "pin-wrong") this.keepPin(null);
    if (this.phase === "loading" && this.#sendBack) return this.#sendBack({ name, pin: pin ?? null, code: failure.code });
    // Lock and PIN may be others than when the page was opened.
    this.hint = (await fetchHint(this.#address)) ?? this.hint;
    this.failure = failure;
    this.phase = "welcome";
    this.#arrived();
  }

  #missed(): void {
    this.#misses += 1;
    if (this.#misses < MISSES) return;
    if (this.phase === "room") this.connection = "offline";
    if (this.phase === "loading") this.phase = "unreachable";
    if (this.phase !== "joining") return;
    this.#leaveSession();
    this.failure = { code: "unreachable" };
    this.phase = "welcome";
    this.#arrived();
  }

  #lookLater(): void {
    this.phase = "unreachable";
    setTimeout(() => this.phase === "unreachable" && !this.session && void this.look(), LOOK_AGAIN_MS);
  }

  #leaveSession(): void {
    this.session?.close();
    this.session = null;
    this.#listener.changed();
  }
}

/** Why a command was not done, null when it was. */
export function failureOf(answer: { ok: true } | Refusal | typeof GONE): Failure | null {
  if (answer.ok) return null;
  const retryMs = "retry_ms" in answer ? answer.retry_ms : undefined;
  return { code: answer.code, ...(retryMs === undefined ? {} : { retryMs }) };
}
