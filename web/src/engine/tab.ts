/** What this browser tab gives the engine: its storage, its place among the other tabs. */
import { randomName } from "./identity";
import { browserStore, type KeyStore } from "./keystore";
import { OutboxStore } from "./outbox-store";
import { Outboxes } from "./outboxes";
import { browserBus, Ownership } from "./ownership";

/** How long another tab has to say that an outbox is in use. */
const ANSWERS_MS = 150;

export class Tab {
  /** All that is kept over a reload; one for all tabs of this address. */
  readonly store: KeyStore;
  readonly #own: KeyStore = browserStore(() => sessionStorage);
  readonly #name = randomName(12);
  readonly #ownership: Ownership;
  readonly #unkept: () => void;
  readonly #open = new Map<string, Promise<Outboxes>>();

  /** `unkept`: something could not be kept over a reload. */
  constructor(store: KeyStore, unkept: () => void) {
    this.store = store;
    const answersIn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ANSWERS_MS));
    this.#ownership = new Ownership(browserBus(), this.#name, answersIn);
    this.#unkept = unkept;
  }

  /** This tab's outbox for one person in one room. */
  outboxes(room: string, token: string): Promise<Outboxes> {
    const scope = `${room}:${token.slice(0, 8)}`;
    const opening = this.#open.get(scope) ?? this.#opened(scope);
    this.#open.set(scope, opening);
    return opening;
  }

  async #opened(scope: string): Promise<Outboxes> {
    const key = `chatapp:tab:${scope}`;
    const outboxes = new Outboxes({
      store: new OutboxStore(this.store, scope, this.#name, Date.now),
      ownership: this.#ownership,
      memory: { get: () => this.#own.get(key), set: (name) => void this.#own.set(key, name) },
      fresh: () => randomName(9),
      unkept: this.#unkept,
    });
    await outboxes.open();
    return outboxes;
  }
}
