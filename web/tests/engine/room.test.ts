import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/contract";
import { firstSeq, lastSeq } from "../../src/engine/chunks";
import * as offers from "../../src/engine/offers";
import { arrived, hasHole, hasOlder, inOrder, memberChanged, nowhere, type RoomState } from "../../src/engine/room";
import { tookEntries, tookOlder, whereabouts } from "../../src/engine/room";
import { arrival, by, offer, room, said, Sora, words, 민지, 준 } from "./people";

const inRoom = (from: number, to: number): RoomState => arrived(nowhere, arrival(words(from, to)));
const seqs = (state: RoomState): number[] => state.chunks.flat().map((entry) => entry.seq);
const range = (from: number, to: number): number[] => words(from, to).map((entry) => entry.seq);

describe("the log", () => {
  it("applies the entry that follows the last one", () => {
    const state = tookEntries(inRoom(1, 3), [said(준, 4)]);
    expect(seqs(state)).toEqual([1, 2, 3, 4]);
    expect(hasHole(state)).toBe(false);
  });

  it("drops an entry that it has", () => {
    const state = tookEntries(inRoom(1, 3), [said(준, 2, "a second time"), said(준, 3)]);
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(state.chunks[0]?.[1]).toMatchObject({ text: "말 2" });
  });

  it("sees a hole, applies nothing beyond it, and is whole when a page fills it", () => {
    const torn = tookEntries(inRoom(1, 3), [said(준, 6)]);
    expect(seqs(torn)).toEqual([1, 2, 3]);
    expect(hasHole(torn)).toBe(true);
    const whole = tookEntries(torn, words(4, 6));
    expect(seqs(whole)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(hasHole(whole)).toBe(false);
  });

  it("goes on after a reconnect with what was missed", () => {
    const state = arrived(inRoom(1, 3), arrival(words(4, 5)));
    expect(seqs(state)).toEqual([1, 2, 3, 4, 5]);
  });

  it("knows after a long absence that the first page was not all", () => {
    const state = arrived(inRoom(1, 3), arrival(words(4, 103), { head: 250 }));
    expect(lastSeq(state.chunks)).toBe(103);
    expect(hasHole(state)).toBe(true);
  });

  it("forgets everything when the epoch is another", () => {
    const before = arrived(nowhere, arrival(words(1, 9), { offers: [offer(준, { state: "withdrawn" })] }));
    const state = arrived(before, arrival([said(Sora, 1, "anew")], { epoch: "e2" }));
    expect(seqs(state)).toEqual([1]);
    expect(state.chunks[0]?.[0]).toMatchObject({ text: "anew" });
    expect(state.offers.size).toBe(0);
  });

  it("starts over when the server answers with a page that does not continue its own", () => {
    const state = arrived(inRoom(1, 3), arrival(words(200, 300)));
    expect(firstSeq(state.chunks)).toBe(200);
    expect(hasOlder(state)).toBe(true);
  });

  it("starts over when the server has gone back in time", () => {
    const state = arrived(inRoom(1, 30), arrival(words(1, 10), { head: 10 }));
    expect(seqs(state)).toEqual(range(1, 10));
  });

  it("asks for what is missing, and for anything when it is new", () => {
    expect(whereabouts(nowhere)).toEqual({});
    expect(whereabouts(inRoom(1, 3))).toEqual({ since: 3, epoch: "e1" });
  });
});

describe("chunks of 50", () => {
  it("are cut at the same seqs however the pages came", () => {
    const late = tookOlder(tookOlder(inRoom(131, 140), words(61, 130)), words(1, 60));
    const once = inRoom(1, 140);
    expect(late.chunks).toEqual(once.chunks);
    expect(once.chunks.map((chunk) => chunk.length)).toEqual([50, 50, 40]);
  });

  it("stay the same arrays once they are full", () => {
    const before = inRoom(1, 120);
    const after = tookOlder(tookEntries(before, words(121, 160)), []);
    expect(after.chunks[0]).toBe(before.chunks[0]);
    expect(after.chunks[1]).toBe(before.chunks[1]);
    expect(after.chunks[2]).not.toBe(before.chunks[2]);
  });

  it("take older entries in front, up to the very first", () => {
    const state = tookOlder(inRoom(101, 120), words(1, 100));
    expect(seqs(state)).toEqual(range(1, 120));
    expect(hasOlder(state)).toBe(false);
  });

  it("refuse an older page that does not end where they begin", () => {
    const state = tookOlder(inRoom(101, 120), words(1, 90));
    expect(seqs(state)).toEqual(range(101, 120));
  });
});

describe("the people", () => {
  it("are listed with the host first, then oneself, then by name", () => {
    const 가을 = { ...준, id: "gaeul", name: "가을" };
    const state = memberChanged(inRoom(1, 1), 가을);
    expect(inOrder(state).map((member) => member.name)).toEqual(["Sora", "민지", "가을", "준"]);
  });

  it("change when somebody goes offline or has another name", () => {
    const state = memberChanged(inRoom(1, 1), { ...준, name: "준호", online: false });
    expect(state.members.get("jun")).toMatchObject({ name: "준호", online: false });
  });

  it("tell oneself that one's own name is another", () => {
    expect(memberChanged(inRoom(1, 1), { ...민지, name: "민지 2" }).me?.name).toBe("민지 2");
  });

  it("are fewer when somebody left or was removed", () => {
    const gone: Entry[] = [{ ...by(준, 2), kind: "left" }, { ...by(Sora, 3), kind: "removed" }];
    expect([...tookEntries(inRoom(1, 1), gone).members.keys()]).toEqual(["minji"]);
  });

  it("are not taken away by an old notice that is caught up after they came back", () => {
    const behind = arrived(inRoom(1, 1), arrival([said(Sora, 2)], { head: 4 }));
    const caughtUp = tookEntries(behind, [{ ...by(준, 3), kind: "left" }, { ...by(준, 4), kind: "joined" }]);
    expect(caughtUp.members.has("jun")).toBe(true);
  });
});

describe("an offer", () => {
  const offered: Entry = {
    ...by(준, 2),
    kind: "offered",
    offer: { id: "o1", files: offer(준).files, expires_at: 9 },
  };

  it("of somebody else waits for an answer as soon as its entry is there", () => {
    const state = tookEntries(inRoom(1, 1), [offered]);
    expect(state.offers.get("o1")).toMatchObject({ by: "jun", state: "open", mine: "pending", ledger: null });
  });

  it("of one's own has a ledger and no answer", () => {
    const state = tookEntries(inRoom(1, 1), [{ ...offered, by: 민지.id }]);
    expect(state.offers.get("o1")).toMatchObject({ mine: null, ledger: {} });
  });

  it("is not made new again by its entry when the join has told more", () => {
    const told = arrival([said(준, 1), offered], { offers: [offer(준, { mine: "declined" })] });
    expect(arrived(nowhere, told).offers.get("o1")?.mine).toBe("declined");
  });

  it("lists everyone who is here as waiting until they answer", () => {
    const state = arrived(nowhere, arrival(words(1, 1), { offers: [offer(민지)] }));
    const one = state.offers.get("o1");
    expect(one && offers.ledgerRows(state, one, () => 0).map((row) => [row.name, row.state])).toEqual([
      ["Sora", "pending"],
      ["준", "pending"],
    ]);
  });

  it("moves a row when a recipient moves, and knows the name of one who left", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(민지)] }));
    const told = { offer: "o1", member: "jun", state: "receiving", bytes: 500 } as const;
    const left = tookEntries(offers.offerAnswered(start, told), [{ ...by(준, 2), kind: "left" }]);
    const one = left.offers.get("o1");
    expect(one && offers.ledgerRows(left, one, () => 7)).toContainEqual({
      member: "jun",
      name: "준",
      colour: 2,
      state: "gone",
      bytes: 500,
      rate: 0,
    });
  });

  it("tells how fast a recipient receives, and why one failed", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(민지)] }));
    const moving = offers.offerAnswered(start, { offer: "o1", member: "jun", state: "receiving", bytes: 500 });
    const lost = offers.offerAnswered(moving, { offer: "o1", member: "sora", state: "failed", bytes: 0, why: "changed" });
    const one = lost.offers.get("o1");
    const rows = one && offers.ledgerRows(lost, one, (member) => (member === "jun" ? 1000 : 9));
    expect(rows?.map(({ member, rate, why }) => [member, rate, why])).toEqual([
      ["sora", 0, "changed"],
      ["jun", 1000, undefined],
    ]);
  });

  it("calls more bytes of one who is receiving a progress, and nothing else", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(민지)] }));
    const told = { offer: "o1", member: "jun", state: "receiving", bytes: 500 } as const;
    expect(offers.isProgress(start, told)).toBe(false);
    const moving = offers.offerAnswered(start, told);
    expect(offers.isProgress(moving, { ...told, bytes: 600 })).toBe(true);
    expect(offers.isProgress(moving, { ...told, state: "received" })).toBe(false);
  });

  it("knows the SHA-256 of a file once the host has all of it", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(준)] }));
    const state = offers.fileStored(start, { offer: "o1", file: 1, sha256: "ab".repeat(32) });
    expect(state.offers.get("o1")?.hashes).toEqual([null, "ab".repeat(32)]);
  });

  it("keeps `received` of one who has it and left", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(민지)] }));
    const told = { offer: "o1", member: "jun", state: "received", bytes: 1000 } as const;
    const left = tookEntries(offers.offerAnswered(start, told), [{ ...by(준, 2), kind: "left" }]);
    expect(left.offers.get("o1")?.ledger?.["jun"]?.state).toBe("received");
  });

  it("tells the receiver how much has come", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(준)] }));
    const told = { offer: "o1", member: "minji", state: "receiving", bytes: 400 } as const;
    const state = offers.offerAnswered(start, told);
    const one = state.offers.get("o1");
    const still = { upload: null, needsFiles: false, rateOf: () => 50, ahead: 0, stalled: false };
    expect(one && offers.viewOf(state, one, still)).toMatchObject({ mine: "receiving", received: 400, total: 1000, rate: 50 });
  });

  it("has no addresses left when it is closed", () => {
    const urls = { downloads: [{ file: 0, url: "/downloads/a/x" }], mine: "accepted" as const };
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(준, urls)] }));
    const state = offers.offerChanged(start, "o1", "withdrawn");
    expect(state.offers.get("o1")).toMatchObject({ state: "withdrawn", downloads: [] });
  });

  it.each([
    ["its receiver", offer(준, { mine: "receiving", downloads: [{ file: 1, url: "/downloads/a/x" }] })],
    ["its sender", offer(민지, { ledger: { jun: { state: "receiving", bytes: 5 } }, uploads: [{ file: 1, url: "/u" }] })],
  ])("that expires while it is received goes on for %s, with the same addresses", (_, open) => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [open] }));
    const one = offers.offerChanged(start, "o1", "expired").offers.get("o1");
    expect(one).toEqual({ ...open, state: "expired" });
    expect(one && offers.goesOn(one)).toBe(true);
    const over = offers.offerChanged(start, "o1", "withdrawn").offers.get("o1");
    expect(over && offers.goesOn(over)).toBe(false);
  });

  it("that has expired has no address left for who has received it", () => {
    const got = offer(준, { mine: "receiving", downloads: [{ file: 1, url: "/downloads/a/x" }] });
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [got] }));
    const told = { offer: "o1", member: "minji", state: "received", bytes: 1000 } as const;
    const state = offers.offerAnswered(offers.offerChanged(start, "o1", "expired"), told);
    expect(state.offers.get("o1")).toMatchObject({ mine: "received", downloads: [] });
  });

  it("that expires while nobody receives is over", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(준, { mine: "accepted" })] }));
    const one = offers.offerChanged(start, "o1", "expired").offers.get("o1");
    expect(one && offers.goesOn(one)).toBe(false);
  });

  it("that was closed long ago is still known after a reconnect", () => {
    const start = arrived(nowhere, arrival(words(1, 1), { offers: [offer(준, { state: "expired" })] }));
    expect(arrived(start, arrival([], { room: room(1) })).offers.get("o1")?.state).toBe("expired");
  });
});
