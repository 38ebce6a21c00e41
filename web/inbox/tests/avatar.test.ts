import assert from 'node:assert/strict';
import {test} from 'node:test';

import {hueOf, initials} from '../src/ui/initials.ts';

test('initials are of the first and the last word', () => {
  for (const [name, letters] of [
    ['Ada Lovelace', 'AL'], ['  Mary  Ann Evans ', 'ME'], ['Cher', 'C'], ['(team) Ops', 'TO'], ['🎁', '?'], ['', '?'],
    ['王 小明', '王小'], ['d’Arc', 'D'], ['4127 visitor', '4V'],
  ] as const) assert.equal(initials(name), letters, name);
});

test('a colour is always the same for an id, and all of them are used', () => {
  const hues = new Set(Array.from({length: 200}, (_, i) => hueOf(`0195943e-8a01-7a11-8b22-${i}`)));
  assert.equal(hues.size, 10);
  assert.equal(hueOf('x'), hueOf('x'));
});
