import type { Engine } from "../../engine/types";

/** What to hand to others, best first: the host knows its addresses, a guest has the one that it came by. */
export function shareLinks(engine: Pick<Engine, "addresses" | "pinFromLink" | "room">, origin: string): string[] {
  if (engine.addresses.length > 0) return [...engine.addresses];
  const pin = engine.room?.pin && engine.pinFromLink ? `#pin=${engine.pinFromLink}` : "";
  return [`${origin}/${pin}`];
}

/** An address as one reads it aloud: without what a browser adds by itself. */
export function spoken(link: string): string {
  return link.replace(/^http:\/\//, "").replace(/\/?(#.*)?$/, "");
}

/** Whether nobody but this computer can open it. */
export function isLocal(link: string): boolean {
  return /^https?:\/\/(127\.|localhost[:/]|\[::1\])/.test(link);
}
