/** What a paste carries; DataTransfer has it. */
export interface Pasted {
  types: readonly string[];
  files: ArrayLike<File>;
  getData(type: string): string;
}

/**
 * The files of a paste, none when its text is what is meant: office programs add a picture of the
 * cells or words that were copied, file managers add the file's name.
 */
export function pastedFiles(data: Pasted): File[] {
  const office = data.types.includes("text/html") && data.getData("text/plain").trim() !== "";
  return office ? [] : Array.from(data.files);
}

/** Pictures that the paste event does not carry, as in WebKitGTK; none where that is not allowed. */
export async function clipboardPictures(): Promise<File[]> {
  if (!navigator.clipboard?.read) return [];
  try {
    const items = await navigator.clipboard.read();
    return (await Promise.all(items.map(pictureOf))).filter((file) => file !== null);
  } catch {
    return [];
  }
}

async function pictureOf(item: ClipboardItem): Promise<File | null> {
  const type = item.types.find((one) => one.startsWith("image/"));
  if (!type) return null;
  const blob = await item.getType(type);
  return new File([blob], `clipboard.${type.slice(6)}`, { type });
}
