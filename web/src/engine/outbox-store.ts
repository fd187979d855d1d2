/** Keeps outboxes over a reload: one record for each, and one for each picture in it. */
import type { KeyStore } from "./keystore";
import { type Command, isLost } from "./outbox";

const DAY_MS = 86_400_000;

interface Stored {
  at: number;
  commands: Command[];
}

/** All outboxes of one person in one room; `scope` names both. */
export class OutboxStore {
  readonly #store: KeyStore;
  readonly #scope: string;
  readonly #tab: string;
  readonly #now: () => number;

  /** `tab` names this page while it lives: who owns an outbox is written beside it. */
  constructor(store: KeyStore, scope: string, tab: string, now: () => number) {
    this.#store = store;
    this.#scope = scope;
    this.#tab = tab;
    this.#now = now;
  }

  /** Names of outboxes in which something waits; empty ones that nobody used for a day are forgotten. */
  waiting(): string[] {
    const prefix = this.#key("outbox", "");
    const names = this.#store.keys().filter((key) => key.startsWith(prefix));
    return names
      .map((key) => key.slice(prefix.length))
      .filter((name) => {
        const { at, commands } = this.#read(name);
        if (commands.length === 0 && at + DAY_MS < this.#now()) this.forget(name);
        return commands.length > 0;
      });
  }

  /** Makes an outbox this page's own and tells what is in it; a picture that could not be kept comes back empty. */
  take(name: string): Command[] {
    this.#store.set(this.#key("owner", name), this.#tab);
    return this.#read(name).commands.map((command) => {
      if (command.content?.kind !== "show") return command;
      const image = this.#store.get(this.#key("picture", `${name}:${command.key}`)) ?? "";
      return lostOne({ ...command, content: { ...command.content, image } });
    });
  }

  /** Whether no other page has taken it meanwhile, as happens to a tab that was frozen for long. */
  isOurs(name: string): boolean {
    const owner = this.#store.get(this.#key("owner", name));
    return owner === null || owner === this.#tab;
  }

  /** Keeps the commands; false when some will not outlive this page. */
  save(name: string, commands: readonly Command[]): boolean {
    const whole = this.#savePictures(name, commands);
    const record: Stored = { at: this.#now(), commands: commands.map(withoutPicture) };
    if (this.#store.set(this.#key("outbox", name), JSON.stringify(record))) return whole;
    // An old record would be worse than none: it would send again what was long answered.
    this.forget(name);
    return commands.length === 0;
  }

  forget(name: string): void {
    for (const key of this.#pictureKeys(name)) this.#store.remove(key);
    this.#store.remove(this.#key("outbox", name));
    this.#store.remove(this.#key("owner", name));
  }

  #savePictures(name: string, commands: readonly Command[]): boolean {
    const stale = new Set(this.#pictureKeys(name));
    let whole = true;
    for (const { key, content } of commands) {
      if (content?.kind !== "show") continue;
      const place = this.#key("picture", `${name}:${key}`);
      if (!stale.delete(place)) whole = this.#store.set(place, content.image) && whole;
    }
    for (const key of stale) this.#store.remove(key);
    return whole;
  }

  #pictureKeys(name: string): string[] {
    const prefix = this.#key("picture", `${name}:`);
    return this.#store.keys().filter((key) => key.startsWith(prefix));
  }

  #read(name: string): Stored {
    try {
      const record = JSON.parse(this.#store.get(this.#key("outbox", name)) ?? "") as Partial<Stored>;
      return { at: record.at ?? 0, commands: Array.isArray(record.commands) ? record.commands : [] };
    } catch {
      return { at: 0, commands: [] };
    }
  }

  #key(what: string, name: string): string {
    return `chatapp:${what}:${this.#scope}:${name}`;
  }
}

function withoutPicture(command: Command): Command {
  return command.content?.kind === "show" ? { ...command, content: { ...command.content, image: "" } } : command;
}

/** A picture without its bytes has failed, unless it has a number: then the server may have it. */
function lostOne(command: Command): Command {
  if (!isLost(command) || command.mid !== null) return command;
  return { ...command, failed: true, failure: { code: "storage-unavailable" } };
}
