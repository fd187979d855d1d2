/** Tells a person who looks elsewhere: a number in the title, and a soft sound where it is wanted. */

export class Attention {
  #context: AudioContext | null = null;

  /** The tab's title, with how much is unread in front. */
  show(title: string, unread: number): void {
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
  }

  /** Two quiet notes; a page that nobody has touched yet stays silent. */
  ring(): void {
    try {
      this.#context ??= new AudioContext();
      this.#note(this.#context, 660, 0);
      this.#note(this.#context, 880, 0.12);
    } catch {
      // No sound device: the title tells it as well.
    }
  }

  #note(context: AudioContext, hertz: number, after: number): void {
    const start = context.currentTime + after;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.08, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  }
}

/** Whether the person has the page in front of them. */
export const isLooking = (): boolean => document.visibilityState === "visible" && document.hasFocus();
