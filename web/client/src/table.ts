import type {Id} from './objects.ts';

/** Shows an object otherwise while a write is under way: undefined as removed. */
export type Patch<T> = (object: T | undefined) => T | undefined;

/** A removed employee stays known, because notes embed it, but is in no list. */
function isShown<T extends object>(object: T | undefined): object is T {
  return object !== undefined && (object as {status?: string}).status !== 'removed';
}

/** Objects of one kind: as the server told them, and as they are shown while writes are under way. */
export class Table<T extends object> {
  #told = new Map<Id, T>();
  #patches = new Map<Id, Patch<T>[]>();
  #patched = new Map<Id, T | undefined>();
  #all: readonly T[] | undefined;
  #groups = new Map<Id, Set<Id>>();
  #lists = new Map<Id, readonly T[]>();
  #onChange: (key: Id, group: Id) => void;

  /** `onChange`: something else is shown at this key. */
  constructor(onChange: (key: Id, group: Id) => void) {
    this.#onChange = onChange;
  }

  /** As the server told it last. */
  told(key: Id): T | undefined {
    return this.#told.get(key);
  }

  /** Every object that the server told. */
  everyTold(): Iterable<[Id, T]> {
    return this.#told;
  }

  /** As it is to be shown. */
  get(key: Id): T | undefined {
    const object = this.#patched.has(key) ? this.#patched.get(key) : this.#told.get(key);
    return isShown(object) ? object : undefined;
  }

  /** All that are to be shown, in no particular order; the same array until something changes. */
  all(): readonly T[] {
    return this.#all ??= [...new Set([...this.#told.keys(), ...this.#patched.keys()])].map(key => this.get(key)).filter(isShown);
  }

  /** Those of one customer, oldest first; the same array until something of it changes. */
  of(group: Id): readonly T[] {
    let list = this.#lists.get(group);
    if (!list) {
      list = [...this.#groups.get(group) ?? []].sort().map(key => this.get(key)).filter(isShown);
      this.#lists.set(group, list);
    }
    return list;
  }

  /** Takes what the server told; undefined: it is gone. */
  set(key: Id, object: T | undefined): void {
    const before = this.#told.get(key);
    if (object) this.#told.set(key, object);
    else this.#told.delete(key);
    this.#show(key, groupOf(object ?? before));
  }

  clear(): void {
    for (const key of [...this.#told.keys()]) this.set(key, undefined);
  }

  /** All of one customer are gone. */
  clearGroup(group: Id): void {
    for (const key of [...this.#groups.get(group) ?? []]) this.set(key, undefined);
  }

  /** Shows the object through a patch, over whatever the server tells meanwhile, until the returned function is called. */
  patch(key: Id, patch: Patch<T>): () => void {
    const group = groupOf(this.#told.get(key));
    const patches = [...this.#patches.get(key) ?? [], patch];
    this.#patches.set(key, patches);
    this.#show(key, group);
    return () => {
      const rest = this.#patches.get(key)!.filter(each => each !== patch);
      if (rest.length) this.#patches.set(key, rest);
      else this.#patches.delete(key);
      this.#show(key, groupOf(this.#told.get(key)) || group);
    };
  }

  #show(key: Id, group: Id): void {
    const told = this.#told.get(key);
    const patches = this.#patches.get(key);
    if (patches) this.#patched.set(key, patches.reduce((object, patch) => patch(object), told));
    else this.#patched.delete(key);
    this.#all = undefined;
    this.#lists.delete(group);
    if (group) {
      const keys = this.#groups.get(group) ?? new Set();
      this.#groups.set(group, keys);
      if (told) keys.add(key);
      else if (keys.delete(key) && !keys.size) this.#groups.delete(group);
    }
    this.#onChange(key, group);
  }
}

function groupOf(object: object | undefined): Id {
  return (object as {customer_id?: Id} | undefined)?.customer_id ?? '';
}
