/** Who this browser is: a secret token for each room, shown to no other room. */
import type { KeyStore } from "./keystore";

/** What the address bar, or the window, brought: the host's token, the room's PIN, the name that was given. */
export interface Link {
  host: string | null;
  pin: string | null;
  name: string | null;
  /** The name was chosen already: nobody is asked for it again. */
  joins?: boolean;
}

/** Reads `#host=TOKEN`, `#pin=1234` or `#name=민지` and takes it out of the address bar and the browser's history. */
export function takeLink(location: Location, history: History): Link {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return { host: fragment.get("host"), pin: fragment.get("pin"), name: fragment.get("name") };
}

/** 128 or more random bits in base64url; crypto.randomUUID is missing on pages without TLS. */
export function randomName(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...random))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export class Identity {
  readonly #store: KeyStore;

  constructor(store: KeyStore) {
    this.#store = store;
  }

  /** The token for a room, made and kept before it is ever shown. */
  token(room: string): string {
    const known = this.#store.get(`chatapp:token:${room}`);
    if (known) return known;
    const token = randomName(32);
    this.become(room, token);
    return token;
  }

  /** The host's link makes this browser the host of the room. */
  become(room: string, token: string): void {
    this.#store.set(`chatapp:token:${room}`, token);
  }

  /** Whether this browser was the host when it last sat in the room: its token makes it the host again. */
  wasHost(room: string): boolean {
    return this.#store.get(`chatapp:host:${room}`) !== null;
  }

  noteHost(room: string, host: boolean): void {
    if (host) this.#store.set(`chatapp:host:${room}`, "yes");
    else this.#store.remove(`chatapp:host:${room}`);
  }

  /** The name under which this browser sits in the room, null when it has left or never came. */
  seat(room: string): string | null {
    return this.#store.get(`chatapp:seat:${room}`);
  }

  sit(room: string, name: string): void {
    this.#store.set(`chatapp:seat:${room}`, name);
    this.#store.set("chatapp:name", name);
  }

  rise(room: string): void {
    this.#store.remove(`chatapp:seat:${room}`);
  }

  /** The name of last time, in whatever room. */
  get lastName(): string | null {
    return this.#store.get("chatapp:name");
  }

  /** The room's PIN as far as this browser knows it, for the links that it shares. */
  pin(room: string): string | null {
    return this.#store.get(`chatapp:pin:${room}`);
  }

  keepPin(room: string, pin: string | null): void {
    if (pin) this.#store.set(`chatapp:pin:${room}`, pin);
    else this.#store.remove(`chatapp:pin:${room}`);
  }
}
