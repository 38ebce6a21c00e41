import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Shelf} from '../src/core/shelf.ts';

// A storage as a browser's, which the test can make fail.
function storage() {
  const values = new Map<string, string>();
  const state = {full: false};
  const fake = {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => {
      if (state.full) throw new DOMException('full', 'QuotaExceededError');
      values.set(name, value);
    },
    removeItem: (name: string) => values.delete(name),
  } as unknown as Storage;
  return {values, state, fake};
}

test('values are kept in the storage, under the prefix', () => {
  const {values, fake} = storage();
  const shelf = new Shelf('p.', () => fake);
  shelf.set('a', '1');
  assert.deepEqual([...values], [['p.a', '1']]);
  assert.equal(new Shelf('p.', () => fake).get('a'), '1');
  assert.equal(new Shelf('q.', () => fake).get('a'), null);
  shelf.set('a', null);
  assert.equal(shelf.get('a'), null);
  assert.equal(values.size, 0);
});

test('where storage is blocked, memory has to do', () => {
  for (const open of [() => { throw new DOMException('no', 'SecurityError'); }, () => undefined]) {
    const shelf = new Shelf('p.', open);
    shelf.set('a', '1');
    assert.equal(shelf.get('a'), '1');
    shelf.set('a', null);
    assert.equal(shelf.get('a'), null);
  }
});

test('where storage is full, the latest value counts', () => {
  const {state, fake} = storage();
  const shelf = new Shelf('p.', () => fake);
  shelf.set('a', '1');
  state.full = true;
  shelf.set('a', '2');
  assert.equal(shelf.get('a'), '2');
  state.full = false;
  shelf.set('a', '3');
  assert.equal(shelf.get('a'), '3');
});
