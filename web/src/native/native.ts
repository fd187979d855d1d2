/** The program around the window: what a page of its own server may ask of it, and no other page. */
import type { KeyStore } from "../engine/keystore";
import type { TurnedAway } from "../engine/types";
import type { Reason } from "./reasons";

/** A room that the window shows, and what its page joins with. */
export interface Target {
  address: string;
  name: string | null;
  host: string | null;
  pin: string | null;
  joins: boolean;
}

export interface RoomPlace {
  address: string;
  title: string;
}

interface State {
  version: string;
  /** Last time's name or the system user's. */
  name: string | null;
  target: Target | null;
  /** The room that refused the join just now; its page told so, and is gone. */
  turnedAway: (TurnedAway & { address: string }) | null;
  recent: RoomPlace[];
  /** A room was left behind by a program that did not end in order. */
  goesOn: boolean;
  /** The program asks where a file is to go and saves it; else the browser does. */
  saves: boolean;
  /** Why the program has no window of its own; null when it has. */
  why: "no-toolkit" | "no-webview2" | "no-display" | null;
  kept: Record<string, string>;
}

export interface FoundRoom {
  sign: { id: string; title: string; pin: boolean; locked: boolean };
  address: string;
}

type Answer = { ok: true } | { ok: false; reason: Reason };
export type Outcome = "saved" | "cancelled" | "gone" | "damaged" | "disk" | "lost";

const KEY = "chatapp:native";

/** Whether the window shows this page: it brought a code, or has the key from before a reload. */
export const isInWindow = (place: Location, session: KeyStore): boolean =>
  codeIn(place) !== null || session.get(KEY) !== null;

/** The key to the program, for the code that the window brought; the code is good once. */
export async function takeKey(place: Location, past: History, session: KeyStore): Promise<string> {
  const code = codeIn(place);
  if (code !== null) {
    past.replaceState(null, "", place.pathname);
    const reply = await fetch("/native/enter", { method: "POST", body: code });
    if (!reply.ok) throw new Error(`enter: ${reply.status}`);
    session.set(KEY, ((await reply.json()) as { key: string }).key);
  }
  return session.get(KEY) ?? "";
}

const codeIn = (place: Location): string | null => new URLSearchParams(place.hash.slice(1)).get("native");

export class Native {
  readonly #key: string;
  readonly state: State;

  private constructor(key: string, state: State) {
    this.#key = key;
    this.state = state;
  }

  static async open(key: string): Promise<Native> {
    return new Native(key, (await ask(key, "state")) as State);
  }

  async found(): Promise<FoundRoom[]> {
    return (await ask(this.#key, "found")) as FoundRoom[];
  }

  async host(name: string, title: string, goOn: boolean): Promise<Answer> {
    return (await ask(this.#key, "host", { name, title, go_on: goOn })) as Answer;
  }

  async join(address: string, name: string, pin: string | null): Promise<Answer> {
    return (await ask(this.#key, "join", { address, name, pin })) as Answer;
  }

  /** The room refused the join: back to the launcher, which says why beside the field that it concerns. */
  async turnedAway(why: TurnedAway): Promise<void> {
    await ask(this.#key, "turned-away", why);
    location.reload();
  }

  /** Back to the launcher; a room of one's own is closed. */
  async back(): Promise<void> {
    await ask(this.#key, "back");
    location.reload();
  }

  /** Asks where the file is to go, and is over when it is there. */
  async save(path: string, name: string, sha256: string | null): Promise<{ outcome: Outcome; name?: string }> {
    return (await ask(this.#key, "save", { path, name, sha256 })) as { outcome: Outcome; name?: string };
  }

  /** Things that are done, and whose answer says nothing. */
  tell(action: "reveal" | "quit" | "stay" | "logs" | "open" | "notify", body: object = {}): void {
    void ask(this.#key, action, body);
  }

  /** What is kept by the program: each change is on its disk before the next line runs, as with localStorage. */
  store(): KeyStore {
    const values = new Map(Object.entries(this.state.kept));
    const keep = (key: string, value: string | null): boolean => askNow(this.#key, "keep", { key, value });
    return {
      get: (key) => values.get(key) ?? null,
      set: (key, value) => Boolean(values.set(key, value)) && keep(key, value),
      remove: (key) => void (values.delete(key) && keep(key, null)),
      keys: () => [...values.keys()],
    };
  }
}

async function ask(key: string, action: string, body: object = {}): Promise<unknown> {
  const headers = { "X-ChatApp-Key": key, "Content-Type": "application/json" };
  const reply = await fetch(`/native/${action}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${action}: ${reply.status}`);
  return reply.json();
}

function askNow(key: string, action: string, body: object): boolean {
  const request = new XMLHttpRequest();
  request.open("POST", `/native/${action}`, false);
  request.setRequestHeader("X-ChatApp-Key", key);
  request.setRequestHeader("Content-Type", "application/json");
  try {
    request.send(JSON.stringify(body));
    return request.status === 200;
  } catch {
    return false;
  }
}

/** Calls when the person wants to close the window; what it returns stops that. */
export function onClosing(act: () => void): () => void {
  addEventListener("chatapp:closing", act);
  return () => removeEventListener("chatapp:closing", act);
}
