/** The pictures that are too large for a push: fetched one at a time, those first that were wanted last. */

const AGAIN_MS = 2000;

export class Gallery {
  #urls = $state.raw<ReadonlyMap<string, string>>(new Map());
  #wanted: string[] = [];
  #busy = false;
  readonly #fetch: (entry: string) => Promise<string | null>;

  /** `fetch` tells an entry's data URL, null when it could not be had now, "" when it never will. */
  constructor(fetch: (entry: string) => Promise<string | null>) {
    this.#fetch = fetch;
  }

  url(entry: string): string | null {
    return this.#urls.get(entry) ?? null;
  }

  want(entry: string): void {
    if (this.#urls.has(entry)) return;
    this.#wanted = [...this.#wanted.filter((other) => other !== entry), entry];
    void this.#work();
  }

  /** A picture that is here already: this page has sent it. */
  keep(entry: string, image: string): void {
    if (!this.#urls.has(entry)) this.#urls = new Map([...this.#urls, [entry, objectUrl(image)]]);
  }

  clear(): void {
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls = new Map();
    this.#wanted = [];
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let entry = this.#wanted.at(-1); entry; entry = this.#wanted.at(-1)) {
      const image = await this.#fetch(entry);
      if (image === null) {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        continue;
      }
      this.#wanted = this.#wanted.filter((other) => other !== entry);
      if (image) this.keep(entry, image);
    }
    this.#busy = false;
  }
}

/** A data URL's bytes as an object URL: the browser holds them once, outside of the script's memory. */
function objectUrl(image: string): string {
  const [label = "", data = ""] = image.split(",", 2);
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const type = label.match(/^data:([^;]+)/)?.[1] ?? "";
  return URL.createObjectURL(new Blob([bytes], { type }));
}
