/** The room as this page knows it: what the server tells goes in, the next state comes out. Pure. */
import type { Entry, Member, Offer, Room } from "../contract";
import { append, type Chunks, firstSeq, lastSeq, prepend } from "./chunks";
import { memberGone, offerOf } from "./offers";

export interface Person {
  name: string;
  colour: number;
}

export interface RoomState {
  readonly room: Room | null;
  readonly me: Member | null;
  readonly members: ReadonlyMap<string, Member>;
  /** Everybody who was ever seen, also those who left: the names on a ledger. */
  readonly people: ReadonlyMap<string, Person>;
  readonly offers: ReadonlyMap<string, Offer>;
  /** offer id -> bytes of it that reached this member. */
  readonly received: ReadonlyMap<string, number>;
  readonly chunks: Chunks;
  /** The newest seq that was heard of; beyond the newest entry here, there is something to ask for. */
  readonly known: number;
  /** The seq up to which `members` already tells who is here: older notices change nobody. */
  readonly asOf: number;
}

export interface Arrival {
  you: Member;
  room: Room;
  members: readonly Member[];
  entries: readonly Entry[];
  offers: readonly Offer[];
}

/** A room of which nothing is known yet. */
export const nowhere: RoomState = {
  room: null,
  me: null,
  members: new Map(),
  people: new Map(),
  offers: new Map(),
  received: new Map(),
  chunks: [],
  known: 0,
  asOf: 0,
};

/** What to join with, so that the server sends only what is missing here. */
export function whereabouts(state: RoomState): { since?: number; epoch?: string } {
  if (!state.room) return {};
  return { since: lastSeq(state.chunks), epoch: state.room.epoch };
}

/** Whether entries are known to exist that are not here. */
export const hasHole = (state: RoomState): boolean => state.known > lastSeq(state.chunks);

export const hasOlder = (state: RoomState): boolean => firstSeq(state.chunks) > 1;

/** A join was answered: another epoch, or a page that does not continue ours, replaces everything. */
export function arrived(state: RoomState, ack: Arrival): RoomState {
  const before = continues(state, ack) ? state : nowhere;
  const members = new Map(ack.members.map((member) => [member.id, member]));
  const next = {
    ...before,
    room: ack.room,
    me: ack.you,
    members,
    people: seen(before.people, ack.members),
    offers: new Map([...closedOnes(before.offers), ...ack.offers.map(byId)]),
    asOf: ack.room.head,
    known: ack.room.head,
  };
  return tookEntries(next, ack.entries);
}

function continues(state: RoomState, ack: Arrival): boolean {
  if (state.room?.epoch !== ack.room.epoch) return false;
  const last = lastSeq(state.chunks);
  const first = ack.entries[0]?.seq ?? last + 1;
  return last <= ack.room.head && first <= last + 1;
}

const byId = (offer: Offer): [string, Offer] => [offer.id, offer];

const closedOnes = (offers: ReadonlyMap<string, Offer>): [string, Offer][] =>
  [...offers].filter(([, offer]) => offer.state !== "open");

/** Entries came, pushed or as a page: those that continue the log are applied, known ones dropped. */
export function tookEntries(state: RoomState, entries: readonly Entry[]): RoomState {
  const fresh: Entry[] = [];
  let last = lastSeq(state.chunks) || (entries[0]?.seq ?? 1) - 1;
  for (const entry of entries) {
    if (entry.seq !== last + 1) continue;
    fresh.push(entry);
    last = entry.seq;
  }
  const known = Math.max(state.known, entries.at(-1)?.seq ?? 0);
  const next = { ...state, known, chunks: append(state.chunks, fresh) };
  return fresh.reduce(follow, { ...next, people: seen(state.people, fresh.map(author)) });
}

/** An older page came: it goes in front when it ends where the log begins. */
export function tookOlder(state: RoomState, entries: readonly Entry[]): RoomState {
  if (entries.at(-1)?.seq !== firstSeq(state.chunks) - 1) return state;
  const people = new Map([...seen(new Map(), entries.map(author)), ...state.people]);
  return { ...state, people, chunks: prepend(state.chunks, entries) };
}

/** What a new entry says beyond itself: who is gone, which offer there is. */
function follow(state: RoomState, entry: Entry): RoomState {
  if (entry.seq <= state.asOf) return state;
  switch (entry.kind) {
    case "left":
    case "removed":
      return wentAway(state, entry.by);
    case "offered": {
      const offer = offerOf(entry, state.me?.id ?? "");
      const known = state.offers.has(offer.id);
      return known ? state : { ...state, offers: new Map([...state.offers, [offer.id, offer]]) };
    }
    default:
      return state;
  }
}

function wentAway(state: RoomState, id: string): RoomState {
  const members = new Map(state.members);
  members.delete(id);
  const offers = new Map([...state.offers].map(([key, offer]) => [key, memberGone(offer, id)]));
  return { ...state, members, offers };
}

/** A member came, went offline, came back or has another name. */
export function memberChanged(state: RoomState, member: Member): RoomState {
  const members = new Map([...state.members, [member.id, member]]);
  const me = member.id === state.me?.id ? member : state.me;
  return { ...state, members, me, people: seen(state.people, [member]) };
}

export const roomChanged = (state: RoomState, room: Room): RoomState => ({ ...state, room });

const author = (entry: Entry): Person & { id: string } => ({
  id: entry.by,
  name: entry.name,
  colour: entry.colour,
});

function seen(
  people: ReadonlyMap<string, Person>,
  more: readonly (Person & { id: string })[],
): ReadonlyMap<string, Person> {
  const fresh = more.filter(({ id, name, colour }) => {
    const known = people.get(id);
    return known?.name !== name || known.colour !== colour;
  });
  if (fresh.length === 0) return people;
  return new Map([...people, ...fresh.map(({ id, name, colour }) => [id, { name, colour }] as const)]);
}

/** Everybody who is here: the host first, then oneself, then by name. */
export function inOrder(state: RoomState): Member[] {
  const rank = (member: Member): number => (member.host ? 0 : member.id === state.me?.id ? 1 : 2);
  return [...state.members.values()].sort(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name),
  );
}
