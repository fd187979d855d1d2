/** Offers as this member sees them: what the server tells about one goes in, the next one comes out. Pure. */
import type { FileStored, FileUrl, LedgerState, Offer, OfferAnswered, Offered, OfferState } from "../contract";
import type { RoomState } from "./room";
import type { LedgerRow, OfferView } from "./types";

/** The live offer that a new entry announces. */
export function offerOf(entry: Offered, me: string): Offer {
  const own = entry.by === me;
  const live = { downloads: [], uploads: [], mine: own ? null : ("pending" as const), ledger: own ? {} : null };
  const stored = { zip: null, hashes: entry.offer.files.map(() => null) };
  return { ...entry.offer, by: entry.by, at: entry.at, state: "open", ...live, ...stored };
}

/** An offer as the server's answer has it. */
export function offerTold(state: RoomState, offer: Offer): RoomState {
  return { ...state, offers: new Map([...state.offers, [offer.id, offer]]) };
}

/** Whether bytes may still move: while it is open, and after its expiry for those who were receiving. */
export function goesOn(offer: Offer): boolean {
  if (offer.state !== "expired") return offer.state === "open";
  return offer.mine === "receiving" || Object.values(offer.ledger ?? {}).some((row) => row.state === "receiving");
}

/** The offer's own state is another. */
export function offerChanged(state: RoomState, id: string, to: OfferState): RoomState {
  return change(state, id, (offer) => ({ ...offer, state: to }));
}

/** A recipient is somewhere else: a row of the sender's ledger, or this member's own state. */
export function offerAnswered(state: RoomState, told: OfferAnswered): RoomState {
  const row: LedgerState = { state: told.state, bytes: told.bytes, ...(told.why ? { why: told.why } : {}) };
  if (told.member !== state.me?.id) {
    return change(state, told.offer, (offer) =>
      offer.ledger ? { ...offer, ledger: { ...offer.ledger, [told.member]: row } } : offer,
    );
  }
  const next = change(state, told.offer, (offer) => ({ ...offer, mine: told.state }));
  return { ...next, received: new Map([...state.received, [told.offer, told.bytes]]) };
}

/** Whether a recipient is where it was, with more bytes. */
export function isProgress(state: RoomState, told: OfferAnswered): boolean {
  const offer = state.offers.get(told.offer);
  const before = told.member === state.me?.id ? offer?.mine : offer?.ledger?.[told.member]?.state;
  return told.state === "receiving" && before === "receiving";
}

/** The whole of a file is with the host, which has its SHA-256. */
export function fileStored(state: RoomState, { offer: id, file, sha256 }: FileStored): RoomState {
  return change(state, id, (offer) => ({
    ...offer,
    hashes: offer.files.map((_, index) => (index === file ? sha256 : (offer.hashes[index] ?? null))),
  }));
}

/** Somebody accepted, or an upload was lost: the server wants these bytes. */
export function uploadWanted(state: RoomState, id: string, uploads: readonly FileUrl[]): RoomState {
  return change(state, id, (offer) => ({ ...offer, uploads: [...uploads] }));
}

/** The offer when a member is gone: what it has not received it never will. */
export function memberGone(offer: Offer, member: string): Offer {
  const row = offer.ledger?.[member];
  if (!row || row.state === "received") return offer;
  return { ...offer, ledger: { ...offer.ledger, [member]: { ...row, state: "gone" } } };
}

/** What is told changes an offer; one that is over has no addresses. */
function change(state: RoomState, id: string, by: (offer: Offer) => Offer): RoomState {
  const offer = state.offers.get(id);
  if (!offer) return state;
  const changed = by(offer);
  const left = goesOn(changed) ? changed : { ...changed, downloads: [], uploads: [], zip: null };
  return { ...state, offers: new Map([...state.offers, [id, left]]) };
}

export const totalOf = (files: readonly { size: number }[]): number =>
  files.reduce((sum, file) => sum + file.size, 0);

/** Whom a closed or settled row no longer concerns comes last; then by name. */
export function ledgerRows(state: RoomState, offer: Offer, rateOf: Moving["rateOf"]): LedgerRow[] {
  const told = new Map(Object.entries(offer.ledger ?? {}));
  for (const member of offer.state === "open" ? state.members.keys() : []) {
    if (member !== offer.by && !told.has(member)) told.set(member, { state: "pending", bytes: 0 });
  }
  return [...told].map(([member, at]) => row(state, member, at, rateOf)).sort((a, b) => a.name.localeCompare(b.name));
}

function row(state: RoomState, member: string, at: LedgerState, rateOf: Moving["rateOf"]): LedgerRow {
  const person = state.members.get(member) ?? state.people.get(member);
  const rate = at.state === "receiving" ? rateOf(member) : 0;
  return { ...at, member, name: person?.name ?? "?", colour: person?.colour ?? 0, rate };
}

/** What the page alone knows about an offer. */
export interface Moving {
  upload: OfferView["upload"];
  needsFiles: boolean;
  /** Bytes a second that reach a member. */
  rateOf: (member: string) => number;
  ahead: number;
  stalled: boolean;
}

/** The offer as a view draws it. */
export function viewOf(state: RoomState, offer: Offer, { rateOf, ...moving }: Moving): OfferView {
  const me = state.me?.id ?? "";
  const own = offer.by === me;
  return {
    ...offer,
    ...moving,
    own,
    goesOn: goesOn(offer),
    total: totalOf(offer.files),
    ledgerRows: own ? ledgerRows(state, offer, rateOf) : [],
    received: state.received.get(offer.id) ?? 0,
    rate: rateOf(me),
  };
}
