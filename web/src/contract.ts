// Generated from chatapp/protocol.py by scripts/contract.py. Do not edit: change it there.

export const PROTOCOL = 1;

/** How many name colours the page's palette has. */
export const COLOURS = 18;

/** How many commands of one outbox may be unacknowledged. */
export const OUTBOX_WINDOW = 64;

/** How long a room's title may be, in code points. */
export const TITLE_CHARS = 60;

export type OfferState = "open" | "withdrawn" | "expired" | "sender-left";

export type RecipientState =
  | "pending"
  | "accepted"
  | "declined"
  | "receiving"
  | "received"
  | "failed"
  | "gone";

export type FailedWhy = "cancelled" | "changed" | "unreadable" | "spool";

/** The codes that an acknowledgement can carry, in the contract's order. */
export const CODES = [
  "malformed",
  "unknown-command",
  "not-joined",
  "name-taken",
  "name-invalid",
  "name-reserved",
  "pin-required",
  "pin-wrong",
  "room-full",
  "room-locked",
  "was-removed",
  "gap",
  "text-empty",
  "text-too-long",
  "image-type",
  "image-too-large",
  "file-name",
  "file-size",
  "too-many-files",
  "unknown-offer",
  "unknown-entry",
  "unknown-member",
  "offer-closed",
  "not-yours",
  "not-host",
  "slow-down",
  "storage-full",
  "internal",
] as const;
export type Code = (typeof CODES)[number];

/** The codes that an HTTP answer can carry, with their status. */
export const HTTP_CODES = [
  "malformed",
  "bad-origin",
  "not-found",
  "method-not-allowed",
  "wrong-offset",
  "offer-closed",
  "too-large",
  "range-invalid",
  "bad-host",
  "not-wanted",
  "slow-down",
  "internal",
  "storage-full",
] as const;
export type HttpCode = (typeof HTTP_CODES)[number];

/** How much of everything one may send; `free_bytes` is what there is room for now. */
export interface Limits {
  name_chars: number;
  name_bytes: number;
  text_chars: number;
  frame_bytes: number;
  inline_bytes: number;
  image_bytes: number;
  image_pixels: number;
  page_entries: number;
  page_bytes: number;
  offer_files: number;
  members: number;
  rate: number;
  burst: number;
  free_bytes: number;
}

/** One person as everybody sees it; `colour` is an index into the page's palette, `online` any joined socket. */
export interface Member {
  id: string;
  name: string;
  colour: number;
  online: boolean;
  host: boolean;
}

/** The room as everybody in it sees it; another `epoch` is another history. */
export interface Room {
  id: string;
  title: string;
  epoch: string;
  head: number;
  pin: boolean;
  locked: boolean;
  limits: Limits;
}

/**
 * One file of an offer: its cleaned name, its size in bytes, its media type as the sender says it.
 *
 * `path`: where it was inside what was dropped, its name included, parts apart by /; a plain file has none.
 */
export interface OfferFile {
  name: string;
  size: number;
  type: string;
  path?: string;
}

/** Where one file of an offer goes to or comes from; `file` is an index into the offer's files. */
export interface FileUrl {
  file: number;
  url: string;
}

/** How far one recipient is; `why` where it is known of one that failed. */
export interface LedgerState {
  state: RecipientState;
  bytes: number;
  why?: FailedWhy;
}

/**
 * An offer as one member sees it: `mine` is null for the sender, `ledger` is null for all others.
 *
 * `zip`: all files as one download, where there are several. `hashes`: the SHA-256 of each, as far as they are known.
 */
export interface Offer {
  id: string;
  by: string;
  files: OfferFile[];
  at: number;
  expires_at: number;
  state: OfferState;
  mine: RecipientState | null;
  downloads: FileUrl[];
  uploads: FileUrl[];
  ledger: Record<string, LedgerState> | null;
  zip: string | null;
  hashes: (string | null)[];
}

/** What of an offer stands in the log: only what never changes. */
export interface OfferHead {
  id: string;
  files: OfferFile[];
  expires_at: number;
}

/** Somebody said a text. */
export interface Said {
  kind: "said";
  seq: number;
  id: string;
  at: number;
  by: string;
  name: string;
  colour: number;
  text: string;
}

/** Somebody showed a picture; `image` is null when it is longer than limits.inline_bytes. */
export interface Shown {
  kind: "shown";
  seq: number;
  id: string;
  at: number;
  by: string;
  name: string;
  colour: number;
  image: string | null;
  width: number;
  height: number;
  bytes: number;
}

/** Somebody offered files. */
export interface Offered {
  kind: "offered";
  seq: number;
  id: string;
  at: number;
  by: string;
  name: string;
  colour: number;
  offer: OfferHead;
}

/** Somebody came. */
export interface Joined {
  kind: "joined";
  seq: number;
  id: string;
  at: number;
  by: string;
  name: string;
  colour: number;
}

/** Somebody went, or stayed away longer than the grace period. */
export interface Left {
  kind: "left";
  seq: number;
  id: string;
  at: number;
  by: string;
  name: string;
  colour: number;
}

/** Somebody was removed by the host. */
export interface Removed {
  kind: "removed";
  seq: number;
  id: string;
  at: number;
  by: string;
  name: string;
  colour: number;
}

/** Somebody has another name; `name` is the new one. */
export interface Renamed {
  kind: "renamed";
  seq: number;
  id: string;
  at: number;
  by: string;
  name: string;
  colour: number;
  old: string;
}

