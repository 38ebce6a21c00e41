import assert from 'node:assert/strict';
import {test} from 'node:test';

import {merge, same} from '../src/inbox/conflict.ts';

interface Thing {
  name: string;
  phone: string | null;
  tags: string[];
  attributes: Record<string, unknown>;
}
const base: Thing = {name: 'Ada', phone: '1', tags: ['a', 'b'], attributes: {plan: 'free', seats: 3}};

test('a field that only one side changed is written without a question', () => {
  assert.deepEqual(merge(base, {...base, phone: '2'}, {name: 'Ada L.'}), {fields: {name: 'Ada L.'}, conflicts: []});
});

test('the same field, changed twice, is a conflict with all three values', () => {
  assert.deepEqual(merge(base, {...base, phone: '2'}, {phone: '3', name: 'Ada L.'}), {
    fields: {name: 'Ada L.'}, conflicts: [{field: 'phone', base: '1', theirs: '2', yours: '3'}],
  });
});

test('both sides having come to the same is no conflict, and nothing to write', () => {
  assert.deepEqual(merge(base, {...base, phone: null}, {phone: null}), {fields: {}, conflicts: []});
});

test('additions to and removals from a list hold from both sides', () => {
  const {fields, conflicts} = merge(base, {...base, tags: ['a', 'b', 'theirs']}, {tags: ['b', 'yours']});
  assert.deepEqual(fields, {tags: ['b', 'theirs', 'yours']});
  assert.deepEqual(conflicts, []);
});

test('different names of a map are merged, and a removed one stays removed', () => {
  const theirs = {...base, attributes: {plan: 'pro', seats: 3}};
  assert.deepEqual(merge(base, theirs, {attributes: {seats: null}}),
    {fields: {attributes: {seats: null}}, conflicts: []});
});

test('the same name of a map is a conflict, shown without the other names', () => {
  const theirs = {...base, attributes: {plan: 'pro', seats: 4}};
  assert.deepEqual(merge(base, theirs, {attributes: {plan: 'team'}}).conflicts,
    [{field: 'attributes', base: base.attributes, theirs: {plan: 'pro'}, yours: {plan: 'team'}}]);
});

test('JSON values are the same by content', () => {
  assert.ok(same({a: [1, {b: null}]}, {a: [1, {b: null}]}));
  const pairs = [[1, '1'], [[1], [1, 2]], [{a: 1}, {b: 1}], [null, {}], [[], {}]] as const;
  for (const [a, b] of pairs) assert.ok(!same(a, b));
});
