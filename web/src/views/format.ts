import { t, type Language } from "../i18n/index.svelte";

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** A size in bytes as people say it, in steps of 1,024: 8.1 MB. */
export function sizeText(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Bytes a second: 11.4 MB/s. */
export function rateText(bytesPerSecond: number): string {
  return t("unit.rate", { size: sizeText(bytesPerSecond) });
}

/** A rest of time in its largest whole unit, rounded up so that it never promises too much. */
export function durationText(seconds: number): string {
  if (seconds < 60) return t("unit.seconds", { count: Math.max(1, Math.ceil(seconds)) });
  if (seconds < 3600) return t("unit.minutes", { count: Math.ceil(seconds / 60) });
  return t("unit.hours", { count: Math.ceil(seconds / 3600) });
}

/** Whole percents, 100 only when everything is there. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0) return 100;
  return Math.max(0, Math.min(100, Math.floor((part / whole) * 100)));
}

/** Percent, speed and time left of something that moves, for one line. */
export function progressText(part: number, whole: number, rate: number): string {
  const words = [t("offer.percent", { percent: percentOf(part, whole) })];
  if (rate > 0) words.push(rateText(rate), t("offer.left", { time: durationText((whole - part) / rate) }));
  return words.join(" · ");
}

type Shape = "time" | "day" | "full";
const SHAPES: Record<Shape, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { dateStyle: "full" },
  full: { dateStyle: "long", timeStyle: "short", hourCycle: "h23" },
};
const formatters = new Map<string, Intl.DateTimeFormat>();

/** A time of the server's clock (ms) in the person's own time zone. */
export function timeText(at: number, shape: Shape, language: Language): string {
  const key = `${language} ${shape}`;
  // A person's own kind of English: 23 November or November 23.
  const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(locale, SHAPES[shape]);
  formatters.set(key, known);
  return known.format(at);
}

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

/** The first visible character, for an avatar: an emoji stays whole. */
export function initialOf(name: string): string {
  const text = name.trim();
  const first = segmenter ? segmenter.segment(text)[Symbol.iterator]().next().value?.segment : Array.from(text)[0];
  return (first ?? "?").toLocaleUpperCase();
}

/** Code points, as the contract counts characters. */
export function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
