// A path that buffers or cuts streams: the client polls with the same cursor, and tries a stream again later.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {framesOf} from '../src/poll.ts';
import {inScene} from './support/scene.ts';
import {type Asked, json, later, problem} from './support/server.ts';
import {settle} from './support/time.ts';

const isPoll = ({path}: Asked) => path.endsWith('/changes');

test('no hello within the bound: polls from the same cursor, live with the first answer', inScene(async scene => {
  const {server, time} = scene;
  server.speaks = false;
  const client = await scene.live();
  const missed = server.company.create('customer', {name: 'C'});
  await time.pass(9_999);
  assert.equal(client.state.status, 'connecting');
  const waiting = later<Response>();
  server.intercept = asked => (isPoll(asked) && asked.query.get('wait') !== '0' ? waiting.promise : undefined);
  await time.pass(501);
  assert.equal(client.state.status, 'live');
  assert.equal(client.state.transport, 'poll');
  assert.deepEqual(client.store.get('customer', missed.id), missed);
  assert.equal(server.open.length, 0);
  const polls = server.asked.filter(isPoll);
  assert.deepEqual(polls.map(({query}) => `${query.get('cursor')} ${query.get('wait')}`), ['00000001-1 0', '00000001-2 25']);
  const next = server.company.create('customer', {name: 'D'});
  waiting.resolve(json(server.company.changes('00000001-2')));
  await time.pass(0);
  assert.deepEqual(client.store.get('customer', next.id), next);
}));

test('answers that come at once are not asked for in a hurry', inScene(async scene => {
  const {server, time} = scene;
  server.speaks = false;
  await scene.live();
  await time.pass(10_000);
  const before = server.count('changes');
  await time.pass(10_000);
  assert.equal(server.count('changes') - before, 20);
}));

test('presence is read along while nothing happens', inScene(async scene => {
  const {server, time} = scene;
  server.speaks = false;
  const client = await scene.live();
  server.company.online = ['a', 'b'];
  await time.pass(11_000);
  assert.deepEqual([...client.store.online], ['a', 'b']);
}));

test('a stream is tried again later, and taken where it works', inScene(async scene => {
  const {server, time} = scene;
  server.speaks = false;
  const client = await scene.live();
  await time.pass(300_000);
  assert.equal(server.streams.length, 1);
  await time.pass(21_000);
  assert.equal(server.streams.length, 2, 'tried once, in vain');
  assert.equal(client.state.transport, 'poll');
  assert.equal(client.state.status, 'live', 'the attempt disturbs nobody');
  server.speaks = true;
  await time.pass(310_000);
  assert.equal(client.state.transport, 'stream');
  const polls = server.count('changes');
  await time.pass(20_000);
  assert.equal(server.count('changes'), polls);
}));

test('streams that end three times at the same age are cut by the path', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  for (let cut = 0; cut < 3; ++cut) {
    assert.equal(client.state.transport, 'stream');
    await time.pass(20_000);
    server.heartbeat();
    await time.pass(10_000 + cut * 200);
    server.stream.cut();
    await settle();
    await time.pass((client.state.retryAt ?? time.now) - time.now);
  }
  assert.equal(client.state.transport, 'poll');
  assert.equal(server.streams.length, 3);
}));

test('streams that end at any age, or after a farewell, are only resumed', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  for (const age of [30_000, 5000, 12_000, 33_000, 1000]) {
    await time.pass(age);
    server.stream.cut();
    await time.pass(20_000);
    assert.equal(client.state.transport, 'stream');
  }
  for (let round = 0; round < 4; ++round) {
    await time.pass(10_000);
    server.stream.frame('goodbye', {reason: 'draining', retry_ms: 100});
    await time.pass(100);
    assert.equal(client.state.transport, 'stream');
  }
}));

test('where polling fails too, it is the network', inScene(async scene => {
  const {server, time} = scene;
  server.intercept = ({path}) => (path.endsWith('/snapshot') ? undefined : new Promise(() => {}));
  const client = await scene.live();
  await time.pass(10_000);
  await time.pass(40_000);
  assert.equal(client.state.status, 'reconnecting');
  server.intercept = () => undefined;
  await time.pass(1000);
  assert.equal(client.state.transport, 'stream');
}));

test('a poll that hangs, fails or ends the right', inScene(async scene => {
  const {server, time} = scene;
  server.speaks = false;
  const client = await scene.live();
  await time.pass(10_500);
  server.intercept = asked => (isPoll(asked) ? new Promise(() => {}) : undefined);
  await time.pass(600 + 40_000);
  assert.equal(client.state.status, 'reconnecting');
  server.intercept = () => undefined;
  await time.pass(2000);
  assert.equal(client.state.status, 'live');
  assert.equal(client.state.transport, 'poll');
  server.intercept = asked => (isPoll(asked) ? problem(401, 'unauthenticated') : undefined);
  await time.pass(2000);
  assert.equal(client.state.status, 'stopped');
}));

test('a poll’s reset is one', inScene(async scene => {
  const {server, time} = scene;
  for (const name of ['1', '2', '3']) server.company.create('customer', {name});
  server.speaks = false;
  const client = await scene.live();
  await time.pass(11_000);
  server.company.rewrite();
  await time.pass(10_000);
  assert.deepEqual(client.store.all('customer'), server.company.all('customer'));
  assert.equal(client.state.transport, 'poll');
  assert.equal(client.state.status, 'live');
}));

test('events and skips come in their order; a hole between them is found', inScene(async scene => {
  const {server, time} = scene;
  server.speaks = false;
  const client = await scene.live();
  for (const name of ['2', '3', '4', '5']) server.company.create('customer', {name});
  const events = server.company.log;
  const answer = {events: [events[1]!, events[4]!], skips: [{from: 3, to: 4}], cursor: '00000001-5', head: 5};
  assert.deepEqual(framesOf(answer).map(({type, id}) => `${type} ${id}`),
    ['customer.created 00000001-2', 'skip 00000001-4', 'customer.created 00000001-5']);
  server.intercept = asked => (isPoll(asked) ? json({...answer, skips: [{from: 4, to: 4}]}) : undefined);
  await time.pass(10_000);
  assert.equal(client.state.holes, 1);
  assert.deepEqual(client.store.all('customer').map(each => each.name), ['2']);
  server.intercept = asked => (isPoll(asked) ? json(answer) : undefined);
  await time.pass(1000);
  assert.deepEqual(client.store.all('customer').map(each => each.name), ['2', '5']);
}));
