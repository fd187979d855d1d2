import { describe, expect, it } from "vitest";
import { isAnimated, kindOf, stripped } from "../../src/engine/metadata";

type Bytes = Uint8Array<ArrayBuffer>;
const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));
const big = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const little = (value: number): number[] => big(value).reverse();

const pngChunk = (name: string, data: number[] = [7]): number[] => {
  return [...big(data.length), ...ascii(name), ...data, 0, 0, 0, 0];
};
const webpChunk = (name: string, data: number[]): number[] => [
  ...ascii(name),
  ...little(data.length),
  ...data,
  ...(data.length % 2 ? [0] : []),
];

const png = (...names: string[]): Bytes =>
  Uint8Array.from([0x89, ...ascii("PNG\r\n\x1a\n"), ...["IHDR", ...names, "IEND"].flatMap((name) => pngChunk(name))]);

function webp(flags: number, ...chunks: number[][]): Bytes {
  const body = [...ascii("WEBP"), ...webpChunk("VP8X", [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]), ...chunks.flat()];
  return Uint8Array.from([...ascii("RIFF"), ...little(body.length), ...body]);
}

const names = (bytes: Bytes): string => String.fromCharCode(...bytes).replace(/[^A-Za-z ]/g, ".");

describe("a picture's kind", () => {
  it.each([
    ["png", png()],
    ["jpeg", Uint8Array.from([0xff, 0xd8, 0xff, 0xe0])],
    ["gif", Uint8Array.from(ascii("GIF89a..."))],
    ["webp", webp(0)],
  ] as const)("%s is known by its first bytes", (kind, bytes) => {
    expect(kindOf(bytes)).toBe(kind);
  });

  it.each(["", "<svg>", "BM......", "RIFF....WAVE", "GIF88a"])("anything else is none: %s", (text) => {
    expect(kindOf(Uint8Array.from(ascii(text)))).toBeNull();
  });
});

describe("a PNG without its metadata", () => {
  it("has lost place, time, texts and camera", () => {
    const bytes = stripped(png("eXIf", "tEXt", "iTXt", "zTXt", "tIME", "IDAT"), "png");
    expect(bytes).toEqual(png("IDAT"));
  });

  it("keeps palette, transparency, colours and movement", () => {
    const whole = png("gAMA", "PLTE", "tRNS", "acTL", "fcTL", "IDAT", "fdAT");
    expect(stripped(whole, "png")).toEqual(whole);
  });

  it("loses what was hung on behind its end, and a chunk that is cut off", () => {
    const secret = Uint8Array.from([...png("IDAT"), ...ascii("secret place")]);
    expect(stripped(secret, "png")).toEqual(png("IDAT"));
  });
});

describe("a WebP without its metadata", () => {
  const image = webpChunk("VP8 ", [1, 2, 3]);
  const exif = webpChunk("EXIF", ascii("GPS.."));
  const xmp = webpChunk("XMP ", ascii("me"));

  it("has neither EXIF nor XMP, and does not say that it had", () => {
    const bytes = stripped(webp(0b0001_1100, image, exif, xmp), "webp");
    expect(bytes).toEqual(webp(0b0001_0000, image));
    expect(names(bytes)).not.toContain("GPS");
  });
});

describe("movement", () => {
  it("is seen in PNG and WebP", () => {
    expect(isAnimated(png("acTL", "IDAT"), "png")).toBe(true);
    expect(isAnimated(webp(2, webpChunk("ANIM", [0, 0])), "webp")).toBe(true);
    expect(isAnimated(png("IDAT"), "png")).toBe(false);
    expect(isAnimated(webp(0), "webp")).toBe(false);
  });

  it("is not looked for beyond the end of a broken file", () => {
    const broken = Uint8Array.from([...png().subarray(0, 8), ...big(0xffffffff), ...ascii("acTL")]);
    expect(isAnimated(broken, "png")).toBe(false);
  });
});
