import assert from 'node:assert/strict';
import {test} from 'node:test';

import {changes} from '../src/team/changes.ts';

test('changes: what was edited, and nothing else, goes to the server', () => {
  const before = {name: 'Ada', title: 'Lead', phone: null};
  assert.deepEqual(changes(before, {name: '', title: '', phone: '', role: 'agent'}, ['name']),
    {name: '', title: null, role: 'agent'});
});
