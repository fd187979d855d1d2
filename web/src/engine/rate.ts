const WINDOW_MS = 3000;

/** Bytes a second over the last three seconds, from a growing count. */
export class Rate {
  #marks: { at: number; bytes: number }[] = [];

  add(bytes: number, at: number): void {
    if (bytes < (this.#marks.at(-1)?.bytes ?? 0)) this.#marks = [];
    this.#marks.push({ at, bytes });
    while (this.#marks.length > 2 && (this.#marks[1]?.at ?? at) < at - WINDOW_MS) this.#marks.shift();
  }

  /** 0 when nothing is known, or nothing has moved for three seconds. */
  perSecond(now: number): number {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    if (!first || !last || last.at < now - WINDOW_MS || now === first.at) return 0;
    return Math.round(((last.bytes - first.bytes) * 1000) / (now - first.at));
  }
}
