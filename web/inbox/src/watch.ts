import type {Store} from '@chatmesh/client';
import {useLayoutEffect, useReducer} from 'preact/hooks';

/** Renders again whenever one of these keys of the store changes; a key that ends in `*` means all that begin so. */
export function useStoreKeys(store: Store, keys: readonly string[]): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => {
    const exact = new Set(keys.filter((key) => !key.endsWith('*')));
    const prefixes = keys.filter((key) => key.endsWith('*')).map((key) => key.slice(0, -1));
    return store.subscribe((changed) => {
      for (const key of changed) {
        if (exact.has(key) || prefixes.some((prefix) => key.startsWith(prefix))) return again(undefined);
      }
    });
  }, [store, keys.join(' ')]);
}
