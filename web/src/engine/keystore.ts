/** The browser's storage as this page uses it: it may be missing, full or cleared at any time; nothing here throws. */

export interface KeyStore {
  get(key: string): string | null;
  /** False when it could not be kept. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(): string[];
}

/** A store that lives as long as the page. */
export function memoryStore(): KeyStore {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => Boolean(values.set(key, value)),
    remove: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}

/** localStorage or sessionStorage, or the page's memory where the browser forbids them. */
export function browserStore(find: () => Storage): KeyStore {
  let storage: Storage;
  try {
    storage = find();
    storage.getItem("chatapp");
  } catch {
    return memoryStore();
  }
  return {
    get: (key) => attempt(() => storage.getItem(key), null),
    set: (key, value) => attempt(() => (storage.setItem(key, value), true), false),
    remove: (key) => attempt(() => storage.removeItem(key), undefined),
    keys: () => attempt(() => Object.keys(storage), []),
  };
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
