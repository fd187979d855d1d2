/** How near to the end still counts as being there, px. */
const NEAR_END = 64;
/** How near to the begin older entries are asked for, px. */
const NEAR_BEGIN = 1200;

/** Keeps a scrolling box where its reader is: at the end while they are there, else on what they read. */
export class ScrollKeeper {
  atEnd = true;
  #lastTop = 0;
  #height = 0;
  #box: HTMLElement | undefined;
  #chunks = new Map<Element, number>();
  #anchors = typeof CSS !== "undefined" && CSS.supports("overflow-anchor", "auto");
  #watch = this.#anchors ? null : new ResizeObserver(() => this.#chunksResized());

  /** The scrolling box itself, from when it is there. */
  set box(box: HTMLElement) {
    this.#box = box;
  }

  get box(): HTMLElement {
    if (!this.#box) throw new Error("the box is not there yet");
    return this.#box;
  }

  /**
   * Watches one chunk of the list: where the browser has no anchoring of its own (WebKit), what stands
   * above the reader must not push them when it is drawn for the first time and gets its true height.
   */
  watchChunk(chunk: Element): () => void {
    if (!this.#watch) return () => {};
    this.#chunks.set(chunk, heightOf(chunk));
    this.#watch.observe(chunk);
    return () => {
      this.#watch?.unobserve(chunk);
      this.#chunks.delete(chunk);
    };
  }

  #chunksResized(): void {
    const top = this.box.getBoundingClientRect().top;
    let above = 0;
    for (const [chunk, before] of this.#chunks) {
      const now = heightOf(chunk);
      this.#chunks.set(chunk, now);
      const isLast = chunk.nextElementSibling?.tagName !== "OL";
      if (!isLast && now !== before && chunk.getBoundingClientRect().top < top) above += now - before;
    }
    if (above !== 0 && !this.atEnd) this.box.scrollTop += above;
    this.#lastTop = this.box.scrollTop;
  }

  get rest(): number {
    return this.box.scrollHeight - this.box.clientHeight - this.box.scrollTop;
  }

  get nearBegin(): boolean {
    return this.box.scrollTop < NEAR_BEGIN;
  }

  /** Call on each scroll event; only a move upwards leaves the end, growth below does not. */
  scrolled(): void {
    const up = this.box.scrollTop < this.#lastTop;
    this.atEnd = this.rest < NEAR_END || (this.atEnd && !up);
    this.#lastTop = this.box.scrollTop;
  }

  toEnd(): void {
    this.atEnd = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.#lastTop = this.box.scrollTop;
  }

  /** Call when anything inside or the box itself has another size. */
  resized(): void {
    if (this.atEnd) this.toEnd();
  }

  /** Call before entries come in front. */
  hold(): void {
    // The browser's own anchoring, where there is one, would correct a second time.
    this.box.style.overflowAnchor = "none";
    this.#height = this.box.scrollHeight;
  }

  /** Call after they came: what was read stays where it was. */
  release(): void {
    if (!this.atEnd) this.box.scrollTop += this.box.scrollHeight - this.#height;
    for (const chunk of this.#chunks.keys()) this.#chunks.set(chunk, heightOf(chunk));
    this.#lastTop = this.box.scrollTop;
    requestAnimationFrame(() => (this.box.style.overflowAnchor = ""));
  }
}

function heightOf(element: Element): number {
  return element.getBoundingClientRect().height;
}
