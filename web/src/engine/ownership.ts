/** Which of a person's tabs uses which outbox: a tab asks the others before it takes one that a dead tab left. */

export type Message =
  | { kind: "asked"; from: string; names: readonly string[] }
  | { kind: "refused"; to: string; names: readonly string[] };

/** Reaches all other tabs of this browser at this address. */
export interface Bus {
  post(message: Message): void;
  listen(hear: (message: Message) => void): void;
}

export class Ownership {
  readonly #bus: Bus;
  readonly #tab: string;
  readonly #answersIn: () => Promise<void>;
  #held: string | null = null;
  #asking: readonly string[] = [];
  readonly #refused = new Set<string>();

  /** `answersIn` is over when every living tab has had time to answer. */
  constructor(bus: Bus, tab: string, answersIn: () => Promise<void>) {
    this.#bus = bus;
    this.#tab = tab;
    this.#answersIn = answersIn;
    bus.listen((message) => this.#hear(message));
  }

  /** Takes the first of these names that no living tab uses, or null. */
  async take(names: readonly string[]): Promise<string | null> {
    if (names.length === 0) return null;
    this.#asking = names;
    this.#refused.clear();
    this.#bus.post({ kind: "asked", from: this.#tab, names });
    await this.#answersIn();
    this.#asking = [];
    const free = names.find((name) => !this.#refused.has(name)) ?? null;
    if (free) this.#held = free;
    return free;
  }

  /** This tab uses a name of its own making. */
  hold(name: string): void {
    this.#held = name;
  }

  #hear(message: Message): void {
    if (message.kind === "refused") {
      if (message.to === this.#tab) for (const name of message.names) this.#refused.add(name);
      return;
    }
    const names = message.names.filter((name) => name === this.#held || this.#goesFirst(name, message.from));
    if (names.length > 0) this.#bus.post({ kind: "refused", to: message.from, names });
  }

  /** Two tabs that ask for the same at once: the one with the smaller name has it. */
  #goesFirst(name: string, other: string): boolean {
    return this.#asking.includes(name) && this.#tab < other;
  }
}

/** The bus between real tabs; where the browser has none, every tab is alone. */
export function browserBus(): Bus {
  if (typeof BroadcastChannel === "undefined") return { post: () => {}, listen: () => {} };
  const channel = new BroadcastChannel("chatapp");
  return {
    post: (message) => channel.postMessage(message),
    listen: (hear) => channel.addEventListener("message", (event) => hear(event.data as Message)),
  };
}
