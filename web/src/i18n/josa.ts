/** Korean particles, which depend on whether the word before ends in a consonant as it is read. */

type Ending = "vowel" | "consonant" | "rieul";

/** after a consonant, after a vowel, when nobody can tell */
const PARTICLES: readonly (readonly [string, string, string])[] = [
  ["이", "가", "이(가)"],
  ["을", "를", "을(를)"],
  ["은", "는", "은(는)"],
  ["과", "와", "와(과)"],
  ["으로", "로", "(으)로"],
];

// 영 일 이 삼 사 오 육 칠 팔 구; 십, 백, 천, 만 end in a consonant too.
const DIGITS: readonly Ending[] = [
  "consonant",
  "rieul",
  "vowel",
  "consonant",
  "vowel",
  "vowel",
  "consonant",
  "rieul",
  "rieul",
  "vowel",
];

/** The particle alone, for a pair such as "이/가" in either order; an unknown pair is given back. */
export function josa(word: string, pair: string): string {
  const particle = PARTICLES.find((forms) => pair.split("/").includes(forms[0]));
  if (!particle) return pair;
  const [closed, open, unsure] = particle;
  const ending = endingOf(word);
  if (!ending) return unsure;
  if (ending === "rieul") return closed === "으로" ? open : closed;
  return ending === "vowel" ? open : closed;
}

/** How a word ends when it is read aloud in Korean; null for writing systems that the page cannot read. */
function endingOf(word: string): Ending | null {
  const read = word.normalize("NFC").match(/[\p{L}\p{N}]/gu) ?? [];
  const last = read.at(-1) ?? "";
  if (/[가-힣]/.test(last)) return syllable(last.charCodeAt(0));
  if (/[0-9]/.test(last)) return DIGITS[Number(last)] ?? null;
  if (/[a-z]/i.test(last)) return latin(read.join(""));
  if (/[ㄱ-ㅎ]/.test(last)) return last === "ㄹ" ? "rieul" : "consonant";
  return /[ㅏ-ㅣ]/.test(last) ? "vowel" : null;
}

function syllable(code: number): Ending {
  const final = (code - 0xac00) % 28;
  return final === 0 ? "vowel" : final === 8 ? "rieul" : "consonant";
}

/** KBS is spelled, Kim and Otter are read: 케이비에스, 킴, 오터. */
function latin(text: string): Ending {
  const word = text.match(/[a-z]+$/i)?.[0] ?? "";
  if (word === word.toUpperCase()) return spelled(word.at(-1) ?? "");
  const sound = word.toLowerCase();
  if (/le?$/.test(sound)) return "rieul";
  // Kim, Jane, King; Jack, Pat, Bob, but not Mark, Scott or Kate.
  if (/[mn]e?$|ng$/.test(sound)) return "consonant";
  return /(^|[^aeiou])[aeiou]c?[bckpt]$/.test(sound) ? "consonant" : "vowel";
}

function spelled(letter: string): Ending {
  if (/[LR]/.test(letter)) return "rieul";
  return /[MN]/.test(letter) ? "consonant" : "vowel";
}
