/** Offers as this member sees them: what the server tells about one goes in, the next one comes out. Pure. */
import type { FileUrl, Offer, OfferAnswered, Offered, OfferState, RecipientState } from "../contract";
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

/** The offer's own state is another; one that is over has no addresses. */
export function offerChanged(state: RoomState, id: string, to: OfferState): RoomState {
  return change(state, id, (offer) => {
    const changed = { ...offer, state: to };
    return goesOn(changed) ? changed : { ...changed, downloads: [], uploads: [] };
  });
}

/** A recipient is somewhere else: a row of the sender's ledger, or this member's own state. */
export function offerAnswered(state: RoomState, told: OfferAnswered): RoomState {
  const row = { state: told.state, bytes: told.bytes };
  if (told.member !== state.me?.id) {
    return change(state, told.offer, (offer) =>
      offer.ledger ? { ...offer, ledger: { ...offer.ledger, [told.member]: row } } : offer,
    );
  }
  const next = change(state, told.offer, (offer) => ({ ...offer, mine: told.state }));
  return { ...next, received: new Map([...state.received, [told.offer, told.bytes]]) };
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

function change(state: RoomState, id: string, by: (offer: Offer) => Offer): RoomState {
  const offer = state.offers.get(id);
  return offer ? { ...state, offers: new Map([...state.offers, [id, by(offer)]]) } : state;
}

export const totalOf = (files: readonly { size: number }[]): number =>
  files.reduce((sum, file) => sum + file.size, 0);

/** Whom a closed or settled row no longer concerns comes last; then by name. */
export function ledgerRows(state: RoomState, offer: Offer): LedgerRow[] {
  const told = Object.entries(offer.ledger ?? {});
  const rows = new Map(told.map(([member, at]) => [member, row(state, member, at.state, at.bytes)]));
  for (const member of offer.state === "open" ? state.members.keys() : []) {
    if (member !== offer.by && !rows.has(member)) rows.set(member, row(state, member, "pending", 0));
  }
  return [...rows.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function row(state: RoomState, member: string, at: RecipientState, bytes: number): LedgerRow {
  const person = state.members.get(member) ?? state.people.get(member);
  return { member, name: person?.name ?? "?", colour: person?.colour ?? 0, state: at, bytes };
}

/** What the page alone knows about an offer. */
export interface Moving {
  upload: OfferView["upload"];
  needsFiles: boolean;
  rate: number;
}

/** The offer as a view draws it. */
export function viewOf(state: RoomState, offer: Offer, moving: Moving): OfferView {
  const own = offer.by === state.me?.id;
  return {
    ...offer,
    ...moving,
    own,
    goesOn: goesOn(offer),
    total: totalOf(offer.files),
    ledgerRows: own ? ledgerRows(state, offer) : [],
    received: state.received.get(offer.id) ?? 0,
  };
}
