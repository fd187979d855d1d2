/** Why a room was not opened or joined, where the launcher says it, and in which words. */
import type { Problem } from "../engine/types";
import { t } from "../i18n/index.svelte";
import { fieldOf } from "../views/gate/fields";

const HOSTING = ["port", "disk"] as const;
const LOOKING = ["address", "unknown-name", "silent", "refused", "not-a-room", "other-version"] as const;

type Own = (typeof HOSTING)[number] | (typeof LOOKING)[number];

/** What the program found out by itself, or a code of the room. */
export type Reason = Own | Problem;

const isOneOf = <One extends string>(list: readonly One[], reason: string): reason is One => list.some((one) => one === reason);
const isOwn = (reason: Reason): reason is Own => isOneOf<Own>([...HOSTING, ...LOOKING], reason);

/** Beside what of the launcher a reason is told. */
export function placeFor(reason: Reason): "start" | "name" | "pin" | "address" {
  if (isOwn(reason)) return isOneOf(HOSTING, reason) ? "start" : "address";
  const field = fieldOf(reason);
  return field === "room" ? "address" : field;
}

export function wordsFor(reason: Reason): string {
  if (isOwn(reason)) return t(`launcher.reason.${reason}`);
  return reason === "pin-required" ? t("launcher.pin") : t(`problem.${reason}`);
}
