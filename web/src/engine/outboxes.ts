/** The outbox that this tab uses: its own over a reload, one that a dead tab left, or a new one. */
import type { OutboxStore } from "./outbox-store";
import { type Command, Outbox } from "./outbox";
import type { Ownership } from "./ownership";

/** Remembers the tab's outbox over a reload of this tab alone. */
export interface TabMemory {
  get(): string | null;
  set(name: string): void;
}

export interface Surroundings {
  store: OutboxStore;
  ownership: Ownership;
  memory: TabMemory;
  fresh: () => string;
  /** Something could not be kept in the browser's storage. */
  unkept: () => void;
}

export class Outboxes {
  current = new Outbox(() => {});
  name = "";
  readonly #around: Surroundings;
  readonly #saved = new Set<string>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Finds the outbox to begin with. */
  async open(): Promise<void> {
    const { store, ownership, memory, fresh } = this.#around;
    const own = memory.get();
    const names = new Set([...(own ? [own] : []), ...store.waiting()]);
    this.#use((await ownership.take([...names])) ?? fresh(), []);
  }

  /**
   * Takes over what a dead tab left, once nothing of this tab's own is under way.
   *
   * True: the outbox is another, and its name has to be joined with.
   */
  async adopt(): Promise<boolean> {
    const { store, ownership } = this.#around;
    const mine = this.name;
    const names = this.current.idle ? store.waiting().filter((name) => name !== mine) : [];
    const found = await ownership.take(names);
    if (!found) return false;
    if (!this.current.idle) {
      ownership.hold(mine);
      return false;
    }
    const failed = this.current.commands;
    store.forget(mine);
    this.#use(found, failed);
    return true;
  }

  /**
   * Whether this tab still has its outbox; another may take it from a tab that was frozen for long.
   *
   * False: the other one sends what was stored, and what this one alone knows is in a new outbox, to be joined with.
   */
  stillOurs(): boolean {
    if (this.#around.store.isOurs(this.name)) return true;
    const unknown = this.current.commands.filter((command) => !this.#saved.has(command.key));
    this.#use(this.#around.fresh(), unknown);
    return false;
  }

  #use(name: string, carried: readonly Command[]): void {
    const { store, ownership, memory } = this.#around;
    this.#saved.clear();
    this.name = name;
    ownership.hold(name);
    memory.set(name);
    const commands = [...store.take(name), ...carried];
    this.current = new Outbox((all) => this.#keep(name, all), commands);
    this.#keep(name, commands);
  }

  #keep(name: string, commands: readonly Command[]): void {
    const { store, unkept } = this.#around;
    if (!store.isOurs(name)) return;
    if (!store.save(name, commands)) unkept();
    for (const command of commands) this.#saved.add(command.key);
  }
}
