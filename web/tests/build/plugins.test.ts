import { describe, expect, it } from "vitest";
import { foreignAddress } from "../../build/plugins";

describe("a served text names no foreign address", () => {
  it.each([
    ["an XML namespace", '<svg xmlns="http://www.w3.org/2000/svg">'],
    ["a scheme alone", '`https://${host}`; url.replace("http://", "ws://")'],
    ["a pattern", "/^https?:\\/\\//"],
  ])("%s is none", (_what, text) => {
    expect(foreignAddress(text)).toBeUndefined();
  });

  it.each([
    ["https://svelte.dev/e/x", 'throw Error("https://svelte.dev/e/x")'],
    ["http://cdn.test/a.js", "import('http://cdn.test/a.js')"],
    ["http://[::1]/x", "/* see http://[::1]/x */"],
  ])("%s is found", (address, text) => {
    expect(foreignAddress(text)).toBe(address);
  });
});
