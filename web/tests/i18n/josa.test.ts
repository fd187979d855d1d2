import { describe, expect, it } from "vitest";
import { josa } from "../../src/i18n/josa";

const withParticle = (word: string, pair: string): string => word + josa(word, pair);

describe("a particle follows how the word is read", () => {
  it.each([
    ["지우", "이/가", "지우가"],
    ["민준", "이/가", "민준이"],
    ["민지", "을/를", "민지를"],
    ["준", "은/는", "준은"],
    ["수달", "과/와", "수달과"],
    ["토끼", "과/와", "토끼와"],
  ])("%s with %s is %s", (word, pair, expected) => {
    expect(withParticle(word, pair)).toBe(expected);
  });

  it.each([
    ["수달", "수달로"],
    ["민준", "민준으로"],
    ["민지", "민지로"],
    ["방 1", "방 1로"],
    ["방 3", "방 3으로"],
  ])("%s becomes %s, because ㄹ counts as a vowel before 으로", (word, expected) => {
    expect(withParticle(word, "으로/로")).toBe(expected);
  });

  it.each([
    ["방 2", "방 2가"],
    ["방 6", "방 6이"],
    ["방 10", "방 10이"],
    ["99", "99가"],
  ])("digits are read in Korean: %s", (word, expected) => {
    expect(withParticle(word, "이/가")).toBe(expected);
  });

  it.each([
    ["Sora", "Sora가"],
    ["Kim", "Kim이"],
    ["Jane", "Jane이"],
    ["Nicole", "Nicole이"],
    ["Brave Otter", "Brave Otter가"],
    ["Jack", "Jack이"],
    ["Mark", "Mark가"],
    ["Kate", "Kate가"],
    ["KBS", "KBS가"],
    ["URL", "URL이"],
    ["민지B", "민지B가"],
  ])("Latin letters are read as a Korean reads them: %s", (word, expected) => {
    expect(withParticle(word, "이/가")).toBe(expected);
  });

  it("looks through emoji and punctuation to the last letter", () => {
    expect(withParticle("민준 😀!", "이/가")).toBe("민준 😀!이");
  });

  it("reads a name that macOS sent decomposed", () => {
    expect(josa("민준".normalize("NFD"), "이/가")).toBe("이");
  });

  it.each(["ㅋㅋ", "ㄹ"])("reads lone consonants by their names: %s", (word) => {
    expect(josa(word, "이/가")).toBe("이");
  });

  it.each([
    ["花子", "이/가", "이(가)"],
    ["😀", "을/를", "을(를)"],
    ["Иван", "으로/로", "(으)로"],
    ["", "과/와", "와(과)"],
  ])("admits that it cannot read %s", (word, pair, expected) => {
    expect(josa(word, pair)).toBe(expected);
  });

  it("takes a pair in either order", () => {
    expect(josa("준", "와/과")).toBe("과");
  });

  it("gives back what is no particle", () => {
    expect(josa("준", "님/씨")).toBe("님/씨");
  });
});
