import { browserStore, type KeyStore } from "../engine/keystore";
import { preferredLanguage, speech, LANGUAGES, type Language } from "../i18n/index.svelte";

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

interface Preferences {
  language: Language;
  theme: Theme;
}

const KEY = "chatapp:look";

/** How this person wants the page; kept in the browser, for all rooms of this address. */
export const preferences = $state<Preferences>({ language: "en", theme: "system" });

let store: KeyStore = browserStore(() => localStorage);

/** Reads what was kept, once at the start; nonsense in the storage counts as nothing. */
export function loadPreferences(from: KeyStore = store): void {
  store = from;
  const kept = read();
  preferences.language = LANGUAGES.find((one) => one === kept.language) ?? preferredLanguage();
  preferences.theme = THEMES.find((one) => one === kept.theme) ?? "system";
  apply();
}

/** Changes one wish, shows it at once and keeps it. */
export function prefer<Wish extends keyof Preferences>(wish: Wish, value: Preferences[Wish]): void {
  preferences[wish] = value;
  apply();
  store.set(KEY, JSON.stringify(preferences));
}

function apply(): void {
  speech.language = preferences.language;
  const page = document.documentElement;
  page.lang = preferences.language;
  if (preferences.theme === "system") delete page.dataset["theme"];
  else page.dataset["theme"] = preferences.theme;
}

function read(): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(store.get(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}
