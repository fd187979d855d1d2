/** Files as a person gave them: alone, or with the folder that they were in. */

export interface Picked {
  file: File;
  /** Where it is inside the folder that was given, the folder's and its own name included, parts apart by /. */
  path?: string;
}

/** What a system keeps in a folder for itself, and nobody means to send. */
const SYSTEM_FILES = /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/i;
/** A folder with more files than this is refused anyway: whoever dropped the disk does not wait for its end. */
const MOST = 2000;

/** The files of an `<input>`: with `webkitdirectory` it gives their paths as well. */
export const pickedFiles = (files: Iterable<File>): Picked[] =>
  [...files].map((file) => picked(file, file.webkitRelativePath || "")).filter(isMeant);

/** The files of a drop, those in its folders too; what cannot be read is left out. */
export async function droppedFiles(data: Pick<DataTransfer, "items">): Promise<Picked[]> {
  // After the event's own turn the list is empty: everything is taken out of it at once.
  const dropped = [...data.items].filter((item) => item.kind === "file").map(entryOf);
  const found: Picked[] = [];
  for (const one of dropped) {
    if (one instanceof File) found.push({ file: one });
    else if (one) await walk(one, found);
  }
  return found.filter(isMeant);
}

const entryOf = (item: DataTransferItem): File | FileSystemDirectoryEntry | null => {
  const entry = item.webkitGetAsEntry?.();
  return entry?.isDirectory ? (entry as FileSystemDirectoryEntry) : item.getAsFile();
};

async function walk(folder: FileSystemDirectoryEntry, found: Picked[]): Promise<void> {
  const reader = folder.createReader();
  // It gives about a hundred at a time, and none when there are no more.
  for (let some = await read(reader); some.length > 0 && found.length < MOST; some = await read(reader)) {
    for (const entry of some) {
      if (entry.isDirectory) await walk(entry as FileSystemDirectoryEntry, found);
      else await fileOf(entry as FileSystemFileEntry).then((file) => found.push(picked(file, entry.fullPath)), ignore);
    }
  }
}

const read = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const ignore = (): void => {};

function picked(file: File, path: string): Picked {
  const plain = path.replace(/^\/+/, "").normalize("NFC");
  return plain.includes("/") ? { file, path: plain } : { file };
}

const isMeant = ({ file, path }: Picked): boolean => path === undefined || !SYSTEM_FILES.test(file.name);

const NATURAL = new Intl.Collator(undefined, { numeric: true });

/** The order of a file manager, for which browsers do not care: by name, a folder's files before its folders. */
export function byPath(one: Picked, other: Picked): number {
  const [left, right] = [one, other].map(({ file, path }) => (path ?? file.name).split("/")) as [string[], string[]];
  for (let depth = 0; ; depth += 1) {
    const [leftEnds, rightEnds] = [depth >= left.length - 1, depth >= right.length - 1];
    if (leftEnds !== rightEnds) return leftEnds ? -1 : 1;
    const order = NATURAL.compare(left[depth] ?? "", right[depth] ?? "");
    if (order !== 0 || leftEnds) return order;
  }
}

/** The folder that a path begins with. */
export const folderOf = (path: string): string => path.slice(0, path.indexOf("/"));
