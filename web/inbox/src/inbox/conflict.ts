/** A field that both sides changed, each to another value. */
export interface Conflict<T> {
  field: keyof T & string;
  base: unknown;
  theirs: unknown;
  yours: unknown;
}

/** What became of a change that met another one. */
export interface Merge<T> {
  /** The fields to write over theirs. */
  fields: Partial<T>;
  conflicts: readonly Conflict<T>[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values of JSON are the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, at) => same(each, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

// The part of a map that another one names.
function only(map: unknown, names: Record<string, unknown>): unknown {
  return isObject(map) ? Object.fromEntries(Object.keys(names).map((name) => [name, map[name] ?? null])) : map;
}

// Lists such as tags: both sides' additions and removals hold.
function mergeLists(base: readonly unknown[], theirs: readonly unknown[], yours: readonly unknown[]): unknown[] {
  const removed = base.filter((each) => !yours.includes(each));
  const added = yours.filter((each) => !base.includes(each) && !theirs.includes(each));
  return [...theirs.filter((each) => !removed.includes(each)), ...added];
}

// Maps such as attributes, where `yours` is a merge patch: null takes a name away. Null where a name was changed twice.
function mergeMaps(base: Record<string, unknown>, theirs: Record<string, unknown>, yours: Record<string, unknown>) {
  const changed = Object.entries(yours).filter(([name, wanted]) => !same(wanted, theirs[name] ?? null));
  return changed.every(([name]) => same(base[name] ?? null, theirs[name] ?? null)) ? Object.fromEntries(changed) : null;
}

/**
 * Merges `yours` (the fields that were changed) over `theirs`, both begun from `base`. A field that only one side
 * changed is no conflict, nor one that both changed to the same.
 */
export function merge<T extends object>(base: T, theirs: T, yours: Partial<T>): Merge<T> {
  const fields: Partial<T> = {};
  const conflicts: Conflict<T>[] = [];
  for (const field of Object.keys(yours) as (keyof T & string)[]) {
    const [before, now, wanted] = [base[field], theirs[field], yours[field] as T[keyof T & string]];
    if (same(wanted, now) || same(wanted, before)) continue;
    const merged = isObject(before) && isObject(now) && isObject(wanted) ? mergeMaps(before, now, wanted) : null;
    if (merged) fields[field] = merged as T[keyof T & string];
    else if (same(before, now)) fields[field] = wanted;
    else if (Array.isArray(before) && Array.isArray(now) && Array.isArray(wanted)) {
      fields[field] = mergeLists(before, now, wanted) as T[keyof T & string];
    } else conflicts.push({field, base: before, theirs: isObject(wanted) ? only(now, wanted) : now, yours: wanted});
  }
  return {fields, conflicts};
}
