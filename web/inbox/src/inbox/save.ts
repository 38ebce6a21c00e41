import {ApiError, type Client, type EntityName, type ObjectOf} from '@chatmesh/client';

import {type Conflict, merge} from './conflict.ts';

/** A write that met another one: what they wrote, and where that and ours differ. */
export interface Clash<T> {
  theirs: T;
  /** What can be written without asking. */
  fields: Partial<T>;
  conflicts: readonly Conflict<T>[];
}

const maxTries = 4;

/**
 * Writes fields of an object that were edited from `base`. Where someone changed other fields meanwhile, that is merged
 * without a word; where it is the same field, it resolves to the clash and nothing is written.
 */
export async function save<E extends EntityName>(
  client: Client, entity: E, base: ObjectOf[E], yours: Partial<ObjectOf[E]>,
): Promise<Clash<ObjectOf[E]> | null> {
  let theirs = base;
  let fields = yours;
  for (let attempt = 1; ; ++attempt) {
    try {
      if (Object.keys(fields).length > 0) {
        await client.update(entity, base.id, fields as never, {ifMatch: theirs.version});
      }
      return null;
    } catch (thrown) {
      const met = thrown instanceof ApiError && thrown.status === 412 && thrown.current;
      if (!met || attempt === maxTries) throw thrown;
      theirs = thrown.current as ObjectOf[E];
      const merged = merge(base, theirs, yours);
      if (merged.conflicts.length > 0) return {theirs, ...merged};
      fields = merged.fields;
    }
  }
}
