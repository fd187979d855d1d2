/** The largest a picture is in the list, and the smallest that a finger still hits, px. */
const WIDEST = 320;
const TALLEST = 320;
const LEAST = 48;

/** The size at which a picture stands in the list: known before a byte of it is here, so nothing jumps. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const w = Math.max(1, width);
  const h = Math.max(1, height);
  const scale = Math.min(1, WIDEST / w, TALLEST / h);
  return { width: between(w * scale, WIDEST), height: between(h * scale, TALLEST) };
}

function between(value: number, most: number): number {
  return Math.round(Math.min(most, Math.max(LEAST, value)));
}
