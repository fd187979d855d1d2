import type { Toast } from "./types";

const SHOWN_MS = 6000;

/** Short words that go away by themselves. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;

  add(message: string, values: Toast["values"], tone: Toast["tone"]): void {
    const key = `toast${this.#next++}`;
    const toast = { key, message, tone, ...(values ? { values } : {}) };
    this.list = [...this.list.filter((other) => other.message !== message), toast];
    setTimeout(() => this.dismiss(key), SHOWN_MS);
  }

  dismiss(key: string): void {
    this.list = this.list.filter((toast) => toast.key !== key);
  }
}
