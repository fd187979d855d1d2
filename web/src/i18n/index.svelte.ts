import { en, type Dictionary, type MessageKey } from "./en";
import { josa } from "./josa";
import { ko } from "./ko";

export type { MessageKey } from "./en";
export type Values = Readonly<Record<string, string | number>>;

export const dictionaries = { ko, en } satisfies Record<string, Dictionary>;
export type Language = keyof typeof dictionaries;
export const LANGUAGES = Object.keys(dictionaries) as Language[];

/** The language that the page speaks now; every text that was drawn by t() follows a change. */
export const speech = $state<{ language: Language }>({ language: "en" });

/** The first of the browser's languages that the page speaks, else English. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  const spoken = wanted.map((tag) => tag.toLowerCase().split("-")[0]);
  return LANGUAGES.find((language) => language === spoken.find((tag) => LANGUAGES.some((one) => one === tag))) ?? "en";
}

const SLOT = /\{(\w+)(?:\?([^:{}]*):([^{}]*)|\+([^{}]*))?\}/g;

/** Fills a text's slots; an absent value leaves its slot visible. */
export function fill(text: string, values: Values, language: Language): string {
  return text.replace(SLOT, (slot, name: string, one?: string, other?: string, particle?: string) => {
    const value = values[name];
    if (value === undefined) return slot;
    if (one !== undefined) return isOne(value, language) ? one : (other ?? "");
    return `${value}${particle === undefined ? "" : josa(String(value), particle)}`;
  });
}

function isOne(value: string | number, language: Language): boolean {
  return new Intl.PluralRules(language).select(Number(value)) === "one";
}

/** The text of a key in the language of now. */
export function t(key: MessageKey, values: Values = {}): string {
  return fill(dictionaries[speech.language][key], values, speech.language);
}

/** The same for a key that comes from the engine as a plain string; an unknown one is shown as it is. */
export function told(key: string, values?: Values): string {
  return isKey(key) ? t(key, values) : key;
}

function isKey(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}
