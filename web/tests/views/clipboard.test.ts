import { describe, expect, it } from "vitest";
import { pastedFiles } from "../../src/views/compose/clipboard";
import { isEmptyText } from "../../src/views/compose/empty";

const picture = new File(["x"], "image.png", { type: "image/png" });
const pasted = (texts: Record<string, string>, files: File[] = [picture]) =>
  pastedFiles({ types: [...Object.keys(texts), "Files"], files, getData: (type) => texts[type] ?? "" });

describe("A paste", () => {
  it("of a screenshot is a picture", () => expect(pasted({})).toEqual([picture]));
  it("of a picture from a web page is a picture", () => expect(pasted({ "text/html": "<img>" })).toEqual([picture]));
  it("of a file from a file manager is the file", () => expect(pasted({ "text/plain": "image.png" })).toEqual([picture]));
  it("of cells from an office program is their text", () => {
    expect(pasted({ "text/plain": "1\t2", "text/html": "<table>" })).toEqual([]);
  });
});

describe("An empty message", () => {
  it.each(["", " \n\t", "\u200B\uFEFF", "\u3164", "\u00A0"])("is %j", (text) => expect(isEmptyText(text)).toBe(true));
  it.each(["a", " 가 ", "👍"])("is not %j", (text) => expect(isEmptyText(text)).toBe(false));
});
