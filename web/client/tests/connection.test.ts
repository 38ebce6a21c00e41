// How a client keeps its one connection: waits, silence, refusals, farewells, holes, resets.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Backoff} from '@chatmesh/client';

import {problem} from './support/server.ts';
import {inScene} from './support/scene.ts';
import {settle} from './support/time.ts';

test('waits double up to 30 s, by chance, and start over after a minute of health', inScene(async ({time}) => {
  const backoff = new Backoff();
  time.random = () => 0.999999;
  const most = Array.from({length: 8}, () => Math.round(backoff.next()));
  assert.deepEqual(most, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  backoff.lived(59_999);
  assert.equal(Math.round(backoff.next()), 30_000);
  backoff.lived(60_000);
  assert.equal(Math.round(backoff.next()), 1000);
  time.random = () => 0;
  assert.equal(backoff.next(), 0, 'full jitter begins at nothing');
  backoff.reset();
  backoff.baseMs = 40_000;
  time.random = () => 0.5;
  assert.equal(backoff.next(), 15_000, 'the server can ask for no more than 30 s');
}));

test('a snapshot, then the stream from its cursor', inScene(async scene => {
  const {server} = scene;
  server.company.create('customer', {name: 'Cora'});
  const client = scene.connect();
  assert.equal(client.state.status, 'connecting');
  await client.ready;
  await settle();
  assert.equal(client.state.status, 'live');
  assert.equal(client.state.transport, 'stream');
  assert.deepEqual(server.asked.map(each => each.path), ['/companies/company/snapshot', '/companies/company/events']);
  assert.equal(server.stream.asked.query.get('cursor'), '00000001-2');
  assert.equal(server.stream.asked.headers.Authorization, 'Bearer t');
  assert.deepEqual(client.store.all('customer'), server.company.all('customer'));
  const changed = server.company.create('customer', {name: 'Dora'});
  server.push();
  await settle();
  assert.deepEqual(client.store.get('customer', changed.id), changed);
}));

test('a cut stream is resumed from the last frame, after a wait', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  server.company.create('customer', {name: 'Cora'});
  server.push();
  await settle();
  server.stream.cut();
  await settle();
  assert.equal(client.state.status, 'reconnecting');
  assert.equal(client.state.retryAt, time.now + 500);
  const missed = server.company.create('customer', {name: 'Dora'});
  await time.pass(499);
  assert.equal(server.streams.length, 1);
  await time.pass(1);
  assert.equal(client.state.status, 'live');
  assert.equal(client.state.retryAt, null);
  assert.equal(server.stream.asked.query.get('cursor'), '00000001-2');
  assert.deepEqual(client.store.get('customer', missed.id), missed);
  assert.equal(client.state.holes, 0);
}));

test('the server’s retry is where the waits begin; failures double them', inScene(async scene => {
  const {server, time} = scene;
  server.retryMs = 3000;
  const client = await scene.live();
  server.intercept = () => { throw new TypeError('no route'); };
  server.stream.cut();
  await settle();
  const waits = [];
  for (let attempt = 0; attempt < 5; ++attempt) {
    waits.push(client.state.retryAt! - time.now);
    await time.pass(waits.at(-1)!);
  }
  assert.deepEqual(waits, [1500, 3000, 6000, 12_000, 15_000]);
}));

test('silence for 2.5 heartbeats is death; a comment is life', inScene(async scene => {
  const {server, time} = scene;
  server.heartbeatMs = 10_000;
  const client = await scene.live();
  await time.pass(24_000);
  server.stream.raw(': still here\n');
  await time.pass(24_999);
  assert.equal(client.state.status, 'live');
  const [first] = server.streams;
  await time.pass(1001);   // it looks every 2.5 s
  assert.equal(client.state.status, 'reconnecting');
  assert.ok(first!.closed);
  await time.pass(500);
  assert.equal(client.state.status, 'live');
}));

