/** The people of the tests, and entries in their names. */
import type { Entry, Limits, Member, Offer, Room } from "../../src/contract";
import type { Arrival } from "../../src/engine/room";

export const limits: Limits = {
  name_chars: 24,
  name_bytes: 96,
  text_chars: 4000,
  frame_bytes: 4194304,
  inline_bytes: 65536,
  image_bytes: 2097152,
  image_pixels: 40000000,
  page_entries: 100,
  page_bytes: 2097152,
  offer_files: 100,
  members: 500,
  rate: 20,
  burst: 40,
  free_bytes: 1e12,
};

export const 민지: Member = { id: "minji", name: "민지", colour: 1, online: true, host: false };
export const 준: Member = { id: "jun", name: "준", colour: 2, online: true, host: false };
export const Sora: Member = { id: "sora", name: "Sora", colour: 3, online: true, host: true };

export function room(head: number, epoch = "e1"): Room {
  return { id: "r1", title: "우리 방", epoch, head, pin: false, locked: false, limits };
}

type Head = Pick<Entry, "seq" | "id" | "at" | "by" | "name" | "colour">;

export function by(member: Member, seq: number): Head {
  const { id, name, colour } = member;
  return { seq, id: `entry-${seq}`, at: 1_700_000_000_000 + seq, by: id, name, colour };
}

export const said = (member: Member, seq: number, text = `말 ${seq}`): Entry => {
  return { ...by(member, seq), kind: "said", text };
};

/** The entries from one seq to another, all said by 준. */
export const words = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, index) => said(준, from + index));

/** The answer to 민지's join. */
export function arrival(entries: Entry[], more: Partial<Arrival> & { head?: number; epoch?: string } = {}): Arrival {
  const { head = entries.at(-1)?.seq ?? 0, epoch, ...rest } = more;
  return { you: 민지, room: room(head, epoch), members: [민지, 준, Sora], entries, offers: [], ...rest };
}

export function offer(by: Member, more: Partial<Offer> = {}): Offer {
  return {
    id: "o1",
    by: by.id,
    files: [
      { name: "과제.pdf", size: 700, type: "application/pdf" },
      { name: "사진.zip", size: 300, type: "application/zip" },
    ],
    at: 1,
    expires_at: 2,
    state: "open",
    mine: by.id === 민지.id ? null : "pending",
    downloads: [],
    uploads: [],
    ledger: by.id === 민지.id ? {} : null,
    zip: null,
    hashes: [null, null],
    ...more,
  };
}
