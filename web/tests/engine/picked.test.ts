import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/engine/keystore";
import { match } from "../../src/engine/match";
import { droppedFiles, type Picked, pickedFiles } from "../../src/engine/picked";
import { check, printOf, Prints } from "../../src/engine/prints";
import { Tray } from "../../src/engine/tray.svelte";

const file = (name: string, text = "", lastModified = 1): File => new File([text], name, { lastModified });
const picked = (name: string, text = ""): Picked => ({ file: file(name, text) });

/** What a browser gives for a file or a folder in a drop; a folder's list comes in parts of two. */
type Tree = { [name: string]: string | Tree };

function entry(name: string, content: string | Tree, parent = ""): object {
  const fullPath = `${parent}/${name}`;
  if (typeof content === "string") {
    return { isDirectory: false, fullPath, file: (tell: (file: File) => void) => tell(file(name, content)) };
  }
  const left = Object.entries(content).map(([inner, what]) => entry(inner, what, fullPath));
  return { isDirectory: true, fullPath, createReader: () => ({ readEntries: (tell: (some: object[]) => void) => tell(left.splice(0, 2)) }) };
}

function drop(tree: Tree): Parameters<typeof droppedFiles>[0] {
  const items = Object.entries(tree).map(([name, content]) => ({
    kind: "file",
    webkitGetAsEntry: () => entry(name, content),
    getAsFile: () => (typeof content === "string" ? file(name, content) : null),
  }));
  return { items: items as unknown as DataTransferItemList };
}

const paths = (all: readonly Picked[]): string[] => all.map(({ file: { name }, path }) => path ?? name);

describe("a drop", () => {
  it("gives its files, and those in its folders with where they were", async () => {
    const tree = { "메모.txt": "m", 과제: { "1.hwp": "1", "2.hwp": "2", "3.hwp": "3", 그림: { "표지.png": "p" } } };
    expect(paths(await droppedFiles(drop(tree))).sort()).toEqual(
      ["메모.txt", "과제/1.hwp", "과제/2.hwp", "과제/3.hwp", "과제/그림/표지.png"].sort(),
    );
  });

  it("leaves out what the system keeps in a folder for itself, and names are composed", async () => {
    const tree = { ["과제".normalize("NFD")]: { ".DS_Store": "x", "Thumbs.db": "x", "a.txt": "a" }, ".DS_Store": "meant" };
    expect(paths(await droppedFiles(drop(tree)))).toEqual(["과제/a.txt", ".DS_Store"]);
  });
});

describe("a picked folder", () => {
  it("gives its files with their paths", () => {
    const one = Object.defineProperty(file("a.txt"), "webkitRelativePath", { value: "과제/a.txt" });
    expect(paths(pickedFiles([one, file("b.txt")]))).toEqual(["과제/a.txt", "b.txt"]);
  });

  it("stays together in the tray, its pictures too, and goes into the offer with its paths", () => {
    const tray = new Tray(() => 1000);
    const inside = ["a.txt", "표지.png"].map((name) => ({ file: new File(["xy"], name, { type: "image/png" }), path: `과제/${name}` }));
    tray.add([...inside, picked("메모.txt", "m")]);
    expect(tray.items.map(({ kind, name, size }) => [kind, name, size])).toEqual([["folder", "과제", 4], ["file", "메모.txt", 1]]);

    const [parcel] = tray.take();
    expect(parcel?.content.kind === "offer" && parcel.content.files.map(({ path, name }) => path ?? name)).toEqual([
      "과제/a.txt",
      "과제/표지.png",
      "메모.txt",
    ]);
    expect(parcel?.files).toHaveLength(3);
  });

  it("is offered in the order of a file manager, whatever the browser's is", () => {
    const tray = new Tray(() => 1000);
    const given = ["그림/원본/1.svg", "그림/표지.png", "10장.hwp", "2장.hwp", "그림/가.png", "가/끝.txt"];
    tray.add(given.map((path) => ({ file: file(path.replace(/.*\//, "")), path: `과제/${path}` })));
    const [parcel] = tray.take();
    const order = ["2장.hwp", "10장.hwp", "가/끝.txt", "그림/가.png", "그림/표지.png", "그림/원본/1.svg"];
    expect(parcel?.files.map(({ name }) => name)).toEqual(order.map((path) => path.replace(/.*\//, "")));
  });
});

describe("files that are picked again", () => {
  const offered = [
    { name: "과제.pdf", size: 3, type: "" },
    { name: "a_b.txt", size: 2, type: "" },
  ];

  it("are found by name and size, in whatever order and composition they come", () => {
    const [txt, pdf] = [picked("a:b.txt", "xx"), picked("과제.pdf".normalize("NFD"), "xxx")];
    expect(match(offered, [txt, pdf])).toEqual([pdf.file, txt.file]);
  });

  it("are refused when the size is another", () => {
    expect(match(offered, [picked("과제.pdf", "xxxx")])).toEqual([undefined, undefined]);
  });

  it("are told apart by where they are in their folder", () => {
    const wanted = ["1주/보고서.hwp", "2주/보고서.hwp"].map((path) => ({ name: "보고서.hwp", size: 1, type: "", path: `과제/${path}` }));
    const [second, first] = ["2주/보고서.hwp", "1주/보고서.hwp"].map((path) => ({ ...picked("보고서.hwp", "x"), path: `과제/${path}` }));
    expect(match(wanted, [second, first].filter((one) => one !== undefined))).toEqual([first?.file, second?.file]);
  });
});

describe("the print of a file", () => {
  const large = "가".repeat(500_000);

  it("is the same for the same file", async () => {
    expect(await check(file("a", large), await printOf(file("b", large)))).toBe("same");
  });

  it.each([
    ["its first letter", `나${large.slice(1)}`],
    ["its last letter", `${large.slice(0, -1)}나`],
    ["everything", "다".repeat(500_000)],
  ])("tells when %s is another", async (_what, text) => {
    expect(await check(file("a", text), await printOf(file("a", large)))).toBe("changed");
  });

  it("tells every change of a small file, and that a file was saved again", async () => {
    const before = await printOf(file("a", "x".repeat(200_000)));
    expect(await check(file("a", `${"x".repeat(99_999)}y${"x".repeat(100_000)}`), before)).toBe("changed");
    expect(await check(file("a", "x".repeat(200_000), 2), before)).toBe("changed");
  });

  it("is kept over a reload, for a week", () => {
    const store = memoryStore();
    const print = { date: 1, hash: "ab" };
    new Prints(store, 0).keep("o1", [print, null], 0);
    expect(new Prints(store, 1000).of("o1")).toEqual([print, null]);
    expect(new Prints(store, 8 * 24 * 3600 * 1000).of("o1")).toEqual([]);
    expect(store.keys()).toEqual([]);
  });

  it("is not known of what was spoiled in the browser's storage", () => {
    const store = memoryStore();
    store.set("chatapp:prints:o1", "{");
    expect(new Prints(store, 0).of("o1")).toEqual([]);
  });
});
