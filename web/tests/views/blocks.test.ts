import { describe, expect, it } from "vitest";
import { Scribe, jun, minji } from "../../stories/people";
import { blocksOf, folds, tallyOf, type Notice } from "../../src/views/log/blocks";

const NOON = new Date(2026, 10, 23, 12).getTime();
const kinds = (scribe: Scribe) => blocksOf(scribe.entries, undefined).map((block) => block.kind);

describe("The list", () => {
  it("puts what one person says in a row under one name", () => {
    const scribe = new Scribe(NOON);
    scribe.says(minji, "하나");
    scribe.says(minji, "둘");
    scribe.says(jun, "셋");
    expect(kinds(scribe)).toEqual(["day", "run", "run"]);
  });

  it("names a person again after a pause, after somebody else, and after a new name", () => {
    const scribe = new Scribe(NOON);
    scribe.says(minji, "하나");
    scribe.says(minji, "여섯 분 뒤", 6);
    scribe.says({ ...minji, name: "민지2" }, "새 이름으로");
    const runs = blocksOf(scribe.entries, undefined).filter((block) => block.kind === "run");
    expect(runs.map((run) => run.continued)).toEqual([false, false, false]);
  });

  it("goes on across chunks without the name or the date again", () => {
    const scribe = new Scribe(NOON);
    const before = scribe.says(minji, "하나");
    const next = scribe.says(minji, "둘");
    const [run, ...rest] = blocksOf([next], before);
    expect(run).toMatchObject({ kind: "run", continued: true });
    expect(rest).toEqual([]);
  });

  it("tells the date when a new day begins, in the middle of a run too", () => {
    const scribe = new Scribe(NOON);
    scribe.says(minji, "오늘");
    scribe.says(minji, "내일", 24 * 60);
    expect(kinds(scribe)).toEqual(["day", "run", "day", "run"]);
  });

  it("folds many notices in a row into a tally, few it tells", () => {
    const scribe = new Scribe(NOON);
    for (let times = 0; times < 3; times += 1) scribe.by(jun, { kind: "joined" });
    const few = scribe.entries.slice() as Notice[];
    scribe.by(jun, { kind: "left" });
    expect(folds(few)).toBe(false);
    expect(folds(scribe.entries as Notice[])).toBe(true);
    expect(tallyOf(scribe.entries as Notice[])).toEqual([["joined", 3], ["left", 1]]);
  });
});