/** Take a seat, or come back to it; on a socket that has joined, ask for what was missed. */
export interface Join {
  token: string;
  name: string;
  outbox?: string;
  since?: number;
  epoch?: string;
  pin?: string;
}

/** Say a text to everyone. */
export interface Say {
  mid: number;
  text: string;
}

/** Show a picture to everyone: a base64 data URL of PNG, JPEG, GIF or WebP. */
export interface Show {
  mid: number;
  image: string;
}

/** One file as the sender names it, with its path where it was part of a folder. */
export interface FileToOffer {
  name: string;
  size: number;
  type: string;
  path?: string;
}

/** Offer files to everyone, with one consent for all of them. */
export interface OfferFiles {
  mid: number;
  files: FileToOffer[];
}

/** Accept or decline somebody's offer; declining what was accepted cancels it. */
export interface Answer {
  offer: string;
  accept: boolean;
}

/** Take back an own offer; no byte leaves after the acknowledgement. */
export interface Withdraw {
  offer: string;
}

/** Take another name. */
export interface Rename {
  name: string;
}

/** Ask for a page of entries: the newest before a seq, the oldest after one, or the newest of all. */
export interface History {
  before?: number;
  after?: number;
  limit?: number;
}

/** Ask for the picture of a shown entry. */
export interface PictureOf {
  id: string;
}

/** Tell the others that one is typing. */
export type Typing = Record<string, never>;

/** Go: this socket at once, and the member with its last one. */
export type Leave = Record<string, never>;

/** Remove a member for good; the host's alone. */
export interface Remove {
  member: string;
}

/** Change the room's title, PIN (null: none) or lock; the host's alone. */
export interface Configure {
  title?: string;
  pin?: string | null;
  locked?: boolean;
}

/** Close the room; the host's alone. */
export type Close = Record<string, never>;

/** An offer's own state is another. */
export interface OfferChanged {
  offer: string;
  state: OfferState;
}

/** How far one recipient of an offer is: told to the sender and to that member. */
export interface OfferAnswered {
  offer: string;
  member: string;
  state: RecipientState;
  bytes: number;
  why?: FailedWhy;
}

/** The whole of one file is with the host: told to the sender and to those who accepted; `sha256`: 64 digits. */
export interface FileStored {
  offer: string;
  file: number;
  sha256: string;
}

/** Somebody accepted: the sender may send the bytes. */
export interface UploadWanted {
  offer: string;
  uploads: FileUrl[];
}

/** Somebody is typing. */
export interface WasTyping {
  member: string;
}

/** The host removed this member; told just before its sockets close. */
export interface WasRemoved {
  reason: "host";
}

/** The room ends: "closed" for good, "stopping" until its program starts again. */
export interface RoomClosed {
  reason: "closed" | "stopping";
}

/** A command was done. */
export interface Ack {
  ok: true;
}

/**
 * The answer to join: who one is, who is here, and the first page of what was missed.
 *
 * `addresses` is for the host alone (links to share, best first), an addition to the contract; others get none.
 */
export interface Welcome {
  ok: true;
  you: Member;
  room: Room;
  members: Member[];
  entries: Entry[];
  offers: Offer[];
  last_mid: number;
  addresses?: string[];
}

/** The answer to say, show and offer: the entry's seq (and the offer, where it is one). */
export interface Posted {
  ok: true;
  seq: number;
  offer?: Offer;
}

/** The answer to answer and withdraw: the offer as one sees it now. */
export interface Answered {
  ok: true;
  offer: Offer;
}

/** The answer to rename: oneself. */
export interface You {
  ok: true;
  you: Member;
}

/** The answer to history: ascending entries, and the newest seq of all. */
export interface Page {
  ok: true;
  entries: Entry[];
  head: number;
}

/** The answer to picture: the data URL. */
export interface PictureData {
  ok: true;
  image: string;
}

/** The answer to configure: the room as it is now. */
export interface Configured {
  ok: true;
  room: Room;
}

/** One line of the room. It never changes. */
export type Entry = Said | Shown | Offered | Joined | Left | Removed | Renamed;

/** A command was refused: `at` with malformed, `expected` with gap, `retry_ms` with slow-down. */
export interface Refusal {
  ok: false;
  code: Code;
  at?: string;
  expected?: number;
  retry_ms?: number;
}

/** Each command: what it carries, and its acknowledgement. */
export interface Commands {
  join: { fields: Join; ack: Welcome };
  say: { fields: Say; ack: Posted };
  show: { fields: Show; ack: Posted };
  offer: { fields: OfferFiles; ack: Posted };
  answer: { fields: Answer; ack: Answered };
  withdraw: { fields: Withdraw; ack: Answered };
  rename: { fields: Rename; ack: You };
  history: { fields: History; ack: Page };
  picture: { fields: PictureOf; ack: PictureData };
  typing: { fields: Typing; ack: Ack };
  leave: { fields: Leave; ack: Ack };
  remove: { fields: Remove; ack: Ack };
  configure: { fields: Configure; ack: Configured };
  close: { fields: Close; ack: Ack };
}

/** Each event with its payload. */
export interface Events {
  "posted": Entry;
  "member-changed": Member;
  "offer-changed": OfferChanged;
  "offer-answered": OfferAnswered;
  "file-stored": FileStored;
  "upload-wanted": UploadWanted;
  "was-typing": WasTyping;
  "room-changed": Room;
  "removed": WasRemoved;
  "room-closed": RoomClosed;
}
