import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Thread} from '../src/core/thread.ts';
import {message} from './making.ts';

const ids = (thread: Thread): number[] => thread.messages.map(each => Number(each.id.slice(3)));
const pending = (key: string, body = 'x') => ({key, body, at: '2026-05-04T12:00:00.000Z', failed: false});

test('messages stand in the order of the server, however they come', () => {
  const thread = new Thread();
  thread.merge([message(3), message(1)]);
  thread.merge([message(2), message(3)]);
  assert.deepEqual(ids(thread), [1, 2, 3]);
});

test('an older version never replaces a newer one', () => {
  const thread = new Thread();
  thread.merge([message(1, {version: 3, body: 'new'})]);
  thread.merge([message(1, {version: 2, body: 'old'})]);
  assert.equal(thread.messages[0]?.body, 'new');
  thread.merge([message(1, {version: 4, body: 'newest'})]);
  assert.equal(thread.messages[0]?.body, 'newest');
});

test('what was deleted does not come back', () => {
  const thread = new Thread();
  thread.merge([message(1), message(2)]);
  thread.remove('id-0001');
  thread.merge([message(1)]);
  assert.deepEqual(ids(thread), [2]);
});

test('a page of the latest messages takes away what it should have and has not', () => {
  const thread = new Thread();
  thread.merge([1, 2, 3, 4, 5].map(each => message(each)));
  thread.mergeLatest([message(6), message(5), message(3)], true);
  assert.deepEqual(ids(thread), [1, 2, 3, 5, 6], 'older than the page stays, 4 is gone');
  thread.mergeLatest([message(6)], false);
  assert.deepEqual(ids(thread), [6], 'the whole conversation');
  thread.mergeLatest([], false);
  assert.deepEqual(ids(thread), []);
});

test('whether there is more above is known from where the oldest message is from', () => {
  const thread = new Thread();
  thread.mergeLatest([message(9), message(8)], true);
  assert.equal(thread.older, true);
  thread.merge([message(1), message(2)]);
  thread.older = false;   // the first page of all was read
  thread.mergeLatest([message(10), message(9), message(8)], true);
  assert.equal(thread.older, false);
});

test('a message keeps its name in the list from its sending on', () => {
  const thread = new Thread();
  thread.pending = [pending('k1'), pending('k2')];
  thread.settle('k1', message(1));
  assert.deepEqual(thread.pending.map(each => each.key), ['k2']);
  assert.equal(thread.keyOf(thread.messages[0]!), 'k1');
  thread.merge([message(1, {version: 2})]);
  assert.equal(thread.keyOf(thread.messages[0]!), 'k1');
  assert.equal(thread.keyOf(message(7)), 'id-0007');
});

test('unread are the answers after the last one seen', () => {
  const thread = new Thread();
  thread.merge([message(1), message(2, {direction: 'outbound'}), message(3), message(4, {direction: 'outbound'})]);
  assert.equal(thread.unread(''), 2);
  assert.equal(thread.unread('id-0002'), 1);
  assert.equal(thread.unread('id-0004'), 0);
  assert.equal(thread.agent?.kind, 'employee');
});

test('another conversation keeps what is under way', () => {
  const thread = new Thread();
  thread.merge([message(1)]);
  thread.pending = [pending('k')];
  thread.remove('id-0002');
  thread.clear();
  assert.deepEqual(ids(thread), []);
  assert.equal(thread.pending.length, 1);
  assert.equal(thread.empty, false);
  thread.merge([message(2)]);
  assert.deepEqual(ids(thread), [2]);
});
