/** The files of an offer, found among those that a person picked again. */
import type { OfferFile } from "../contract";
import type { Picked } from "./picked";

/** For each offered file the one of its name and size, with the same path where both have one; undefined where it is missing. */
export function match(offered: readonly OfferFile[], picked: readonly Picked[]): (File | undefined)[] {
  const left = [...picked];
  return offered.map((wanted) => {
    const index = left.findIndex((one) => one.file.size === wanted.size && isAlike(wanted, one));
    return index < 0 ? undefined : left.splice(index, 1)[0]?.file;
  });
}

function isAlike(wanted: OfferFile, { file, path }: Picked): boolean {
  const withPaths = wanted.path !== undefined && path !== undefined;
  return withPaths ? samePath(wanted.path ?? "", path) : plain(file.name) === plain(wanted.name);
}

/** The folder itself may have been picked under another name. */
function samePath(wanted: string, picked: string): boolean {
  const [one, other] = [wanted, picked].map((path) => path.split("/").slice(1).map(plain).join("/"));
  return one === other;
}

/** A name without what the room changes in names (composition, forbidden characters, outer dots and spaces). */
const plain = (name: string): string =>
  name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*_]/gu, "")
    .replace(/^\.+|[. ]+$/g, "")
    .slice(0, 40);
