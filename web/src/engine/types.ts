/**
 * What the views see of the engine. The engine owns the socket, the log, the outbox and the transfers;
 * the views draw what is here and call the verbs. Every field is reactive (Svelte runes in engine.svelte.ts).
 */
import type { Code, Entry, LedgerState, Limits, Member, Offer, OfferState, RecipientState, Room } from "../contract";
import type { MessageKey } from "../i18n/index.svelte";
import type { Native } from "../native/native";
import type { News } from "../native/news.svelte";
import type { Picked } from "./picked";
import type { App } from "./program";

/** Where the person is. `joining` shows the join screen's button as busy. */
export type Phase = "loading" | "unreachable" | "welcome" | "joining" | "room" | "ended";

/** Why a room is over for this page. `left` is the person's own exit. */
export type Ending = "left" | "removed" | "closed";

/** A code of the contract, or what only the page can know. */
export type Problem =
  | Code
  | "unreachable"
  | "unreadable-picture"
  | "unreadable-file"
  | "changed-file"
  | "nothing-to-send"
  | "storage-unavailable";

export interface Failure {
  code: Problem;
  retryMs?: number;
}

/** A join that the room refused, and what it was tried with. */
export interface TurnedAway {
  name: string;
  pin: string | null;
  code: Problem;
}

/** What GET /healthz tells before the join. */
export interface RoomHint {
  id: string;
  title: string;
  pin: boolean;
  locked: boolean;
}

/** An own command that is not yet an entry: shown at the end of the list. */
export interface Pending {
  key: string;
  kind: "say" | "show" | "offer";
  at: number;
  text?: string;
  /** object URL or data URL for the preview */
  image?: string;
  width?: number;
  height?: number;
  files?: { name: string; size: number; type: string }[];
  state: "sending" | "failed";
  failure?: Failure;
}

/** A picture, a file or a folder in the preview tray, before anything is sent. */
export interface TrayItem {
  key: string;
  kind: "picture" | "file" | "folder";
  files: Picked[];
  name: string;
  size: number;
  /** pictures only: an object URL */
  preview?: string;
  state: "preparing" | "ready" | "failed";
  failure?: Failure;
}

/** One recipient's row on the sender's card. */
export interface LedgerRow extends LedgerState {
  member: string;
  name: string;
  colour: number;
  /** Bytes a second, while it is receiving. */
  rate: number;
}

/** What became of files that were picked again for an offer. */
export type Resumed = "resumed" | "other" | "changed";

/** A live offer as this page shows it; the entry in the log holds only what never changes. */
export interface OfferView extends Offer {
  total: number;
  own: boolean;
  /** bytes may still move: it is open, or has expired while somebody was receiving */
  goesOn: boolean;
  ledgerRows: LedgerRow[];
  /** the sender's upload, or null when nothing moves */
  upload: { sent: number; total: number; rate: number } | null;
  /** the sender's page has not got the files (reload), or not as they were offered: the person must pick them again */
  needsFiles: boolean;
  /** the receiver: bytes that reached this member so far, and bytes a second */
  received: number;
  rate: number;
  /** the receiver: how many offers this page fetches before it, and whether nothing of it has moved for a while */
  ahead: number;
  stalled: boolean;
}

export type ConnectionState = "connected" | "reconnecting" | "offline";

export interface Toast {
  key: string;
  /** a key of the i18n dictionaries, with its values */
  message: string;
  values?: Record<string, string | number>;
  tone: "info" | "ok" | "problem";
  /** What can be done about it: the key of the button's words, and what it does. */
  action?: { message: MessageKey; act: () => void };
}

export interface Engine {
  /** Where the room is: `http://HOST:PORT`. */
  readonly address: string;
  /** The program around the window; null in a browser. */
  readonly native: Native | null;
  /** The system's notifications; null in a browser. */
  readonly news: News | null;
  readonly phase: Phase;
  readonly hint: RoomHint | null;
  readonly ending: Ending | null;
  readonly failure: Failure | null; // of the last join, beside the field that it concerns
  readonly suggestedName: string; // last time's, else a friendly random one
  readonly joinsAsHost: boolean; // this browser holds the host's token
  readonly pinFromLink: string | null;

  readonly connection: ConnectionState;
  readonly me: Member | null;
  readonly room: Room | null;
  readonly limits: Limits | null;
  readonly members: Member[]; // host first, then oneself, then by name
  readonly typing: string[]; // names of others who type now
  readonly addresses: string[]; // the host's page only: links to share, best first

  /** Entries in chunks of 50, ascending; a full chunk never changes, so a view can be keyed by it. */
  readonly chunks: Entry[][];
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  readonly pending: Pending[];
  /** how many words, pictures and offers of others came since the window was last in front */
  readonly unread: number;
  /** whether a soft sound tells of them; kept over a reload */
  readonly sound: boolean;
  offer(id: string): OfferView | null;
  /** object/data URL of a shown entry's picture, loaded one at a time on demand; null while loading */
  picture(entryId: string): string | null;

  readonly tray: TrayItem[];
  readonly toasts: Toast[];

  join(name: string, pin?: string): Promise<void>;
  say(text: string): void;
  /** Pasted, dropped or picked: pictures become tray pictures (scaled, EXIF gone), folders stay together, all else is files. */
  addFiles(files: Picked[]): void;
  removeFromTray(key: string): void;
  /** Sends the tray: each picture as `show`, all files and folders as one `offer`. */
  sendTray(): void;
  retry(key: string): void;
  discard(key: string): void;
  /** `asZip`: all files as one download; a folder is one anyway. */
  answer(offer: string, accept: boolean, asZip?: boolean): Promise<Failure | null>;
  withdraw(offer: string): Promise<Failure | null>;
  /** After a reload: the person picked files again; those that are the same go on. */
  resumeFiles(offer: string, files: Picked[]): Promise<Resumed>;
  /** Starts (again) the browser's download of one accepted file, or of all as a zip. */
  download(offer: string, part: number | "zip"): void;
  /** Begins again what was started of an offer and has stopped. */
  downloadAgain(offer: string): void;
  loadOlder(): Promise<void>;
  wantPicture(entryId: string): void;
  isTyping(): void;
  markRead(): void;
  setSound(on: boolean): void;
  rename(name: string): Promise<Failure | null>;
  leave(): Promise<void>;
  /** From the `ended` or `unreachable` phase: look for the room again. */
  again(): void;

  // the host
  remove(member: string): Promise<Failure | null>;
  configure(change: { title?: string; pin?: string | null; locked?: boolean }): Promise<Failure | null>;
  close(): Promise<Failure | null>;
  dismissToast(key: string): void;
  /** the program's archives that the host can give */
  apps(): Promise<App[]>;
  toast(message: string, values?: Record<string, string | number>, tone?: Toast["tone"]): void;
}

export type { Code, Entry, Limits, Member, Offer, OfferState, RecipientState, Room };
