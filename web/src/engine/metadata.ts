/** Takes out of a picture's file what says where, when and with what it was made; no pixel changes. */

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** What is needed to draw it: palette, transparency, colour space, animation. */
const PNG_KEPT = /^(IHDR|PLTE|IDAT|IEND|tRNS|gAMA|cHRM|sRGB|cICP|sBIT|bKGD|acTL|fcTL|fdAT)$/;
const WEBP_DROPPED = /^(EXIF|XMP )$/;
const WEBP_FLAGS_DROPPED = 0b0000_1100;

export type Kind = "png" | "jpeg" | "gif" | "webp";

/** What a file is by its first bytes, whatever its name says; null for anything that the room does not show. */
export function kindOf(bytes: Uint8Array): Kind | null {
  if (PNG.every((byte, index) => bytes[index] === byte)) return "png";
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  if (/^GIF8[79]a/.test(word(bytes, 0, 6))) return "gif";
  return word(bytes, 0, 4) === "RIFF" && word(bytes, 8, 4) === "WEBP" ? "webp" : null;
}

/** Whether a PNG or WebP moves: drawing it anew would keep one frame. */
export function isAnimated(bytes: Uint8Array, kind: Kind): boolean {
  const chunks = kind === "png" ? pngChunks(bytes) : kind === "webp" ? webpChunks(bytes) : [];
  return chunks.some(({ name }) => name === "acTL" || name === "ANIM");
}

/** The same picture without its metadata; PNG and WebP only, others come back as they are. */
export function stripped(bytes: Uint8Array<ArrayBuffer>, kind: Kind): Uint8Array<ArrayBuffer> {
  if (kind === "png") return strippedPng(bytes);
  return kind === "webp" ? strippedWebp(bytes) : bytes;
}

interface Chunk {
  name: string;
  start: number;
  end: number;
}

function pngChunks(bytes: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 8; start + 12 <= bytes.length; ) {
    const end = start + 12 + view.getUint32(start);
    if (end > bytes.length) break;
    chunks.push({ name: word(bytes, start + 4, 4), start, end });
    start = end;
  }
  return chunks;
}

function webpChunks(bytes: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 12; start + 8 <= bytes.length; ) {
    const size = view.getUint32(start + 4, true);
    const end = Math.min(bytes.length, start + 8 + size + (size % 2));
    chunks.push({ name: word(bytes, start, 4), start, end });
    start = end;
  }
  return chunks;
}

function strippedPng(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts = kept(bytes, pngChunks(bytes), (name) => PNG_KEPT.test(name));
  return join([bytes.subarray(0, 8), ...parts]);
}

function strippedWebp(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts = kept(bytes, webpChunks(bytes), (name) => !WEBP_DROPPED.test(name));
  const whole = join([bytes.subarray(0, 12), ...parts]);
  new DataView(whole.buffer).setUint32(4, whole.length - 8, true);
  if (word(whole, 12, 4) === "VP8X") whole[20] = (whole[20] ?? 0) & ~WEBP_FLAGS_DROPPED;
  return whole;
}

const kept = (bytes: Uint8Array, chunks: Chunk[], keep: (name: string) => boolean): Uint8Array[] =>
  chunks.filter(({ name }) => keep(name)).map(({ start, end }) => bytes.subarray(start, end));

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const word = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length));
