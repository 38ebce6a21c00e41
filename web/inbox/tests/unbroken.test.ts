import assert from 'node:assert/strict';
import {test} from 'node:test';

import {withRuns} from '../src/ui/unbroken.ts';

test('only text with a long run that has no space is marked', () => {
  assert.equal(withRuns('bubble', 'a word '.repeat(1_000)), 'bubble');
  assert.equal(withRuns('bubble', 'x'.repeat(399)), 'bubble');
  assert.equal(withRuns('bubble', `see ${'x'.repeat(16_000)} there`), 'bubble unbroken');
});
