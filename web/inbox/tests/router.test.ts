import assert from 'node:assert/strict';
import {test} from 'node:test';

import {type Route, hrefOf, parseRoute} from '../src/router.ts';

test('every place has an address that leads back to it', () => {
  const places: Route[] = [
    {view: 'home'}, {view: 'login'}, {view: 'login', next: '#/c/1/inbox/2?x=y'}, {view: 'signup'},
    {view: 'invitation', token: 'a/b c%'}, {view: 'inbox', company: '1', customer: null},
    {view: 'inbox', company: '1', customer: '2'}, {view: 'team', company: '1'}, {view: 'settings', company: '1'},
    {view: 'settings', company: '1', section: 'widget'},
  ];
  for (const place of places) assert.deepEqual(parseRoute(hrefOf(place)), place);
});

test('a company alone is its inbox', () => {
  assert.deepEqual(parseRoute('#/c/1'), {view: 'inbox', company: '1', customer: null});
});

test('what leads nowhere is told apart from home', () => {
  for (const hash of ['#/nothing', '#/c', '#/c/1/team/2', '#/c/1/settings/none', '#/c/1/inbox/2/3', '#/login/x', '#/invitations']) {
    assert.deepEqual(parseRoute(hash), {view: 'unknown'}, hash);
  }
  for (const hash of ['', '#', '#/', '#//']) assert.deepEqual(parseRoute(hash), {view: 'home'}, hash);
});

test('a next that leads off the page is ignored', () => {
  assert.deepEqual(parseRoute('#/login?next=https%3A%2F%2Felsewhere.example'), {view: 'login'});
});

test('a broken escape stands for itself', () => {
  assert.deepEqual(parseRoute('#/c/%E0%A4%A/team'), {view: 'team', company: '%E0%A4%A'});
});
