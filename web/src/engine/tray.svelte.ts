/** What was pasted, dropped or picked, until it is sent. */
import type { FileToOffer } from "../contract";
import type { Content } from "./outbox";
import { byPath, folderOf, type Picked } from "./picked";
import { type Prepared, prepare, Unshowable } from "./pictures";
import type { Failure, TrayItem } from "./types";

export interface Parcel {
  content: Content;
  /** The files of an offer. */
  files: File[];
}

export class Tray {
  items = $state.raw<TrayItem[]>([]);
  readonly #prepared = new Map<string, Prepared>();
  readonly #maxBytes: () => number;
  #next = 1;

  /** `maxBytes` tells how large a picture may be. */
  constructor(maxBytes: () => number) {
    this.#maxBytes = maxBytes;
  }

  add(files: readonly Picked[]): void {
    for (const one of files) {
      if (one.path !== undefined) this.#inFolder(folderOf(one.path), one);
      else this.#alone(one.file);
    }
  }

  remove(key: string): void {
    for (const item of this.items) if (item.key === key && item.preview) URL.revokeObjectURL(item.preview);
    this.items = this.items.filter((item) => item.key !== key);
    this.#prepared.delete(key);
  }

  /** Empties the tray: each picture for itself, all files together. What is not ready stays. */
  take(): Parcel[] {
    const ready = this.items.filter((item) => item.state === "ready");
    const parcels = ready.flatMap((item) => this.#shown(item));
    const files = ready.flatMap((item) => (item.kind === "picture" ? [] : [...item.files].sort(byPath)));
    const content = { kind: "offer", files: files.map(named) } as const;
    if (files.length > 0) parcels.push({ content, files: files.map(({ file }) => file) });
    for (const item of ready) this.remove(item.key);
    return parcels;
  }

  #alone(file: File): void {
    const item: TrayItem = { ...this.#item(file.name), kind: "file", files: [{ file }], size: file.size };
    if (!mayBePicture(file)) this.items = [...this.items, item];
    else void this.#picture({ ...item, kind: "picture", preview: URL.createObjectURL(file), state: "preparing" }, file);
  }

  /** What is in a folder stays in it, pictures too. */
  #inFolder(name: string, one: Picked): void {
    const known = this.items.find((item) => item.kind === "folder" && item.name === name);
    const folder = known ?? { ...this.#item(name), kind: "folder" as const, files: [], size: 0 };
    const fuller = { ...folder, files: [...folder.files, one], size: folder.size + one.file.size };
    this.items = known ? this.items.map((item) => (item === known ? fuller : item)) : [...this.items, fuller];
  }

  #item(name: string): Pick<TrayItem, "key" | "name" | "state"> {
    return { key: `t${this.#next++}`, name: name.normalize("NFC"), state: "ready" };
  }

  async #picture(item: TrayItem, file: File): Promise<void> {
    this.items = [...this.items, item];
    try {
      const prepared = await prepare(file, this.#maxBytes());
      this.#prepared.set(item.key, prepared);
      this.#change(item.key, { state: "ready" });
    } catch (error) {
      if (!(error instanceof Unshowable)) throw error;
      // What this browser cannot draw is still a file that somebody else may open.
      const failure: Failure = { code: error.code };
      if (error.code === "unreadable-picture" && (await isReadable(file))) this.#asFile(item);
      else this.#change(item.key, { state: "failed", failure });
    }
  }

  #asFile(item: TrayItem): void {
    if (item.preview) URL.revokeObjectURL(item.preview);
    const { preview: _gone, ...rest } = item;
    this.items = this.items.map((each) => (each.key === item.key ? { ...rest, kind: "file", state: "ready" } : each));
  }

  #change(key: string, change: Partial<TrayItem>): void {
    this.items = this.items.map((item) => (item.key === key ? { ...item, ...change } : item));
  }

  #shown(item: TrayItem): Parcel[] {
    const prepared = this.#prepared.get(item.key);
    return item.kind === "picture" && prepared ? [{ content: { kind: "show", ...prepared }, files: [] }] : [];
  }
}

/** SVG may carry scripts and links: it is a file here, and so is what no browser draws. */
const mayBePicture = (file: File): boolean => /^image\/(?!svg)/.test(file.type) && file.size < 100_000_000;

const named = ({ file, path }: Picked): FileToOffer => ({
  name: file.name.normalize("NFC"),
  size: file.size,
  type: file.type.slice(0, 255),
  ...(path === undefined ? {} : { path }),
});

async function isReadable(file: File): Promise<boolean> {
  return file.slice(0, 1).arrayBuffer().then(
    () => true,
    () => false,
  );
}
