import assert from 'node:assert/strict';
import {test} from 'node:test';

import {dayName, sameDay, shortTime} from '../src/inbox/dates.ts';

const at = (year: number, month: number, day: number, hour = 0, minute = 0) =>
  new Date(year, month, day, hour, minute).toISOString();
const now = new Date(2026, 2, 30, 0, 10);   // just after midnight, the day after Europe changed its clocks

test('a list tells the time today, then the day, then the date', () => {
  assert.match(shortTime(at(2026, 2, 30, 0, 5), now, 'en-GB'), /^0?0:05$/u);
  assert.equal(shortTime(at(2026, 2, 29, 23, 59), now, 'en-GB'), 'Yesterday');
  assert.equal(shortTime(at(2026, 2, 27, 12), now, 'en-GB'), 'Fri');
  assert.equal(shortTime(at(2026, 2, 20, 12), now, 'en-GB'), '20 Mar');
  assert.equal(shortTime(at(2025, 2, 20, 12), now, 'en-GB'), '20 Mar 2025');
});

test('a clock that is a little behind does not bring tomorrow', () => {
  assert.match(shortTime(at(2026, 2, 31, 0, 1), now, 'en-GB'), /^0?0:01$/u);
  assert.equal(dayName(at(2026, 2, 31, 0, 1), now, 'en-GB'), 'Today');
});

test('a heading names the day', () => {
  assert.equal(dayName(at(2026, 2, 30, 0, 1), now, 'en-GB'), 'Today');
  assert.equal(dayName(at(2026, 2, 29, 1), now, 'en-GB'), 'Yesterday');
  assert.match(dayName(at(2026, 2, 20, 1), now, 'en-GB'), /^Friday,? 20 March$/u);   // the comma is the ICU version's choice
  assert.match(dayName(at(2024, 2, 20, 1), now, 'en-GB'), /20 March 2024$/u);
});

test('days are those of the calendar here', () => {
  assert.ok(sameDay(at(2026, 0, 1, 0, 0), at(2026, 0, 1, 23, 59)));
  assert.ok(!sameDay(at(2026, 0, 1, 23, 59), at(2026, 0, 2, 0, 0)));
});
