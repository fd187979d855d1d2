import { describe, expect, it } from "vitest";
import { CODES } from "../../src/contract";
import { dictionaries, fill, LANGUAGES, preferredLanguage, speech, t, told } from "../../src/i18n/index.svelte";
import type { MessageKey } from "../../src/i18n/en";

const keys = Object.keys(dictionaries.en) as MessageKey[];
const slots = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((found) => found[1]);

describe("Every text of the page", () => {
  it.each(LANGUAGES)("is there and not empty in %s", (language) => {
    expect(keys.filter((key) => !dictionaries[language][key]?.trim())).toEqual([]);
    expect(Object.keys(dictionaries[language]).sort()).toEqual([...keys].sort());
  });

  it("has no slot in Korean that English does not have", () => {
    const strange = keys.filter((key) => slots(dictionaries.ko[key]).some((slot) => !slots(dictionaries.en[key]).includes(slot)));
    expect(strange).toEqual([]);
  });

  it("is Korean in Korean: no sentence was left in English", () => {
    const latin = keys.filter((key) => !/[가-힣]/.test(dictionaries.ko[key]));
    expect(latin).toEqual(["app.name", "join.pin", "message.by", "offer.percent", "ledger.receiving", "host.pin", "unit.rate"]);
  });

  it.each(LANGUAGES)("tells every code of the contract in words in %s", (language) => {
    expect(CODES.filter((code) => !dictionaries[language][`problem.${code}`])).toEqual([]);
  });
});

describe("No text is left over", () => {
  const sources = import.meta.glob(["../../src/**/*.{svelte,ts}", "!../../src/i18n/{ko,en}.ts"], { query: "?raw", import: "default", eager: true });
  const source = Object.values(sources).join("\n");
  /** Written as t(`ledger.${row.state}`): the types say which of them there are. */
  const composed = [...source.matchAll(/`([a-z.-]+\.)\$\{/g)].map((found) => found[1] ?? "");

  it("every key is used somewhere in the page", () => {
    const used = (key: string) => source.includes(`"${key}"`) || source.includes(`'${key}'`);
    expect(keys.filter((key) => !used(key) && !composed.some((head) => key.startsWith(head)))).toEqual([]);
  });
});

describe("A slot", () => {
  it("takes its value", () => expect(fill("{name} 님", { name: "지우" }, "ko")).toBe("지우 님"));
  it("stays visible without one", () => expect(fill("{name}", {}, "en")).toBe("{name}"));
  it("gets the right particle", () => {
    expect(fill("{name+으로/로}", { name: "민준" }, "ko")).toBe("민준으로");
    expect(fill("{name+으로/로}", { name: "Sora" }, "ko")).toBe("Sora로");
  });
  it("chooses between one and many", () => {
    const text = "{count} {count?file:files}";
    expect([1, 2].map((count) => fill(text, { count }, "en"))).toEqual(["1 file", "2 files"]);
  });
  it("never reads a value as a slot again", () => {
    expect(fill("{name}", { name: "{count}", count: 1 }, "en")).toBe("{count}");
  });
});

describe("The language", () => {
  it.each([
    [["ko-KR", "en"], "ko"],
    [["fr", "ko"], "ko"],
    [["en-GB", "ko"], "en"],
    [["fr"], "en"],
  ])("of a browser that wants %j is %s", (wanted, language) => expect(preferredLanguage(wanted)).toBe(language));

  it("changes what t() says at once", () => {
    speech.language = "ko";
    expect(t("composer.send")).toBe("보내기");
    speech.language = "en";
    expect(t("composer.send")).toBe("Send");
    expect(told("composer.send")).toBe("Send");
    expect(told("no such key")).toBe("no such key");
  });
});