test('a machine that slept finds out within seconds', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  await time.pass(1000);
  time.sleep(3_600_000);
  await time.pass(1500);   // it looks every 2.5 s
  assert.equal(client.state.status, 'reconnecting');
  await time.pass(1000);
  assert.equal(server.streams.length, 2);
  assert.equal(client.state.status, 'live');
}));

test('a clock that is put back keeps nobody waiting', inScene(async scene => {
  const {time} = scene;
  const client = await scene.live();
  time.sleep(-3_600_000);
  await time.pass(2500);
  assert.equal(client.state.status, 'reconnecting');
  await time.pass(500);
  assert.equal(client.state.status, 'live');
}));

for (const status of [401, 403, 404]) {
  test(`${status} is final, for a stream and for a snapshot`, inScene(async scene => {
    const {server, time} = scene;
    const client = await scene.live();
    const ends: unknown[] = [];
    client.on('stopped', end => ends.push(end));
    server.intercept = () => problem(status, 'told');
    server.stream.cut();
    await time.pass(60_000);
    assert.deepEqual(ends, [{status, reason: `http_${status}`}]);
    assert.equal(client.state.status, 'stopped');
    assert.equal(time.untilNext, Infinity, 'nothing goes on');
    const other = scene.connect();
    await assert.rejects(other.ready, {status, code: 'told'});
    assert.equal(other.state.status, 'stopped');
  }));
}

test('a refusal for now is waited out as long as it asks', inScene(async scene => {
  const {server, time} = scene;
  server.intercept = () => problem(503, 'draining', {}, {'Retry-After': '7'});
  const client = await scene.live();
  assert.equal(client.state.retryAt, time.now + 7000);
  server.intercept = () => undefined;
  await time.pass(6999);
  assert.equal(client.state.status, 'reconnecting');
  await time.pass(1);
  assert.equal(client.state.status, 'live');
}));

test('goodbye is obeyed to the millisecond', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  const told: unknown[] = [];
  client.on('goodbye', goodbye => told.push(goodbye));
  server.stream.frame('goodbye', {reason: 'draining', retry_ms: 4321});
  await settle();
  assert.deepEqual(told, [{reason: 'draining', retry_ms: 4321}]);
  assert.equal(client.state.reason, 'draining');
  assert.equal(client.state.retryAt, time.now + 4321);
  await time.pass(4321);
  assert.equal(client.state.status, 'live');
  assert.equal(client.state.reason, null);
}));

test('a final goodbye is proven, and its reason kept', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  server.intercept = () => problem(401, 'unauthenticated');
  server.stream.frame('goodbye', {reason: 'token_revoked', retry_ms: 1000});
  await time.pass(1000);
  assert.equal(client.state.status, 'stopped');
  assert.equal(client.state.reason, 'token_revoked');
}));

test('a session that was replaced meanwhile goes on', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  server.stream.frame('goodbye', {reason: 'session_expired', retry_ms: 1000});
  await time.pass(1000);
  assert.equal(client.state.status, 'live');
}));

test('somebody else’s session is not gone on with', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  server.employeeId = 'employee-999999';
  server.stream.cut();
  await time.pass(1000);
  assert.equal(client.state.status, 'stopped');
  assert.equal(client.state.reason, 'other_employee');
}));

test('a hole is found at once and repaired from the cursor', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  const lost = server.company.create('customer', {name: 'Lost'});
  server.stream.position += 1;
  const next = server.company.create('customer', {name: 'Next'});
  server.push();
  await settle();
  assert.equal(client.state.holes, 1);
  assert.equal(client.store.get('customer', next.id), undefined, 'nothing is applied over a hole');
  await time.pass(1000);
  assert.deepEqual([client.store.get('customer', lost.id), client.store.get('customer', next.id)], [lost, next]);
  assert.equal(client.state.holes, 1);
}));

