/** The engine as the views see it: the verbs of a person, and what they make the page show. */
import type { Entry, Member } from "../contract";
import type { Native, Outcome, Target } from "../native/native";
import { News } from "../native/news.svelte";
import { isLooking } from "./attention";
import { Cargo } from "./cargo";
import { firstSeq } from "./chunks";
import { Gallery } from "./gallery.svelte";
import { type Link, randomName, takeLink } from "./identity";
import { browserStore, type KeyStore } from "./keystore";
import { failureOf, Lobby } from "./lobby.svelte";
import * as offers from "./offers";
import type { Content } from "./outbox";
import { plainText } from "./pending";
import type { Picked } from "./picked";
import { type App, appsOf } from "./program";
import * as rooms from "./room";
import { Stage } from "./stage.svelte";
import { Tab } from "./tab";
import { Toasts } from "./toasts.svelte";
import { Tray } from "./tray.svelte";
import type * as seen from "./types";

const IMAGE_BYTES = 2 * 2 ** 20;
const SOUND = "chatapp:sound";

interface Setting {
  /** Where the room is: `http://HOST:PORT`. */
  address: string;
  link: Link;
  /** What outlives the page. */
  store: KeyStore;
  /** The program around the window; null in a browser. */
  native: Native | null;
  /** Takes a refused join back to where the name was given; null where that is this page. */
  sendBack: ((why: seen.TurnedAway) => void) | null;
}

class ChatEngine implements seen.Engine {
  loadingOlder = $state(false);
  readonly address: string;
  readonly native: Native | null;
  readonly news: News | null;
  readonly #tab: Tab;
  readonly #toasts = new Toasts();
  readonly #tray = new Tray(() => this.limits?.image_bytes ?? IMAGE_BYTES);
  readonly #gallery = new Gallery((entry) => this.#fetchPicture(entry));
  readonly #stage: Stage;
  readonly #cargo: Cargo;
  readonly #lobby: Lobby;
  #toldUnkept = false;

  constructor({ address, link, store, native, sendBack }: Setting) {
    this.address = address;
    this.native = native;
    this.news = native && new News(store, (said) => native.tell("notify", said), isLooking);
    this.#tab = new Tab(store, () => this.#unkept());
    const props = () => ({ lobby: this.#lobby, cargo: this.#cargo, gallery: this.#gallery, news: this.news });
    this.#stage = new Stage(props);
    this.#stage.sound = this.#tab.store.get(SOUND) === "on";
    this.#cargo = new Cargo(address, store, native?.state.saves ? native : null, {
      moved: this.#stage.progressed,
      saved: (outcome, name) => this.#saved(outcome, name),
      stuck: (_offer, file, problem) => this.toast(`problem.${problem}`, { file }, "problem"),
    });
    this.#lobby = new Lobby(address, link, this.#tab, this.#stage, sendBack);
    void this.#lobby.look();
  }

  // -- where the person is --
  get phase(): seen.Phase {
    return this.#lobby.phase;
  }
  get hint(): seen.RoomHint | null {
    return this.#lobby.hint;
  }
  get ending(): seen.Ending | null {
    return this.#lobby.ending;
  }
  get failure(): seen.Failure | null {
    return this.#lobby.failure;
  }
  get connection(): seen.ConnectionState {
    return this.#lobby.connection;
  }
  get suggestedName(): string {
    return this.#lobby.suggestedName;
  }
  get joinsAsHost(): boolean {
    return this.#lobby.joinsAsHost;
  }
  get pinFromLink(): string | null {
    return this.#lobby.pinFromLink;
  }
  get addresses(): string[] {
    const pin = this.room?.pin ? this.#lobby.pin : null;
    return this.#lobby.addresses.map((address) => (pin ? `${address.replace(/\/$/, "")}/#pin=${pin}` : address));
  }

