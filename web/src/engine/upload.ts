/** Sends one file by tus 1.0.0: asks how much is there, sends the rest, and comes back after every break. */
import type { Request } from "./http";
import type { Check } from "./prints";
import type { Problem } from "./types";

export interface Upload {
  url: string;
  file: File;
  /** Whether the file is still the one that was offered. */
  check: () => Promise<Check>;
  /** Bytes of the file that are there. */
  progress: (sent: number) => void;
  /** Something stands in the way; it is tried again. */
  trouble: (problem: Problem | null) => void;
  signal: AbortSignal;
}

/** Waits for a time, or until something says that it is worth another try. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** done: every byte is there. over: nobody wants it any more. changed, unreadable: it is not the file that was offered. */
export type Result = "done" | "over" | "changed" | "unreadable";

export async function upload(job: Upload, request: Request, pause: Pause): Promise<Result> {
  let tries = 0;
  while (!job.signal.aborted) {
    const step = await once(job, request);
    if (step === "on") {
      tries = 0;
      job.trouble(null);
      continue;
    }
    if (typeof step === "string") return step;
    if (step.problem) job.trouble(step.problem);
    await pause(step.waitMs ?? Math.min(10_000, 250 * 2 ** tries++), job.signal);
  }
  return "over";
}

type Step = Result | "on" | { waitMs?: number; problem?: Problem };

async function once(job: Upload, request: Request): Promise<Step> {
  const { url, file, signal } = job;
  const head = await request({ method: "HEAD", url, signal });
  if (head.offset === null) return after(head.status);
  job.progress(head.offset);
  // At the end as well: what changed while it was sent is neither the old file nor the new one.
  const state = await job.check();
  if (state !== "same") return giveUp(job, state, request);
  return head.offset >= file.size ? "done" : send(job, head.offset, request);
}

/** Takes back what was sent, so that nobody keeps waiting for the rest of it. */
async function giveUp(job: Upload, why: "changed" | "unreadable", request: Request): Promise<Result> {
  await request({ method: "DELETE", url: `${job.url}?why=${why}`, signal: job.signal });
  return why;
}

async function send(job: Upload, offset: number, request: Request): Promise<Step> {
  const { url, file, signal } = job;
  // A whole File streams from the disk about twice as fast as a slice of it.
  const body = offset === 0 ? file : file.slice(offset);
  const progress = (sent: number): void => job.progress(offset + sent);
  const reply = await request({ method: "PATCH", url, body, offset, progress, signal });
  if (reply.status === 204 || reply.status === 409) return "on";
  return after(reply.status);
}

function after(status: number): Step {
  if (status === 404 || status === 410) return "over";
  if (status === 423) return { waitMs: 1000 };
  if (status === 507) return { waitMs: 5000, problem: "storage-full" };
  return { problem: "unreachable" };
}
