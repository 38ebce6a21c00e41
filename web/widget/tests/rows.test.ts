import assert from 'node:assert/strict';
import {test} from 'node:test';

import {dayLabel, rowsOf, type Row} from '../src/core/rows.ts';
import {Thread} from '../src/core/thread.ts';
import {message} from './making.ts';

const now = new Date(2026, 4, 4, 15, 30);
const at = (day: number, hour: number, minute = 0): string => new Date(2026, 4, day, hour, minute).toISOString();
const sketch = (rows: readonly Row[]): string[] => rows.map(row => row.kind === 'day' ? row.label
  : `${row.mine ? 'me' : row.author?.name} ${row.body}${row.first ? ' first' : ''}${row.last ? ' last' : ''} ${row.state}`);

test('days are named as one speaks of them', () => {
  const label = (day: number, language = 'en'): string => dayLabel(new Date(2026, 4, day, 9), now, language);
  assert.equal(label(4), 'Today');
  assert.equal(label(3), 'Yesterday');
  assert.equal(label(3, 'de'), 'Gestern');
  assert.equal(label(1), 'Friday');
  assert.equal(dayLabel(new Date(2026, 3, 10), now, 'en'), 'April 10');
  assert.equal(dayLabel(new Date(2025, 3, 10), now, 'en'), 'April 10, 2025');
});

test('a run is one author, one day, a few minutes', () => {
  const thread = new Thread();
  thread.merge([
    message(1, {body: 'a', created_at: at(3, 23, 58)}), message(2, {body: 'b', created_at: at(4, 0, 1)}),
    message(3, {body: 'c', created_at: at(4, 0, 2)}), message(4, {body: 'd', created_at: at(4, 0, 20)}),
    message(5, {body: 'e', created_at: at(4, 0, 21), direction: 'outbound'}),
  ]);
  thread.pending = [{key: 'k', body: 'f', at: at(4, 0, 22), failed: true}];
  assert.deepEqual(sketch(rowsOf(thread, 'en', now)), [
    'Yesterday', 'me a first last sent',
    'Today', 'me b first sent', 'me c last sent', 'me d first last sent', 'employee e first last sent', 'me f first last failed',
  ]);
});

test('a visitor whose clock is behind makes no day twice', () => {
  const thread = new Thread();
  thread.merge([message(1, {created_at: at(3, 10)}), message(2, {created_at: at(4, 10)})]);
  thread.pending = [{key: 'k', body: 'x', at: at(3, 12), failed: false}];
  const rows = rowsOf(thread, 'en', now);
  assert.equal(new Set(rows.map(each => each.key)).size, rows.length);
  assert.equal(rows.filter(each => each.kind === 'day').length, 2);
});
