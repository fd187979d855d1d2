/** The program itself: which archives the host gives, which of them fits this computer, and whose version is newer. */

import { PROTOCOL } from "../contract";

declare const __CHATAPP_VERSION__: string; // put in by the build, from chatapp/__init__.py

export const VERSION = __CHATAPP_VERSION__;

export interface App {
  name: string;
  system: "windows" | "macos" | "linux";
  machine: "x64" | "arm64";
  size: number;
  sha256: string;
}

/** The archives that the host of a room has; none when it cannot be asked. */
export async function appsOf(address: string): Promise<App[]> {
  const told = (await asked(address, "/apps")) as { apps?: App[] } | null;
  return told?.apps ?? [];
}

/** Where the room gives an archive. */
export const addressOf = (address: string, app: App): string => new URL(`/apps/${encodeURIComponent(app.name)}`, address).href;

/** The licences of what the program carries; null where it runs from source. */
export async function noticeOf(): Promise<string | null> {
  const answer = await fetch("/notice.txt").catch(() => null);
  return answer?.ok ? answer.text() : null;
}

/** The program that serves a room, when it is of another version than this page; null when it is not, or not to be asked. */
export async function otherVersion(address: string): Promise<Meeting | null> {
  const told = (await asked(address, "/healthz")) as Sign | null;
  return told && meeting({ version: VERSION, protocol: PROTOCOL }, told);
}

async function asked(address: string, path: string): Promise<unknown> {
  const answer = await fetch(new URL(path, address)).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** What a program says of itself at /healthz. */
export interface Sign {
  version: string;
  protocol: number;
}

export interface Meeting {
  version: string;
  /** newer, older: the protocol is the same, so all can chat; foreign: it is not. */
  is: "newer" | "older" | "foreign";
}

/** How another program stands to ours; null when it is of the same version. */
export function meeting(ours: Sign, theirs: Sign): Meeting | null {
  const difference = compared(numbersOf(theirs.version), numbersOf(ours.version));
  const version = theirs.version;
  if (theirs.protocol !== ours.protocol) return { version, is: "foreign" };
  return difference === 0 ? null : { version, is: difference > 0 ? "newer" : "older" };
}

const numbersOf = (version: string): number[] => version.split(/\D+/).filter(Boolean).map(Number);

function compared(one: number[], other: number[]): number {
  const length = Math.max(one.length, other.length);
  const place = [...Array(length).keys()].find((at) => (one[at] ?? 0) !== (other[at] ?? 0));
  return place === undefined ? 0 : (one[place] ?? 0) - (other[place] ?? 0);
}

/** The archives in the order of their use on this computer: those that run on it, and the others. None run on a phone. */
export function appsFor(apps: App[], agent: string): { fitting: App[]; others: App[] } {
  const system = systemOf(agent);
  const machine = /\b(arm64|aarch64)\b/i.test(agent) ? "arm64" : "x64";
  // A Mac says that it is an Intel whatever it is, so both are offered there.
  const fits = (app: App) => app.system === system && (system === "macos" || app.machine === machine);
  return { fitting: apps.filter(fits), others: apps.filter((app) => !fits(app)) };
}

function systemOf(agent: string): App["system"] | null {
  if (/Android|iPhone|iPad|iPod|Mobile/.test(agent)) return null;
  if (/Windows/.test(agent)) return "windows";
  if (/Mac OS X|Macintosh/.test(agent)) return "macos";
  return /Linux|X11/.test(agent) ? "linux" : null;
}
