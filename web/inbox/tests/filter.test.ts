import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {Customer} from '@chatmesh/client';

import {byActivity, everything, isNarrowed, matches, queryOf, tagsOf} from '../src/inbox/filter.ts';

const customer = (fields: Partial<Customer>): Customer => ({
  id: 'x', company_id: 'c', version: 1, created_at: '', updated_at: '', name: 'Ada', email: null, phone: null,
  avatar_url: null, organization: null, status: 'open', tags: [], attributes: {}, assigned_employee_id: null,
  assigned_employee: null, ...fields,
});
const none = new Set<string>();

test('whose, status and tag each leave out what does not fit', () => {
  const mine = customer({assigned_employee_id: 'me', status: 'snoozed', tags: ['vip']});
  const free = customer({});
  assert.ok(matches(mine, everything, 'me', none) && matches(free, everything, 'me', none));
  assert.ok(matches(mine, {...everything, who: 'mine'}, 'me', none));
  assert.ok(!matches(free, {...everything, who: 'mine'}, 'me', none));
  assert.ok(!matches(mine, {...everything, who: 'unassigned'}, 'me', none));
  assert.ok(matches(free, {...everything, who: 'unassigned'}, 'me', none));
  assert.ok(matches(mine, {...everything, status: 'snoozed', tag: 'vip'}, 'me', none));
  assert.ok(!matches(mine, {...everything, status: 'open'}, 'me', none));
  assert.ok(!matches(free, {...everything, tag: 'vip'}, 'me', none));
});

test('a search finds in name, e-mail, phone and organization, and what the server found', () => {
  const q = {...everything, q: 'HOPPER'};
  assert.ok(matches(customer({organization: 'hopper & co'}), q, 'me', none));
  assert.ok(matches(customer({email: 'g@Hopper.example'}), q, 'me', none));
  assert.ok(!matches(customer({tags: ['hopper']}), q, 'me', none));
  assert.ok(matches(customer({id: 'found'}), q, 'me', new Set(['found'])));
  assert.ok(!matches(customer({id: 'found', status: 'closed'}), {...q, status: 'open'}, 'me', new Set(['found'])));
});

test('the server is asked for what it can narrow', () => {
  assert.deepEqual(queryOf(everything, 'me'), {sort: 'activity', include: 'messages,reads'});
  assert.deepEqual(queryOf({who: 'mine', status: 'closed', tag: '', q: 'a'}, 'me'),
    {sort: 'activity', include: 'messages,reads', q: 'a', status: 'closed', tag: '', assigned_employee_id: 'me'});
  assert.ok(!isNarrowed(everything) && isNarrowed({...everything, tag: ''}));
});

test('the latest active comes first, of equals the newer', () => {
  const activity: Record<string, string> = {a: '2026-01-01', b: '2026-01-03', c: '2026-01-01'};
  const sorted = ['a', 'b', 'c'].map((id) => customer({id})).sort(byActivity((id) => activity[id] ?? ''));
  assert.deepEqual(sorted.map(({id}) => id), ['b', 'c', 'a']);
});

test('tags are told once', () => {
  assert.deepEqual(tagsOf([customer({tags: ['b', 'a']}), customer({tags: ['a']})]), ['a', 'b']);
});
