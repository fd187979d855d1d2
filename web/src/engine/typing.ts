/** Who is typing now: a notice holds for some seconds, or until its member has said something. */

const HOLDS_MS = 5000;
/** The room passes on one notice in two seconds. */
const TELL_MS = 2500;

export class Typists {
  readonly #until = new Map<string, number>();
  #toldAt = 0;

  heard(member: string, now: number): void {
    this.#until.set(member, now + HOLDS_MS);
  }

  stopped(member: string): void {
    this.#until.delete(member);
  }

  /** Those who type now, the longest first. */
  now(now: number): string[] {
    for (const [member, until] of this.#until) if (until <= now) this.#until.delete(member);
    return [...this.#until.keys()];
  }

  /** When the next notice runs out; null when there is none. */
  next(): number | null {
    return this.#until.size > 0 ? Math.min(...this.#until.values()) : null;
  }

  /** Whether the others are to be told now that one is typing oneself. */
  mayTell(now: number): boolean {
    if (now - this.#toldAt < TELL_MS) return false;
    this.#toldAt = now;
    return true;
  }
}
