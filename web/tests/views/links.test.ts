import { describe, expect, it } from "vitest";
import { isEmojiOnly, piecesOf } from "../../src/views/links";

const linksIn = (text: string) => piecesOf(text).flatMap((piece) => (piece.href ? [piece.text] : []));

describe("Links in a message", () => {
  it.each([
    ["see https://example.com.", ["https://example.com"]],
    ["(https://example.com/a)", ["https://example.com/a"]],
    ["https://example.com/a_(b)", ["https://example.com/a_(b)"]],
    ["http://192.168.0.7:8080/docs(v2)에서 확인", ["http://192.168.0.7:8080/docs(v2)"]],
    ["http://192.168.0.7:5050으로 오세요", ["http://192.168.0.7:5050"]],
    ["https://example.com/문서를 봐요", ["https://example.com/문서를"]],
    ["https://ko.wikipedia.org/wiki/한국", ["https://ko.wikipedia.org/wiki/한국"]],
    ["www.example.com, http://b.test/?q=1&r=2#x!", ["www.example.com", "http://b.test/?q=1&r=2#x"]],
    ["「https://example.com」", ["https://example.com"]],
  ])("%s", (text, links) => {
    expect(linksIn(text)).toEqual(links);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "ftp://example.com", "http://", "awww.example", "1.2.3"])(
    "%s is no link",
    (text) => expect(linksIn(text)).toEqual([]),
  );

  it("lead to http and https alone", () => {
    const pieces = piecesOf("https://a.test www.b.test HTTP://c.test");
    expect(pieces.flatMap((piece) => piece.href ?? [])).toEqual(["https://a.test/", "http://www.b.test/", "http://c.test/"]);
  });

  it("lose nothing of the text", () => {
    const text = "앞 https://example.com/a) 뒤\nwww.b.test. 끝";
    expect(piecesOf(text).map((piece) => piece.text).join("")).toBe(text);
  });

  it("are found fast in a hostile text", () => {
    const started = performance.now();
    piecesOf(`https://${"a)]".repeat(1300)}`);
    piecesOf("www.".repeat(1000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("Large emoji", () => {
  it.each(["👍", "🎉🎉", "👩‍👩‍👧‍👦", "🇰🇷 ❤️", "👍🏽"])("%s", (text) => expect(isEmojiOnly(text)).toBe(true));
  it.each(["", " ", "네 👍", "123", "#", "👍👍👍👍"])("not '%s'", (text) => expect(isEmojiOnly(text)).toBe(false));
});
