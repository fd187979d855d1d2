import { beforeEach, describe, expect, it } from "vitest";
import { speech } from "../../src/i18n/index.svelte";
import { charactersOf, durationText, initialOf, percentOf, progressText, sizeText, timeText } from "../../src/views/format";
import { fitted } from "../../src/views/log/fit";

beforeEach(() => void (speech.language = "ko"));

describe("Numbers as people read them", () => {
  it.each([
    [0, "0 B"],
    [812, "812 B"],
    [1536, "1.5 KB"],
    [8.1 * 1024 ** 2, "8.1 MB"],
    [620 * 1024 ** 2, "620 MB"],
    [3 * 1024 ** 4, "3.0 TB"],
    [9000 * 1024 ** 4, "9000 TB"],
  ])("%i bytes are %s", (bytes, text) => expect(sizeText(bytes)).toBe(text));

  it("says 100 % only when everything is there", () => {
    expect(percentOf(999_999, 1_000_000)).toBe(99);
    expect(percentOf(1_000_000, 1_000_000)).toBe(100);
    expect(percentOf(0, 0)).toBe(100);
  });

  it("says percent, speed and time left in one line", () => {
    expect(progressText(50 * 1024, 100 * 1024, 10 * 1024)).toBe("50% · 10.0 KB/s · 5초 남음");
    expect(progressText(50, 100, 0)).toBe("50%");
  });

  it("never promises too little time", () => {
    expect([0.2, 59.5, 61, 3601].map(durationText)).toEqual(["1초", "60초", "2분", "2시간"]);
  });

  it("says the time of day with 24 hours in both languages", () => {
    const at = new Date(2026, 10, 23, 0, 5).getTime();
    expect([timeText(at, "time", "ko"), timeText(at, "time", "en")]).toEqual(["00:05", "00:05"]);
  });
});

describe("Names and pictures in little room", () => {
  it.each([
    ["지우", "지"],
    ["sora", "S"],
    ["👩‍👩‍👧 가족", "👩‍👩‍👧"],
    ["", "?"],
  ])("the first character of '%s' is %s", (name, initial) => expect(initialOf(name)).toBe(initial));

  it("counts code points, as the contract does", () => expect(charactersOf("가👍a")).toBe(3));

  it.each([
    [1600, 1200, 320, 240],
    [400, 2400, 53, 320],
    [9, 9, 48, 48],
    [0, 0, 48, 48],
    [200, 100, 200, 100],
  ])("a picture of %i x %i stands at %i x %i", (width, height, w, h) => {
    expect(fitted(width, height)).toEqual({ width: w, height: h });
  });
});
