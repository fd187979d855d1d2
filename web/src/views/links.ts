/**
 * Korean is written right behind an address: "...com에서", "...docs(v2)를". A host that begins in Latin
 * has no Hangul here; of a path only a particle goes, for "/wiki/한국" is an address.
 */
const PARTICLE = /(?<=[\w)/\]=-])(?:에서는?|에는?|에도|으?로|은|는|이|가|을|를|와|과|도|의|입니다|이에요|예요|인데|부터|까지)$/u;

export type Piece = { text: string; href?: undefined } | { text: string; href: string };

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'`\u3000\uFF08\uFF09「」『』【】]+/giu;
const TRAILING = /[.,;:!?…。，、！？·~*_'"’”]+$/u;

/** Cuts a text into plain pieces and http(s) links; joined again it is the same text. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const shown = trimmed(found[0]);
    const href = hrefOf(shown);
    if (!href) continue;
    if (found.index > end) pieces.push({ text: text.slice(end, found.index) });
    pieces.push({ text: shown, href });
    end = found.index + shown.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** Drops what ends the sentence, not the address; a closing bracket stays when the address opened one. */
function trimmed(address: string): string {
  for (;;) {
    const shorter = withoutTail(address);
    if (shorter === address) return address;
    address = shorter;
  }
}

function withoutTail(address: string): string {
  const hangulHost = /^((?:https?:\/\/|www\.)[^\s/?#\p{Script=Hangul}]+)\p{Script=Hangul}/iu.exec(address);
  if (hangulHost?.[1]) return hangulHost[1];
  const bare = address.replace(TRAILING, "").replace(PARTICLE, "");
  if (bare.endsWith(")") && count(bare, ")") > count(bare, "(")) return bare.slice(0, -1);
  if (bare.endsWith("]") && count(bare, "]") > count(bare, "[")) return bare.slice(0, -1);
  return bare;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function hrefOf(shown: string): string | null {
  try {
    const url = new URL(/^https?:/i.test(shown) ? shown : `http://${shown}`);
    return /^https?:$/.test(url.protocol) && url.hostname ? url.href : null;
  } catch {
    return null;
  }
}

const EMOJI = /^(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?(?:\u200D\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)*|\s)+$/u;

/** One to three emoji and nothing else are drawn large. */
export function isEmojiOnly(text: string): boolean {
  if (text.length > 40 || !EMOJI.test(text) || !text.trim()) return false;
  const marks = text.match(/\p{Extended_Pictographic}(?:[\uFE0F\p{Emoji_Modifier}]|\u200D\p{Extended_Pictographic})*|\p{Regional_Indicator}{2}/gu);
  return (marks?.length ?? 0) <= 3;
}
