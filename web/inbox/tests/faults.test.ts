import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ApiError, type FieldFault} from '@chatmesh/client';

import {explain} from '../src/auth/faults.ts';

const refusal = (
  status: number,
  {code = 'validation_failed', errors = [], retryAfterMs}: {code?: string; errors?: FieldFault[]; retryAfterMs?: number} = {},
) =>
  new ApiError(status, code, {detail: 'the detail', errors}, retryAfterMs);
const fault = (pointer: string, detail: string) => ({pointer, code: 'invalid_value', detail});

test('faults: each goes to its field, the first of a field wins', () => {
  const thrown = refusal(422, {errors: [
    fault('/company/name', 'must not be empty'), fault('/password', 'must have at least 10 characters'),
    fault('/password', 'second'), fault('/widget_origins/2', 'must be an origin'),
  ]});
  assert.deepEqual(
    explain(thrown, {'/company/name': 'company', '/password': 'password', '/widget_origins': 'origins'}),
    {fields: {company: 'Must not be empty.', password: 'Must have at least 10 characters.', origins: 'Must be an origin.'},
      form: null});
});

test('faults: what has no field is told at the form', () => {
  const thrown = refusal(422, {errors: [fault('/role', 'must be given'), fault('', 'is no image')]});
  const told = explain(thrown, {'/name': 'name'});
  assert.deepEqual(told, {fields: {}, form: 'Role must be given. Is no image.'});
});

test('faults: limits say when to come back', () => {
  assert.match(explain(refusal(429, {retryAfterMs: 4200}), {}).form!, /in 5 seconds/u);
  assert.match(explain(refusal(429), {}).form!, /in a second/u);
  assert.match(explain(refusal(503, {retryAfterMs: 200_000}), {}).form!, /busy.*4 minutes/u);
});

test('faults: known refusals in plain words, others in the server’s', () => {
  assert.match(explain(refusal(409, {code: 'last_owner'}), {}).form!, /last owner/u);
  assert.equal(explain(refusal(418, {code: 'teapot'}), {}).form, 'The detail.');
});

test('faults: no network is told, a fault of the program is not hidden', () => {
  assert.match(explain(refusal(0, {code: 'network'}), {}).form!, /reached/u);
  assert.throws(() => explain(new RangeError('oops'), {}), RangeError);
});
