import { beforeEach, describe, expect, it } from "vitest";
import type { Offer } from "../../src/contract";
import { Downloads, STALLED_MS } from "../../src/engine/downloads";
import { offer, 준 } from "./people";

let started: string[];
let downloads: Downloads;

beforeEach(() => {
  started = [];
  downloads = new Downloads((url, name) => started.push(name ? `${url} ${name}` : url));
});

/** An offer that was accepted, of files of 100 bytes each. */
function accepted(id: string, count: number, more: Partial<Offer> = {}): Offer {
  const files = Array.from({ length: count }, (_, index) => ({ name: `f${index}`, size: 100, type: "" }));
  const urls = files.map((_, file) => ({ file, url: `/${id}/${file}` }));
  return offer(준, { id, files, downloads: urls, mine: "accepted", zip: count > 1 ? `/${id}/zip` : null, ...more });
}

describe("downloads", () => {
  it("start two at once, and the next one as bytes arrive", () => {
    const four = accepted("o1", 4);
    downloads.all(four, false, 0);
    expect(started).toEqual(["/o1/0 f0", "/o1/1 f1"]);
    downloads.moved(four, 99, 1);
    expect(started).toHaveLength(2);
    downloads.moved(four, 100, 2);
    expect(started).toHaveLength(3);
    downloads.moved(four, 400, 3);
    expect(started).toHaveLength(4);
  });

  it("start eight in a second at most, for Chromium drops what is more, and the others later", () => {
    const twenty = accepted("o1", 20);
    downloads.all(twenty, false, 0);
    for (let come = 100; come <= 800; come += 100) downloads.moved(twenty, come, come / 10);
    expect(started).toHaveLength(8);
    downloads.moved(twenty, 800, 1000);
    expect(started).toHaveLength(8);
    downloads.moved(twenty, 800, 1101);
    expect(started).toHaveLength(10);
    downloads.moved(twenty, 1000, 2300);
    expect(started).toHaveLength(12);
  });

  it("of another offer wait for their turn, and are told how many come first", () => {
    const first = accepted("o1", 1);
    downloads.all(first, false, 0);
    downloads.all(accepted("o2", 3), false, 0);
    downloads.all(accepted("o3", 1), false, 0);
    expect(started).toEqual(["/o1/0 f0", "/o2/0 f0"]);
    expect(["o1", "o2", "o3"].map((id) => downloads.ahead(id))).toEqual([0, 0, 2]);

    downloads.moved({ ...first, mine: "received" }, 100, 1);
    expect(started.at(-1)).toBe("/o2/1 f1");
    expect(downloads.ahead("o3")).toBe(1);
  });

  it("start no other one when the offer was withdrawn, and give their place to the next", () => {
    const four = accepted("o1", 4);
    downloads.all(four, false, 0);
    downloads.all(accepted("o2", 1), false, 0);
    downloads.moved({ ...four, state: "withdrawn", downloads: [] }, 400, 1);
    expect(started).toEqual(["/o1/0 f0", "/o1/1 f1", "/o2/0 f0"]);
  });

  it("of a folder are one zip, and of several files where that is wished", () => {
    const folder = accepted("o1", 3);
    downloads.all({ ...folder, files: folder.files.map((file) => ({ ...file, path: `과제/${file.name}` })) }, false, 0);
    downloads.all(accepted("o2", 3), true, 0);
    expect(started).toEqual(["/o1/zip", "/o2/zip"]);
  });

  it("that have not moved for a while hold up nobody, and can be begun again", () => {
    const stuck = accepted("o1", 2);
    downloads.all(stuck, false, 0);
    downloads.all(accepted("o2", 1), false, 0);
    expect(downloads.isStalled("o1", STALLED_MS)).toBe(false);

    const later = STALLED_MS + 1;
    downloads.moved(stuck, 0, later);
    expect(downloads.isStalled("o1", later)).toBe(true);
    expect(started.at(-1)).toBe("/o2/0 f0");

    downloads.again(stuck, later);
    expect(started.slice(3)).toEqual(["/o1/0 f0"]);
    expect(downloads.isStalled("o1", later)).toBe(false);
  });

  it("that came to their end are not begun again with the others", () => {
    const two = accepted("o1", 2);
    downloads.all(two, false, 0);
    downloads.moved({ ...two, mine: "receiving" }, 150, 1);
    downloads.again(two, 2);
    expect(started).toEqual(["/o1/0 f0", "/o1/1 f1", "/o1/1 f1"]);
  });

  it("that were begun before a reload are left to the browser, until they stand still", () => {
    const before = accepted("o1", 1, { mine: "receiving" });
    downloads.moved(before, 10, 0);
    expect(started).toEqual([]);
    expect(downloads.isStalled("o1", STALLED_MS + 1)).toBe(true);
    downloads.again(before, STALLED_MS + 1);
    expect(started).toEqual(["/o1/0 f0"]);
  });

  it("can be started one by one, by the name that was offered; a zip has the server's", () => {
    downloads.one(accepted("o1", 4), 3);
    downloads.one(accepted("o1", 4), "zip");
    expect(started).toEqual(["/o1/3 f3", "/o1/zip"]);
  });
});
