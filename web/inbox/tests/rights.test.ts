import assert from 'node:assert/strict';
import {test} from 'node:test';

import {type Member, type Role, isAdmin, isOwner, mayEdit, rolesToGive, rolesToGrant, roles} from '../src/team/rights.ts';

const member = (role: Role, id: string = role): Member => ({id, role});

test('rights: as docs/roles.md has them for employees', () => {
  const may = (me: Role, of: Role) => mayEdit(member(me), member(of, 'someone else'));
  assert.deepEqual(roles.map((of) => may('owner', of)), [true, true, true]);
  assert.deepEqual(roles.map((of) => may('admin', of)), [true, true, false]);
  assert.deepEqual(roles.map((of) => may('agent', of)), [false, false, false]);
  assert.ok(roles.every((role) => mayEdit(member(role), member(role))), 'one’s own profile');
});

test('rights: nobody gives a role above what they may manage', () => {
  assert.deepEqual(rolesToGrant(member('owner')), ['agent', 'admin', 'owner']);
  assert.deepEqual(rolesToGrant(member('admin')), ['agent', 'admin']);
  assert.deepEqual(rolesToGrant(member('agent')), []);
  assert.deepEqual(rolesToGive(member('admin'), member('owner', 'x')), ['owner']);
  assert.deepEqual(rolesToGive(member('admin'), member('admin')), ['agent', 'admin'], 'to less, oneself');
  assert.deepEqual(rolesToGive(member('agent'), member('agent')), ['agent']);
});

test('rights: the company’s settings', () => {
  assert.deepEqual(roles.map((role) => isAdmin(member(role))), [false, true, true]);
  assert.deepEqual(roles.map((role) => isOwner(member(role))), [false, false, true]);
});