  // -- the room --
  get me(): Member | null {
    return this.#stage.state.me;
  }
  get room(): seen.Room | null {
    return this.#stage.state.room;
  }
  get limits(): seen.Limits | null {
    return this.#stage.state.room?.limits ?? null;
  }
  get members(): Member[] {
    return this.#stage.members;
  }
  get typing(): string[] {
    return this.#stage.typing;
  }
  get pending(): seen.Pending[] {
    return this.#stage.pending;
  }
  get unread(): number {
    return this.#stage.unread;
  }
  get sound(): boolean {
    return this.#stage.sound;
  }
  get chunks(): Entry[][] {
    return this.#stage.state.chunks as Entry[][];
  }
  get hasOlder(): boolean {
    return rooms.hasOlder(this.#stage.state);
  }
  get tray(): seen.TrayItem[] {
    return this.#tray.items;
  }
  get toasts(): seen.Toast[] {
    return this.#toasts.list;
  }

  offer(id: string): seen.OfferView | null {
    void this.#stage.frame;
    const offer = this.#stage.state.offers.get(id);
    if (!offer) return null;
    return offers.viewOf(this.#stage.state, offer, this.#cargo.moving(this.#stage.state, offer, Date.now()));
  }

  picture(entryId: string): string | null {
    return this.#gallery.url(entryId);
  }

  wantPicture(entryId: string): void {
    this.#gallery.want(entryId);
  }

  // -- coming and going --
  join(name: string, pin?: string): Promise<void> {
    return this.#lobby.join(name, pin);
  }

  async leave(): Promise<void> {
    await this.#lobby.ask("leave", {});
    this.#lobby.end("left");
  }

  again(): void {
    this.#lobby.again();
  }

  async rename(name: string): Promise<seen.Failure | null> {
    const answer = await this.#lobby.ask("rename", { name });
    if (!answer.ok) return failureOf(answer);
    this.#lobby.identity.sit(this.room?.id ?? "", answer.you.name);
    this.#stage.update((state) => rooms.memberChanged(state, answer.you));
    return null;
  }

  // -- posting --
  say(text: string): void {
    const plain = plainText(text);
    if (plain.trim()) this.#post({ kind: "say", text: plain });
  }

  addFiles(files: Picked[]): void {
    this.#tray.add(files);
  }

  removeFromTray(key: string): void {
    this.#tray.remove(key);
  }

  sendTray(): void {
    const count = this.tray.filter(({ kind }) => kind !== "picture").reduce((sum, { files }) => sum + files.length, 0);
    const most = this.limits?.offer_files ?? count;
    if (count > most) return this.toast("tray.too-many", { count, most }, "problem");
    for (const { content, files } of this.#tray.take()) this.#post(content, files);
  }

  retry(key: string): void {
    this.#lobby.session?.outboxes.current.retry(key, Date.now());
    this.#flush();
  }

  discard(key: string): void {
    this.#cargo.unpack(key);
    this.#lobby.session?.outboxes.current.discard(key);
    this.#flush();
  }

  isTyping(): void {
    if (this.#lobby.session?.isInside && this.#stage.typists.mayTell(Date.now())) void this.#lobby.ask("typing", {});
  }

  // -- offers --
  async answer(offer: string, accept: boolean, asZip = false): Promise<seen.Failure | null> {
    const answer = await this.#lobby.ask("answer", { offer, accept });
    if (!answer.ok) return failureOf(answer);
    this.#stage.update((state) => offers.offerTold(state, answer.offer));
    if (accept) this.#cargo.accepted(answer.offer, asZip);
    return null;
  }

  async withdraw(offer: string): Promise<seen.Failure | null> {
    const answer = await this.#lobby.ask("withdraw", { offer });
    if (!answer.ok) return failureOf(answer);
    this.#stage.update((state) => offers.offerTold(state, answer.offer));
    return null;
  }

  async resumeFiles(offer: string, files: Picked[]): Promise<seen.Resumed> {
    const known = this.#stage.state.offers.get(offer);
    const resumed = known ? await this.#cargo.resume(known, files) : "other";
    this.#stage.changed();
    return resumed;
  }

  download(offer: string, part: number | "zip"): void {
    const known = this.#stage.state.offers.get(offer);
    if (known) this.#cargo.download(known, part);
  }

  downloadAgain(offer: string): void {
    const known = this.#stage.state.offers.get(offer);
    if (known) this.#cargo.downloadAgain(known);
    this.#stage.changed();
  }

  // -- the list --
  async loadOlder(): Promise<void> {
    if (this.loadingOlder || !this.hasOlder) return;
    this.loadingOlder = true;
    const answer = await this.#lobby.ask("history", { before: firstSeq(this.#stage.state.chunks), limit: 100 });
    if (answer.ok) this.#stage.update((state) => rooms.tookOlder(state, answer.entries));
    this.#stage.show();
    this.loadingOlder = false;
  }

  markRead(): void {
    if (this.unread === 0) return;
    this.#stage.unread = 0;
    this.#stage.changed();
  }

  setSound(on: boolean): void {
    this.#stage.sound = on;
    this.#tab.store.set(SOUND, on ? "on" : "off");
    if (on) this.#stage.ring();
  }

  // -- the host --
  async remove(member: string): Promise<seen.Failure | null> {
    return failureOf(await this.#lobby.ask("remove", { member }));
  }

  async configure(change: { title?: string; pin?: string | null; locked?: boolean }): Promise<seen.Failure | null> {
    const answer = await this.#lobby.ask("configure", change);
    if (!answer.ok) return failureOf(answer);
    if (change.pin !== undefined) this.#lobby.keepPin(change.pin);
    this.#stage.update((state) => rooms.roomChanged(state, answer.room));
    return null;
  }

  async close(): Promise<seen.Failure | null> {
    return failureOf(await this.#lobby.ask("close", {}));
  }

  apps(): Promise<App[]> {
    return appsOf(this.address);
  }
  toast(message: string, values?: seen.Toast["values"], tone: seen.Toast["tone"] = "info"): void {
    this.#toasts.add(message, values, tone);
  }

  dismissToast(key: string): void {
    this.#toasts.dismiss(key);
  }

  // -- inside --
  #post(content: Content, files: File[] = []): void {
    const session = this.#lobby.session;
    if (!session) return;
    const key = randomName(9);
    this.#cargo.pack(key, files);
    session.outboxes.current.add(key, Date.now(), content);
    this.#flush();
  }

  #flush(): void {
    this.#lobby.session?.flush();
    this.#stage.changed();
  }

  async #fetchPicture(id: string): Promise<string | null> {
    const answer = await this.#lobby.ask("picture", { id });
    if (answer.ok) return answer.image;
    return answer.code === "unknown-entry" ? "" : null;
  }

  #saved(outcome: Outcome, name: string): void {
    if (outcome === "cancelled") return;
    const shows = { message: "saved.reveal", act: () => this.native?.tell("reveal") } as const;
    if (outcome === "saved") this.#toasts.add("saved.saved", { file: name }, "ok", shows);
    else this.toast(`saved.${outcome}`, { file: name }, "problem");
  }

  #unkept(): void {
    if (this.#toldUnkept) return;
    this.#toldUnkept = true;
    this.toast("problem.storage-unavailable", undefined, "problem");
  }
}

/** The engine of a page that was served by the room itself. */
export const createEngine = (): seen.Engine =>
  new ChatEngine({
    address: location.origin,
    link: takeLink(location, history),
    store: browserStore(() => localStorage),
    native: null,
    sendBack: null,
  });

/** The engine of the window, whose page comes from the program and speaks with a room elsewhere. One's own room stays open when it refuses a name. */
export const createNativeEngine = (native: Native, target: Target, store: KeyStore): seen.Engine =>
  new ChatEngine({
    address: target.address,
    link: { ...target },
    store,
    native,
    sendBack: target.host ? null : (why) => void native.turnedAway(why),
  });
