import { describe, expect, it } from "vitest";
import { carriedPackages, foreignAddress } from "../../build/plugins";

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

describe("the packages that a bundle carries", () => {
  it("are named by their modules, once each, on every system", () => {
    const modules = [
      "/w/web/src/main.ts",
      "/w/web/node_modules/svelte/src/index.js",
      "/w/web/node_modules/svelte/src/other.js",
      "C:\\w\\node_modules\\@lucide\\svelte\\dist\\icons\\lock.js",
      "\0/w/node_modules/a/node_modules/ms/index.js?commonjs",
    ];
    expect(carriedPackages(modules)).toEqual(["@lucide/svelte", "ms", "svelte"]);
  });
});
