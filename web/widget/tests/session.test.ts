import assert from 'node:assert/strict';
import {afterEach, beforeEach, mock, test} from 'node:test';

import {ApiError} from '@chatmesh/client';

import type {Api, Visitor} from '../src/core/api.ts';
import {Session} from '../src/core/session.ts';
import {Shelf} from '../src/core/shelf.ts';

const day = 24 * 3600_000;
let asked: Visitor[];
let answers: (string | Error)[];
let now: number;
let shelf: Shelf;

const open = (visitor: Visitor = {}): Session => new Session(shelf, {
  key: 'key', visitor,
  openSession: async (given: Visitor) => {
    asked.push(JSON.parse(JSON.stringify(given)) as Visitor);
    const answer = answers.shift() ?? 'token';
    if (answer instanceof Error) throw answer;
    return answer;
  },
} as unknown as Api);

beforeEach(() => {
  asked = [];
  answers = [];
  now = 0;
  shelf = new Shelf('p.', () => undefined);
  mock.method(Date, 'now', () => now);
});
afterEach(() => mock.restoreAll());

test('a customer is made once, when it is needed, and known from then on', async () => {
  const session = open({name: 'Jo', email: 'jo@example.com'});
  assert.equal(session.token, null);
  assert.deepEqual(await Promise.all([session.obtain(), session.obtain()]), ['token', 'token']);
  assert.equal(await open().obtain(), 'token');
  assert.deepEqual(asked, [{name: 'Jo', email: 'jo@example.com'}]);
});

test('a failure is told, and the next time is a new attempt', async () => {
  answers = [new ApiError(0, 'network')];
  const session = open();
  await assert.rejects(session.obtain(), ApiError);
  assert.equal(await session.obtain(), 'token');
});

test('a visitor whom the site describes wrongly can write all the same', async () => {
  answers = [new ApiError(422, 'validation_failed')];
  assert.equal(await open({name: 'Jo', email: 'no address'}).obtain(), 'token');
  assert.deepEqual(asked, [{name: 'Jo', email: 'no address'}, {}]);
});

test('only the token that is no good is forgotten', async () => {
  const session = open();
  await session.obtain();
  session.forget('an earlier one');
  assert.equal(session.token, 'token');
  session.forget('token');
  assert.equal(session.token, null);
});

test('a token is renewed once it is a month old, and never made that way', async () => {
  const session = open();
  await session.renew();
  assert.equal(asked.length, 0);
  await session.obtain();
  now = 29 * day;
  await session.renew();
  assert.equal(asked.length, 1);
  now = 31 * day;
  answers = ['renewed'];
  await session.renew();
  assert.deepEqual(asked[1], {customer_token: 'token'});
  assert.equal(session.token, 'renewed');
  await session.renew();
  assert.equal(asked.length, 2);
});

test('what another program left there is no session', () => {
  for (const text of ['', 'null', '1', '"x"', '{', '{"token":5}', '[]']) {
    shelf.set('session', text);
    assert.equal(open().token, null);
  }
});
