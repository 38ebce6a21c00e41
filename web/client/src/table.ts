import type {Id} from './objects.ts';

/** Shows an object otherwise while a write is under way: undefined as removed. */
export type Patch<T> = (object: T | undefined) => T | undefined;

/** Objects of one kind: as the server told them, and as they are shown while writes are under way. */
export class Table<T extends object> {
  /** As the server told them last. */
  readonly told_ = new Map<Id, T>();
  #patches = new Map<Id, Set<Patch<T>>>();
  #groups = new Map<Id, Set<Id>>();
  #lists = new Map<Id, readonly T[]>();
  #onChange: (key: Id, group: Id) => void;

  /** `onChange`: something else is shown at this key. */
  constructor(onChange: (key: Id, group: Id) => void) {
    this.#onChange = onChange;
  }

  /** As it is to be shown. A removed employee stays known, because notes embed it, but is not shown. */
  get(key: Id): T | undefined {
    let object = this.told_.get(key);
    for (const patch of this.#patches.get(key) ?? []) object = patch(object);
    return (object as {status?: string} | undefined)?.status === 'removed' ? undefined : object;
  }

  /** Those of one customer, oldest first; of '' all there are. The same array until something of it changes. */
  of_(group: Id): readonly T[] {
    let list = this.#lists.get(group);
    if (!list) {
      list = [...setIn(this.#groups, group)].sort().map(key => this.get(key)).filter(object => object) as T[];
      this.#lists.set(group, list);
    }
    return list;
  }

  /** Takes what the server told; undefined: it is gone. */
  set(key: Id, object: T | undefined): void {
    const group = groupOf(object ?? this.told_.get(key));
    if (object) this.told_.set(key, object);
    else this.told_.delete(key);
    for (const each of [group, '']) setIn(this.#groups, each)[object ? 'add' : 'delete'](key);
    this.#changed(key, group);
  }

  /** All of one customer are gone; of '' all there are. */
  clear_(group: Id): void {
    for (const key of [...setIn(this.#groups, group)]) this.set(key, undefined);
  }

  /** Shows the object through a patch, over whatever the server tells meanwhile, until the returned function is run. */
  patch_(key: Id, patch: Patch<T>): () => void {
    const patches = setIn(this.#patches, key).add(patch);
    const show = () => this.#changed(key, groupOf(this.told_.get(key)));
    show();
    return () => {
      patches.delete(patch);
      show();
    };
  }

  #changed(key: Id, group: Id): void {
    this.#lists.delete(group);
    this.#lists.delete('');
    this.#onChange(key, group);
  }
}

function groupOf(object: object | undefined): Id {
  return (object as {customer_id?: Id} | undefined)?.customer_id ?? '';
}

function setIn<T>(map: Map<Id, Set<T>>, key: Id): Set<T> {
  const set = map.get(key) ?? new Set<T>();
  map.set(key, set);
  return set;
}
