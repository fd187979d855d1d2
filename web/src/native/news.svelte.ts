/** What others said, for the system to show while the person looks elsewhere. */
import type { Entry } from "../contract";
import type { KeyStore } from "../engine/keystore";
import { t } from "../i18n/index.svelte";

export type Said = { title: string; text: string };

const KEPT = "chatapp:notifications";
const REST_MS = 5000;

export class News {
  on = $state(true);
  readonly #store: KeyStore;
  readonly #notify: (said: Said) => void;
  readonly #looks: () => boolean;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #waiting: Entry | null = null;

  /** `looks` tells whether the person has the page in front of them. */
  constructor(store: KeyStore, notify: (said: Said) => void, looks: () => boolean) {
    this.#store = store;
    this.#notify = notify;
    this.#looks = looks;
    this.on = store.get(KEPT) !== "off";
  }

  switch(on: boolean): void {
    this.on = on;
    this.#store.set(KEPT, on ? "on" : "off");
  }

  /** At most one in five seconds: of what comes meanwhile the newest is told then, unless the person has looked. */
  tell(entry: Entry): void {
    this.#waiting = entry;
    if (this.#rest === undefined) this.#next();
  }

  #next(): void {
    this.#rest = undefined;
    const entry = this.#waiting;
    this.#waiting = null;
    if (!entry || !this.on || this.#looks()) return;
    this.#notify({ title: entry.name, text: textOf(entry) });
    this.#rest = setTimeout(() => this.#next(), REST_MS);
  }
}

function textOf(entry: Entry): string {
  if (entry.kind === "said") return entry.text;
  if (entry.kind === "shown") return t("news.picture");
  if (entry.kind !== "offered") return "";
  const [first, ...others] = entry.offer.files;
  return others.length ? t("news.files", { count: others.length + 1 }) : t("news.file", { file: first?.name ?? "" });
}
