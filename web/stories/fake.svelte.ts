import type { Chunks } from "../src/engine/chunks";
import { append } from "../src/engine/chunks";
import type { Picked } from "../src/engine/picked";
import type { App } from "../src/engine/program";
import type { Native } from "../src/native/native";
import type {
  ConnectionState,
  Engine,
  Ending,
  Entry,
  Failure,
  Limits,
  Member,
  Offer,
  OfferView,
  Resumed,
  Pending,
  Phase,
  Room,
  RoomHint,
  Toast,
  TrayItem,
} from "../src/engine/types";

const LIMITS: Limits = {
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
  free_bytes: 1e11,
};

/** An engine without a server: it answers each verb by changing what is shown, as a friendly room would. */
export class FakeEngine implements Engine {
  native: Native | null = null;
  readonly news = null;
  phase = $state<Phase>("room");
  hint = $state<RoomHint | null>({ id: "r1", title: "네트워크 실습실", pin: false, locked: false });
  ending = $state<Ending | null>(null);
  address = location.origin;
  shelf: App[] = [];
  failure = $state<Failure | null>(null);
  suggestedName = $state("다정한 수달");
  joinsAsHost = $state(false);
  pinFromLink = $state<string | null>(null);
  connection = $state<ConnectionState>("connected");
  me = $state.raw<Member | null>(null);
  room = $state.raw<Room | null>(null);
  limits = $state.raw<Limits | null>(LIMITS);
  members = $state.raw<Member[]>([]);
  typing = $state.raw<string[]>([]);
  addresses = $state.raw<string[]>([]);
  log = $state.raw<Chunks>([]);
  hasOlder = $state(false);
  loadingOlder = $state(false);
  pending = $state.raw<Pending[]>([]);
  unread = $state(0);
  sound = $state(false);
  tray = $state.raw<TrayItem[]>([]);
  toasts = $state.raw<Toast[]>([]);
  offers = $state.raw<ReadonlyMap<string, OfferView>>(new Map());
  pictures = $state.raw<ReadonlyMap<string, string>>(new Map());
  /** What was asked of the engine, for tests: ["say", "안녕"] */
  asked: unknown[][] = [];
  #keys = 0;

  get chunks(): Entry[][] {
    return this.log as Entry[][];
  }

  opens(members: Member[], me: Member, change: Partial<Room> = {}): this {
    this.members = members;
    this.me = me;
    const head = this.log.at(-1)?.at(-1)?.seq ?? 0;
    this.room = { id: "r1", title: "네트워크 실습실", epoch: "e1", head, pin: false, locked: false, limits: LIMITS, ...change };
    return this;
  }

  post(...entries: Entry[]): void {
    this.log = append(this.log, entries);
  }

  setOffer(offer: OfferView): void {
    this.offers = new Map([...this.offers, [offer.id, offer]]);
  }

  offer(id: string): OfferView | null {
    return this.offers.get(id) ?? null;
  }

  picture(entryId: string): string | null {
    return this.pictures.get(entryId) ?? null;
  }

  async join(name: string, pin?: string): Promise<void> {
    this.asked.push(["join", name, pin]);
    this.phase = "room";
  }

  say(text: string): void {
    this.asked.push(["say", text]);
    const seq = (this.log.at(-1)?.at(-1)?.seq ?? 0) + 1;
    const { id, name, colour } = this.me as Member;
    this.post({ kind: "said", seq, id: `e${seq}`, at: Date.now(), by: id, name, colour, text });
  }

  addFiles(files: Picked[]): void {
    const items = files.map(({ file }): TrayItem => {
      const isPicture = file.type.startsWith("image/");
      const about = { key: `t${++this.#keys}`, files: [{ file }], name: file.name, size: file.size, state: "ready" as const };
      return isPicture ? { ...about, kind: "picture", preview: URL.createObjectURL(file) } : { ...about, kind: "file" };
    });
    this.tray = [...this.tray, ...items];
  }

  removeFromTray(key: string): void {
    this.tray = this.tray.filter((item) => item.key !== key);
  }

  sendTray(): void {
    this.asked.push(["sendTray", this.tray.map((item) => item.name)]);
    this.tray = [];
  }

  retry(key: string): void {
    this.pending = this.pending.map((one) => (one.key === key ? { ...one, state: "sending" } : one));
  }

  discard(key: string): void {
    this.pending = this.pending.filter((one) => one.key !== key);
  }

  async answer(id: string, accept: boolean): Promise<Failure | null> {
    this.asked.push(["answer", id, accept]);
    return this.#change(id, { mine: accept ? "accepted" : "declined" });
  }

  async withdraw(id: string): Promise<Failure | null> {
    this.asked.push(["withdraw", id]);
    return this.#change(id, { state: "withdrawn" });
  }

  #change(id: string, change: Partial<Offer>): Failure | null {
    const offer = this.offer(id);
    if (!offer) return { code: "unknown-offer" };
    this.setOffer({ ...offer, ...change });
    return null;
  }

  async resumeFiles(): Promise<Resumed> {
    return "other";
  }

  download(offer: string, part: number | "zip"): void {
    this.asked.push(["download", offer, part]);
  }

  downloadAgain(offer: string): void {
    this.asked.push(["downloadAgain", offer]);
  }

  async loadOlder(): Promise<void> {
    this.asked.push(["loadOlder"]);
  }

  wantPicture(entryId: string): void {
    this.asked.push(["wantPicture", entryId]);
  }

  isTyping(): void {}

  markRead(): void {
    this.unread = 0;
  }

  setSound(on: boolean): void {
    this.sound = on;
  }

  async rename(name: string): Promise<Failure | null> {
    if (name === "방장") return { code: "name-reserved" };
    this.me = { ...(this.me as Member), name };
    this.members = this.members.map((one) => (one.id === this.me?.id ? this.me : one));
    return null;
  }

  async leave(): Promise<void> {
    this.ending = "left";
    this.phase = "ended";
  }

  again(): void {
    this.phase = "welcome";
  }

  async remove(member: string): Promise<Failure | null> {
    this.asked.push(["remove", member]);
    this.members = this.members.filter((one) => one.id !== member);
    return null;
  }

  async configure(change: { title?: string; pin?: string | null; locked?: boolean }): Promise<Failure | null> {
    const { pin, ...rest } = change;
    const room = this.room as Room;
    this.room = { ...room, ...rest, pin: pin === undefined ? room.pin : pin !== null };
    return null;
  }

  async close(): Promise<Failure | null> {
    this.ending = "closed";
    this.phase = "ended";
    return null;
  }

  dismissToast(key: string): void {
    this.toasts = this.toasts.filter((toast) => toast.key !== key);
  }

  apps(): Promise<App[]> {
    return Promise.resolve(this.shelf);
  }
  toast(message: string, values?: Record<string, string | number>, tone: Toast["tone"] = "info"): void {
    this.toasts = [...this.toasts, { key: `k${++this.#keys}`, message, tone, ...(values ? { values } : {}) }];
  }
}
