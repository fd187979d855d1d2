/** What somebody was writing, kept over a reload of this tab; without storage it is simply forgotten. */
export function readDraft(room: string): string {
  try {
    return sessionStorage.getItem(keyOf(room)) ?? "";
  } catch {
    return "";
  }
}

export function keepDraft(room: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(keyOf(room), text);
    else sessionStorage.removeItem(keyOf(room));
  } catch {
    // A draft is a convenience: nothing that was sent depends on it.
  }
}

function keyOf(room: string): string {
  return `chatapp:draft:${room}`;
}
