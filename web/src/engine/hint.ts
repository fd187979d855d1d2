import type { RoomHint } from "./types";

/** What the server tells anybody about its room; null when it cannot be reached or is something else. */
export async function fetchHint(address: string): Promise<RoomHint | null> {
  try {
    const reply = await fetch(`${address}/healthz`, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    const told = (await reply.json()) as { app?: string; room?: RoomHint };
    return told.app === "chatapp" && typeof told.room?.id === "string" ? told.room : null;
  } catch {
    return null;
  }
}
