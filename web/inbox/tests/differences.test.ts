import assert from 'node:assert/strict';
import {test} from 'node:test';

import {changes, differences} from '../src/team/differences.ts';

test('differences: only what differs, with both versions; null is an empty field', () => {
  const labels = {name: 'Name', title: 'Title', phone: 'Phone'};
  assert.deepEqual(differences(labels, {name: 'Ada', title: 'Lead', phone: null}, {name: 'Ada', title: '', phone: ''}),
    [{label: 'Title', theirs: 'Lead', yours: ''}]);
});

test('changes: what was edited, and nothing else, goes to the server', () => {
  assert.deepEqual(changes({name: 'Ada', title: 'Lead', phone: null}, {name: '', title: '', phone: '', role: 'agent'}, ['name']),
    {name: '', title: null, role: 'agent'});
});
