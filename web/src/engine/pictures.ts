/** Makes a picture fit to be shown: at most 1,600 px and about 300 KB, without metadata. */
import { isAnimated, type Kind, kindOf, stripped } from "./metadata";

export interface Prepared {
  /** a base64 data URL */
  image: string;
  width: number;
  height: number;
}

/** A picture cannot be made to fit, or not be read at all. */
export class Unshowable extends Error {
  readonly code: "unreadable-picture" | "image-too-large";

  constructor(code: Unshowable["code"]) {
    super(code);
    this.code = code;
  }
}

const GOAL_BYTES = 300_000;
const GOAL_SIDE = 1600;

/** Longest side and JPEG quality, one try after the other until the picture is small enough. */
const TRIES = [
  [1600, 0.75],
  [1600, 0.6],
  [1280, 0.65],
  [1024, 0.6],
  [800, 0.55],
  [640, 0.5],
] as const;

/** Throws Unshowable. */
export async function prepare(file: Blob, maxBytes: number): Promise<Prepared> {
  const bytes = new Uint8Array(await read(file));
  const kind = kindOf(bytes);
  const drawn = await decode(file);
  const size = { width: drawn.width, height: drawn.height };
  try {
    const blob = asItIs(bytes, kind, size, maxBytes) ?? (await redrawn(drawn, kind, maxBytes));
    return { image: await dataUrl(blob), ...fitted(size, blob) };
  } finally {
    if (drawn instanceof ImageBitmap) drawn.close();
  }
}

interface Size {
  width: number;
  height: number;
}

/** The size of a redrawn blob is noted on it; all others have their own. */
const sizes = new WeakMap<Blob, Size>();
const fitted = (size: Size, blob: Blob): Size => sizes.get(blob) ?? size;

/** GIF and whatever moves, and small PNG and WebP, are not drawn anew: null for all others. */
function asItIs(bytes: Uint8Array<ArrayBuffer>, kind: Kind | null, size: Size, maxBytes: number): Blob | null {
  if (!kind || kind === "jpeg") return null;
  const moves = kind === "gif" || isAnimated(bytes, kind);
  const plain = stripped(bytes, kind);
  if (moves && plain.length > maxBytes) throw new Unshowable("image-too-large");
  const small = plain.length <= Math.min(GOAL_BYTES, maxBytes) && Math.max(size.width, size.height) <= GOAL_SIDE;
  return moves || small ? new Blob([plain], { type: `image/${kind}` }) : null;
}

async function redrawn(source: Source, kind: Kind | null, maxBytes: number): Promise<Blob> {
  const goal = Math.min(GOAL_BYTES, maxBytes);
  let best: Blob | null = null;
  for (const [side, quality] of TRIES) {
    const canvas = draw(source, side);
    const types = kind !== "jpeg" && hasHoles(canvas) ? ["image/webp", "image/png"] : ["image/jpeg"];
    const blob = await encoded(canvas, types, quality);
    sizes.set(blob, { width: canvas.width, height: canvas.height });
    if (blob.size <= goal) return blob;
    best = blob;
  }
  if (best && best.size <= maxBytes) return best;
  throw new Unshowable("image-too-large");
}

type Source = ImageBitmap | HTMLImageElement;

/** The picture turned as its EXIF says. */
async function decode(file: Blob): Promise<Source> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return decodeByElement(file);
  }
}

async function decodeByElement(file: Blob): Promise<Source> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    if (image.width === 0 || image.height === 0) throw new Unshowable("unreadable-picture");
    return image;
  } catch {
    throw new Unshowable("unreadable-picture");
  } finally {
    URL.revokeObjectURL(url);
  }
}

function draw(source: Source, side: number): HTMLCanvasElement {
  const scale = Math.min(1, side / Math.max(source.width, source.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(source.width * scale));
  canvas.height = Math.max(1, Math.round(source.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new Unshowable("unreadable-picture");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Whether anything shines through, which JPEG would paint black. */
function hasHoles(canvas: HTMLCanvasElement): boolean {
  const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  for (let alpha = 3; alpha < pixels.length; alpha += 4) if (pixels[alpha] !== 255) return true;
  return false;
}

/** A browser that cannot write a type returns PNG instead of it, so what came is looked at. */
async function encoded(canvas: HTMLCanvasElement, types: readonly string[], quality: number): Promise<Blob> {
  for (const type of types) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
    if (blob?.type === type) return blob;
  }
  throw new Unshowable("unreadable-picture");
}

async function read(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new Unshowable("unreadable-picture");
  }
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Unshowable("unreadable-picture"));
    reader.readAsDataURL(blob);
  });
}
