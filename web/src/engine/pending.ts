/** Own commands as the list shows them until their entries are there. */
import type { Entry } from "../contract";
import { type Command, isLost } from "./outbox";
import type { Pending } from "./types";

/** A command that is in the log as this seq, but whose entry has not come yet. */
export interface Settling {
  command: Command;
  seq: number;
}

/** What is shown after the newest entry: what is in the log already is not shown twice. */
export function pendingOf(settling: readonly Settling[], commands: readonly Command[]): Pending[] {
  const waiting = commands.filter((command) => !command.taken || command.failed);
  return [...settling.map(({ command }) => command), ...waiting].flatMap(view);
}

function view(command: Command): Pending[] {
  const { key, at, content, failed, failure } = command;
  if (!content || (isLost(command) && !failed)) return [];
  const state = failed ? "failed" : "sending";
  const base = { key, at, kind: content.kind, state, ...(failure ? { failure } : {}) } as const;
  if (content.kind === "say") return [{ ...base, text: content.text }];
  if (content.kind === "offer") return [{ ...base, files: content.files }];
  const { image, width, height } = content;
  return [{ ...base, width, height, ...(image ? { image } : {}) }];
}

/** The own picture that an entry shows, when this page has just sent it. */
export function pictureOf(settling: readonly Settling[], entry: Entry): string | null {
  const content = settling.find(({ seq }) => seq === entry.seq)?.command.content;
  return entry.kind === "shown" && content?.kind === "show" ? content.image : null;
}

/** A text as the room takes it: without control characters, in which only tab and line feed are let through. */
export const plainText = (text: string): string =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
