import { describe, expect, it } from "vitest";
import { friendlyName } from "../../src/i18n/names";

/** Every name that there is, by walking through both lists. */
function all(language: string): string[] {
  const steps = Array.from({ length: 24 }, (_, index) => index / 24);
  return steps.flatMap((first) =>
    steps.map((last) => {
      const draws = [first, last];
      return friendlyName([language], () => draws.shift() ?? 0);
    }),
  );
}

describe("the name that is filled in", () => {
  it.each(["ko-KR", "en"])("is one of 576 different ones in %s", (language) => {
    expect(new Set(all(language)).size).toBe(24 * 24);
  });

  it.each(["ko", "en"])("fits the room's limits in %s", (language) => {
    for (const name of all(language)) {
      expect([...name].length).toBeLessThanOrEqual(24);
      expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(96);
    }
  });

  it("is Korean for who reads Korean first, and English for all others", () => {
    expect(friendlyName(["ko", "en"], () => 0)).toBe("다정한 수달");
    expect(friendlyName(["de", "ko"], () => 0)).toBe("Brave Otter");
    expect(friendlyName([], () => 0)).toBe("Brave Otter");
  });
});
