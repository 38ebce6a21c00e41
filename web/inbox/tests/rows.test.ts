import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {Message} from '@chatmesh/client';

import type {Sending} from '../src/inbox/outbox.ts';
import {beginsDay, inboundAfter, isJoined, keyOf} from '../src/inbox/rows.ts';

const at = (minute: number, day = 1) => new Date(2026, 0, day, 12, minute).toISOString();
const message = (id: string, author: string, time: string, direction: Message['direction'] = 'inbound'): Message => ({
  id, company_id: 'c', customer_id: 'x', version: 1, created_at: time, updated_at: time, direction, body: id,
  author: {kind: direction === 'inbound' ? 'customer' : 'employee', id: author, name: author, avatar_url: null},
});
const sending: Sending = {key: 'sending-1', body: 'Hello', at: at(3), state: 'sending', reason: ''};

test('a row goes on from the one above by the same author, soon after, on the same day', () => {
  const first = message('1', 'ada', at(0));
  assert.ok(isJoined(first, message('2', 'ada', at(4)), 'me'));
  assert.ok(!isJoined(undefined, first, 'me'));
  assert.ok(!isJoined(first, message('2', 'bob', at(1)), 'me'));
  assert.ok(!isJoined(first, message('2', 'ada', at(5)), 'me'));
  assert.ok(!isJoined(message('1', 'ada', new Date(2026, 0, 1, 23, 59).toISOString()),
    message('2', 'ada', new Date(2026, 0, 2, 0, 1).toISOString()), 'me'));
});

test('a message on its way is mine', () => {
  assert.ok(isJoined(message('1', 'me', at(1), 'outbound'), sending, 'me'));
  assert.ok(!isJoined(message('1', 'bob', at(1), 'outbound'), sending, 'me'));
  assert.equal(keyOf(sending), 'sending-1');
});

test('a day begins with its first row', () => {
  assert.ok(beginsDay(undefined, sending));
  assert.ok(beginsDay(message('1', 'ada', at(0)), message('2', 'ada', at(0, 2))));
  assert.ok(!beginsDay(message('1', 'ada', at(0)), sending));
});

test('only what the customer wrote is new, and only after something is known', () => {
  const all = [message('1', 'ada', at(0)), message('2', 'me', at(1), 'outbound'), message('3', 'ada', at(2))];
  assert.deepEqual(inboundAfter(all, '1').map(({id}) => id), ['3']);
  assert.deepEqual(inboundAfter(all, undefined), []);
});
