import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {Message} from '@chatmesh/client';
import {ApiError} from '@chatmesh/client';

import {Outbox, type Post} from '../src/core/outbox.ts';
import {Thread, type Pending} from '../src/core/thread.ts';
import {message} from './making.ts';

type Answer = Message | Error;

// An outbox whose every attempt is answered by the test, and whose waits are over when the test says so.
function setUp() {
  const thread = new Thread();
  const attempts: {item: Pending; answer: (answer: Answer) => void}[] = [];
  const waits: {ms: number; end: () => void}[] = [];
  const waiting: (() => void)[] = [];
  const told = (): void => waiting.splice(0).forEach(each => each());
  let keys = 0;
  const post: Post = {
    send: item => new Promise((resolve, reject) => {
      attempts.push({item, answer: answer => (answer instanceof Error ? reject(answer) : resolve(answer))});
      told();
    }),
    changed: told,
    wait: ms => new Promise(resolve => {
      waits.push({ms, end: resolve});
      told();
    }),
    newKey: () => `key-${keys += 1}`,
  };
  const outbox = new Outbox(thread, post);
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>(resolve => waiting.push(resolve));
  };
  return {thread, outbox, attempts, waits, until};
}

const unreachable = (): ApiError => new ApiError(0, 'network');

test('messages go out one after the other, in their order', async () => {
  const {thread, outbox, attempts, until} = setUp();
  outbox.add('a');
  outbox.add('b');
  assert.deepEqual(attempts.map(each => each.item.body), ['a']);
  attempts[0]!.answer(message(1, {body: 'a'}));
  await until(() => attempts.length === 2);
  assert.deepEqual(thread.messages.map(each => each.body), ['a']);
  attempts[1]!.answer(message(2, {body: 'b'}));
  await until(() => thread.pending.length === 0);
  assert.deepEqual(thread.messages.map(each => each.body), ['a', 'b']);
});

test('without an answer it is sent again under its key, a few times; then it waits for the visitor', async () => {
  const {thread, outbox, attempts, waits, until} = setUp();
  outbox.add('a');
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    await until(() => attempts.length === attempt);
    attempts[attempt - 1]!.answer(unreachable());
    if (attempt === 4) break;
    await until(() => waits.length === attempt);
    waits[attempt - 1]!.end();
  }
  await until(() => thread.pending[0]!.failed);
  assert.deepEqual(new Set(attempts.map(each => each.item.key)), new Set(['key-1']));
  outbox.retry('key-1');
  await until(() => attempts.length === 5);
  attempts[4]!.answer(message(1, {body: 'a'}));
  await until(() => thread.pending.length === 0);
});

test('a failure does not stop what comes behind it', async () => {
  const {thread, outbox, attempts, until} = setUp();
  outbox.add('a');
  outbox.add('b');
  attempts[0]!.answer(new ApiError(422, 'validation_failed'));
  await until(() => attempts.length === 2);
  attempts[1]!.answer(message(1, {body: 'b'}));
  await until(() => thread.pending.length === 1);
  assert.deepEqual(thread.pending.map(({body, failed}) => [body, failed]), [['a', true]]);
});

test('a server that asks for patience gets it', async () => {
  const {outbox, attempts, waits, until} = setUp();
  outbox.add('a');
  attempts[0]!.answer(new ApiError(429, 'rate_limited', {}, 7000));
  await until(() => waits.length === 1);
  assert.equal(waits[0]!.ms, 7000);
  assert.equal(outbox.slow, true);
  waits[0]!.end();
  await until(() => attempts.length === 2);
  attempts[1]!.answer(message(1));
  await until(() => !outbox.slow);
});

test('a wait that would be too long is not', async () => {
  const {outbox, attempts, waits, until} = setUp();
  outbox.add('a');
  attempts[0]!.answer(new ApiError(503, 'overloaded', {}, 9_999_000));
  await until(() => waits.length === 1);
  assert.equal(waits[0]!.ms, 60_000);
  assert.equal(outbox.slow, false);
});

test('what the stream brings before the answer stands there once', async () => {
  const {thread, outbox, attempts, waits, until} = setUp();
  outbox.add('a');
  const written = message(1, {body: 'a'});
  thread.merge(outbox.hold([written, message(2, {body: 'b'}), message(3, {body: 'a', direction: 'outbound'})]));
  assert.deepEqual(thread.messages.map(each => each.id), ['id-0002', 'id-0003']);
  attempts[0]!.answer(unreachable());
  await until(() => waits.length === 1);
  waits[0]!.end();
  await until(() => attempts.length === 2);
  attempts[1]!.answer(written);
  await until(() => thread.pending.length === 0);
  assert.deepEqual(thread.messages.map(each => thread.keyOf(each)), ['key-1', 'id-0002', 'id-0003']);
});

test('the same words from another tab are a message of their own', async () => {
  const {thread, outbox, attempts, until} = setUp();
  outbox.add('ok');
  thread.merge(outbox.hold([message(1, {body: 'ok'})]));
  attempts[0]!.answer(message(2, {body: 'ok'}));
  await until(() => thread.pending.length === 0);
  await until(() => thread.messages.length === 2);
  assert.deepEqual(thread.messages.map(each => each.id), ['id-0001', 'id-0002']);
});
