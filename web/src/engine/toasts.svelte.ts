import type { Toast } from "./types";

/** Short words for now; the view takes them away when they have been read. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;

  add(message: string, values: Toast["values"], tone: Toast["tone"], action?: Toast["action"]): void {
    const key = `toast${this.#next++}`;
    const toast = { key, message, tone, ...(values ? { values } : {}), ...(action ? { action } : {}) };
    this.list = [...this.list.filter((other) => other.message !== message), toast];
  }

  dismiss(key: string): void {
    this.list = this.list.filter((toast) => toast.key !== key);
  }
}
