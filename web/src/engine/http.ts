/** One HTTP request of an upload, by XMLHttpRequest: only that tells how much of a body has left. */

export interface Asked {
  method: "HEAD" | "PATCH" | "DELETE";
  url: string;
  /** The file's part that is sent, and from where on. */
  body?: Blob;
  offset?: number;
  progress?: (sent: number) => void;
  signal: AbortSignal;
}

export interface Replied {
  /** 0: no answer came. */
  status: number;
  /** Upload-Offset, where the answer tells one. */
  offset: number | null;
}

export type Request = (asked: Asked) => Promise<Replied>;

const SILENCE_MS = 30_000;

/** Sends one request of tus 1.0.0; never throws. */
export const request: Request = (asked) =>
  new Promise((resolve) => {
    if (asked.signal.aborted) return resolve({ status: 0, offset: null });
    const xhr = new XMLHttpRequest();
    const stop = (): void => xhr.abort();
    let silence = setTimeout(stop, SILENCE_MS);
    xhr.upload.onprogress = (event) => {
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MS);
      asked.progress?.(event.loaded);
    };
    xhr.onloadend = () => {
      clearTimeout(silence);
      asked.signal.removeEventListener("abort", stop);
      resolve(reply(xhr));
    };
    asked.signal.addEventListener("abort", stop);
    open(xhr, asked);
  });

function open(xhr: XMLHttpRequest, asked: Asked): void {
  xhr.open(asked.method, asked.url);
  xhr.setRequestHeader("Tus-Resumable", "1.0.0");
  if (asked.method === "PATCH") {
    xhr.setRequestHeader("Content-Type", "application/offset+octet-stream");
    xhr.setRequestHeader("Upload-Offset", String(asked.offset));
  }
  xhr.send(asked.body ?? null);
}

function reply(xhr: XMLHttpRequest): Replied {
  const told = xhr.status === 0 ? null : xhr.getResponseHeader("Upload-Offset");
  return { status: xhr.status, offset: told === null ? null : Number(told) };
}
