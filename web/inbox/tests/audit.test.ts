import assert from 'node:assert/strict';
import {test} from 'node:test';

import {type AuditEntry, actor, changedFields, subject} from '../src/settings/audit.ts';

const entry = (more: Partial<AuditEntry>): AuditEntry => ({
  seq: 1, at: '2026-01-01T00:00:00.000Z', entity: 'customer', action: 'updated', object_id: 'x',
  by: {kind: 'employee', id: 'e', name: 'Ada'}, before: null, after: null, ...more,
});

test('audit: tells the fields that changed, not those that the server writes', () => {
  const told = changedFields(entry({
    before: {name: 'Bo', version: 1, updated_at: 'a', tags: ['a'], phone: null, assigned_employee: null},
    after: {name: 'Bo', version: 2, updated_at: 'b', tags: ['a', 'b'], phone: '1', assigned_employee: {name: 'Ada'}},
  }));
  assert.deepEqual(told, [
    {field: 'tags', before: '["a"]', after: '["a","b"]'}, {field: 'phone', before: '', after: '1'},
  ]);
  assert.deepEqual(changedFields(entry({after: {name: 'Bo'}})), [], 'nothing to compare with');
});

test('audit: names what it is about, and who did it', () => {
  assert.equal(subject(entry({before: {name: 'Bo'}})), 'Bo');
  assert.equal(subject(entry({entity: 'message', after: {body: 'Hello'}})), 'Hello');
  assert.equal(subject(entry({entity: 'note'})), 'a note');
  assert.equal(actor(entry({by: {kind: 'system', id: null, name: ''}})), 'ChatMesh');
});
