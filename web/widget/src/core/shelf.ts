/** A few values that a reload keeps: in the browser's storage, or in memory where the page may not use that. */
export class Shelf {
  #memory = new Map<string, string>();
  #prefix: string;
  #storage: Storage | null;

  /** `open` returns the storage; it throws where that is blocked. */
  constructor(prefix: string, open: () => Storage | undefined) {
    this.#prefix = prefix;
    try {
      this.#storage = open() ?? null;
    } catch {
      this.#storage = null;
    }
  }

  get(name: string): string | null {
    const kept = this.#memory.get(name);   // what the storage could not take
    if (kept !== undefined) return kept;
    try {
      return this.#storage?.getItem(this.#prefix + name) ?? null;
    } catch {
      return null;   // blocked later on
    }
  }

  set(name: string, value: string | null): void {
    this.#memory.delete(name);
    try {
      if (value === null) this.#storage?.removeItem(this.#prefix + name);
      else if (this.#storage) return this.#storage.setItem(this.#prefix + name, value);
    } catch {}   // full or blocked
    if (value !== null) this.#memory.set(name, value);
  }

  /** Calls `listener` when another tab has changed one of the values. */
  watch(listener: () => void): () => void {
    const heard = (event: StorageEvent): void => {
      if (event.key === null || event.key.startsWith(this.#prefix)) listener();
    };
    addEventListener('storage', heard);
    return () => removeEventListener('storage', heard);
  }
}