test('a server that always leaves the same out is not asked in a hurry', inScene(async scene => {
  const {server, time} = scene;
  time.random = () => 0.999;
  const client = await scene.live();
  server.company.create('customer', {name: 'Lost'});
  server.company.create('customer', {name: 'Next'});
  server.intercept = ({query, path}) => {
    if (path.endsWith('/events')) query.set('cursor', `00000001-${server.company.head - 1}`);
    return undefined;
  };
  server.stream.position += 1;
  server.push();
  await time.pass(120_000);
  assert.ok(client.state.holes >= 6 && client.state.holes <= 12, `${client.state.holes} holes`);
  assert.equal(client.store.all('customer').length, 0);
}));

test('skips fill the sequence; a skip with a hole before it is one', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  server.stream.frame('skip', {from: 2, to: 5}, '00000001-5');
  server.stream.frame('skip', {from: 6, to: 6}, '00000001-6');
  await settle();
  assert.equal(client.state.holes, 0);
  server.stream.frame('skip', {from: 8, to: 9}, '00000001-9');
  await settle();
  assert.equal(client.state.holes, 1);
  await time.pass(1000);
  assert.equal(server.streams[1]!.asked.query.get('cursor'), '00000001-6');
}));

test('a heartbeat that is ahead twice at the same place tells of a hole', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  const lost = server.company.create('customer', {name: 'Lost'});
  server.heartbeat();
  await settle();
  assert.equal(client.state.holes, 0, 'the event may be on its way');
  await time.pass(15_000);
  server.heartbeat();
  await settle();
  assert.equal(client.state.holes, 1);
  await time.pass(1000);
  assert.deepEqual(client.store.get('customer', lost.id), lost);
}));

test('a reset discards all for a new snapshot, after a wait by chance', inScene(async scene => {
  const {server, time} = scene;
  for (const name of ['A', 'B', 'C']) server.company.create('customer', {name});
  const client = await scene.live();
  const resets: string[] = [];
  client.on('reset', ({reason}) => resets.push(`${reason} ${client.store.all('customer').length}`));
  server.company.rewrite();
  const [kept] = server.company.all('customer');
  server.stream.cut();
  await time.pass(500);
  assert.deepEqual(resets, []);
  assert.equal(server.count('snapshot'), 1);
  await time.pass(2000);
  assert.deepEqual(resets, ['unknown_epoch 1'], 'told when the new snapshot is in the store');
  assert.deepEqual(client.store.all('customer'), [kept]);
  server.push();
  const next = server.company.create('customer', {name: 'D'});
  server.push();
  await time.pass(2000);
  assert.deepEqual(client.store.get('customer', next.id), next);
  assert.equal(client.state.status, 'live');
  assert.equal(client.state.holes, 0);
}));

test('a server that resets for ever is not asked in a hurry', inScene(async scene => {
  const {server, time} = scene;
  time.random = () => 0.999;
  await scene.live();
  server.intercept = ({query, path}) => {
    if (path.endsWith('/events')) query.set('cursor', '0000000f-1');
    return undefined;
  };
  server.stream.cut();
  await time.pass(120_000);
  assert.ok(server.count('snapshot') <= 12, `${server.count('snapshot')} snapshots`);
  assert.ok(server.count('snapshot') > 3);
}));

test('close ends everything at once', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  client.close();
  await settle();
  assert.equal(server.open.length, 0);
  assert.equal(client.state.status, 'stopped');
  assert.equal(time.untilNext, Infinity);
  const early = scene.connect();
  early.close();
  await assert.rejects(early.ready, {code: 'closed'});
  await settle();
  assert.equal(server.open.length, 0);
  assert.equal(time.untilNext, Infinity);
}));

test('a frame that is no JSON ends the stream, and no more', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  server.stream.raw('event: customer.updated\ndata: {\n\n');
  await settle();
  assert.equal(client.state.status, 'reconnecting');
  await time.pass(1000);
  assert.equal(client.state.status, 'live');
}));
