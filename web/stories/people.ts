import type { Entry, Member, OfferView } from "../src/engine/types";

const names = ["민지", "준", "Sora", "하늘", "Alex", "철수", "Yuna", "다정한 수달", "Brave Otter", "지우"];
const colours = [12, 1, 7, 14, 16, 4, 9, 2, 17, 10];

/** The people of the stories; the one whose page it is stands last. */
export const people: Member[] = names.map((name, index) => ({
  id: `m${index}`,
  name,
  colour: colours[index] ?? 0,
  online: true,
  host: false,
}));
export const [minji, jun, sora, haneul, alex] = people as [Member, Member, Member, Member, Member];
export const me = people.at(-1) as Member;

// The rest of an entry, by its kind: a union's members keep their own fields.
type Body = Entry extends infer One ? (One extends Entry ? Omit<One, "seq" | "id" | "at" | "by" | "name" | "colour"> : never) : never;

/** Writes a log: every call is one entry later, in order. */
export class Scribe {
  entries: Entry[] = [];
  private at: number;
  private seq: number;

  constructor(at: number, seq = 0) {
    this.at = at;
    this.seq = seq;
  }

  by(member: Member, body: Body, minutes = 0): Entry {
    this.seq += 1;
    this.at += minutes * 60_000 + 1000;
    const { id: by, name, colour } = member;
    const entry = { seq: this.seq, id: `e${this.seq}`, at: this.at, by, name, colour, ...body } as Entry;
    this.entries.push(entry);
    return entry;
  }

  says(member: Member, text: string, minutes = 0): Entry {
    return this.by(member, { kind: "said", text }, minutes);
  }

  offers(member: Member, offer: OfferView, minutes = 0): Entry {
    const { id, files, expires_at } = offer;
    return this.by(member, { kind: "offered", offer: { id, files, expires_at } }, minutes);
  }
}

/** An open offer that nobody answered. */
export function offered(id: string, by: Member, files: [string, number][], change: Partial<OfferView> = {}): OfferView {
  const own = by.id === me.id;
  return {
    id,
    by: by.id,
    files: files.map(([name, size]) => ({ name, size, type: "" })),
    at: 0,
    expires_at: new Date(2026, 10, 23, 18, 30).getTime(),
    state: "open",
    mine: own ? null : "pending",
    downloads: [],
    uploads: [],
    ledger: own ? {} : null,
    zip: null,
    hashes: files.map(() => null),
    total: files.reduce((sum, [, size]) => sum + size, 0),
    own,
    goesOn: (change.state ?? "open") === "open",
    ledgerRows: [],
    upload: null,
    needsFiles: false,
    received: 0,
    rate: 0,
    ahead: 0,
    stalled: false,
    ...change,
  };
}

export function row(member: Member, state: OfferView["ledgerRows"][number]["state"], bytes = 0) {
  const rate = state === "receiving" ? 11.4 * 1024 * 1024 : 0;
  return { member: member.id, name: member.name, colour: member.colour, state, bytes, rate };
}
