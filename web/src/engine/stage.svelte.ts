/** What of the session is shown: the state of the room, brought to the views once a frame. */
import type { Entry, Posted } from "../contract";
import type { News } from "../native/news.svelte";
import { Attention, isLooking } from "./attention";
import type { Cargo } from "./cargo";
import { lastSeq } from "./chunks";
import { onceAFrame, onceIn } from "./frames";
import type { Gallery } from "./gallery.svelte";
import type { Lobby, RoomListener } from "./lobby.svelte";
import type { Command } from "./outbox";
import { pendingOf, pictureOf, type Settling } from "./pending";
import * as rooms from "./room";
import type { Pending } from "./types";
import { Typists } from "./typing";

export interface Props {
  lobby: Lobby;
  cargo: Cargo;
  gallery: Gallery;
  /** The system's notifications; null in a browser. */
  news: News | null;
}

const NEWS: ReadonlySet<Entry["kind"]> = new Set(["said", "shown", "offered"]);

export class Stage implements RoomListener {
  state = $state.raw(rooms.nowhere);
  /** Grows with every frame that shows something new, also of what is not in the state. */
  frame = $state(0);
  pending = $state.raw<Pending[]>([]);
  typing = $state.raw<string[]>([]);
  unread = $state(0);
  sound = $state(false);
  readonly members = $derived(rooms.inOrder(this.state));
  readonly typists = new Typists();
  readonly changed = onceAFrame(() => this.show());
  /** Only numbers moved: four times a second is as often as anybody reads them. */
  readonly progressed = onceIn(250, this.changed);
  readonly #attention = new Attention();
  readonly #props: () => Props;
  #settling: Settling[] = [];
  #next: ReturnType<typeof setTimeout> | undefined;

  /** `props` tells what the stage is set with; it is asked once everything is made. */
  constructor(props: () => Props) {
    this.#props = props;
  }

  /** Shows the session as it is now. */
  show(): void {
    const { lobby, cargo, gallery } = this.#props();
    const session = lobby.session;
    if (!session) cargo.stop(this.state);
    else {
      const [before, now] = [this.state.room?.epoch, session.state.room?.epoch];
      if (before !== undefined && before !== now) gallery.clear();
      cargo.follow(session.state, Date.now());
      this.#settling = this.#settling.filter(({ seq }) => seq > lastSeq(session.state.chunks));
      this.pending = pendingOf(this.#settling, session.outboxes.current.commands);
      this.state = session.state;
    }
    this.typing = this.#typing();
    this.#showAgain(session !== null && cargo.moves(this.state));
    this.frame += 1;
    this.#attention.show(this.state.room?.title ?? lobby.hint?.title ?? "ChatApp", this.unread);
  }

  /** Changes the session's state and shows it. */
  update(change: (state: rooms.RoomState) => rooms.RoomState): void {
    const { session } = this.#props().lobby;
    if (session) session.update(change(session.state));
  }

  ring(): void {
    this.#attention.ring();
  }

  heardTyping(member: string): void {
    this.typists.heard(member, Date.now());
    this.changed();
  }

  posted(command: Command, answer: Posted): void {
    const { lobby, cargo } = this.#props();
    if (answer.offer) void cargo.sent(command.key, answer.offer.id);
    const last = lobby.session ? lastSeq(lobby.session.state.chunks) : 0;
    if (answer.seq > last) this.#settling.push({ command, seq: answer.seq });
    this.changed();
  }

  entry(entry: Entry): void {
    const { lobby, gallery, news } = this.#props();
    const picture = pictureOf(this.#settling, entry);
    if (picture) gallery.keep(entry.id, picture);
    this.typists.stopped(entry.by);
    if (!NEWS.has(entry.kind) || entry.by === lobby.session?.state.me?.id || isLooking()) return;
    this.unread += 1;
    if (this.sound) this.ring();
    news?.tell(entry);
  }

  #typing(): string[] {
    return this.typists.now(Date.now()).flatMap((id) => this.state.members.get(id)?.name ?? []);
  }

  /** What is shown changes by time alone while somebody types or something moves. */
  #showAgain(moves: boolean): void {
    clearTimeout(this.#next);
    const ends = this.typists.next();
    const wait = Math.min(ends === null ? Infinity : ends - Date.now(), moves ? 1000 : Infinity);
    if (wait < Infinity) this.#next = setTimeout(this.changed, wait);
  }
}
