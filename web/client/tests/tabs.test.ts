// All tabs of an employee share one connection: who leads, what the others get, what happens when the leader ends.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {Client, Options} from '@chatmesh/client';

import {TestBrowser} from './support/browser.ts';
import {Scene} from './support/scene.ts';
import {problem} from './support/server.ts';
import {settle} from './support/time.ts';

class Tabs extends Scene {
  readonly browser = new TestBrowser();
  readonly changes: Record<string, string[]> = {};

  /** A new tab that has its snapshot; its requests fail when it is dead. */
  async open(name: string, options: Partial<Options> = {}): Promise<Client> {
    const fetch: typeof globalThis.fetch = (...args) => {
      if (this.browser.isDead(name)) return new Promise(() => {});
      return this.server.fetch(...args);
    };
    const client = this.browser.run(name, () => this.connect({shareTabs: true, fetch, ...options}));
    const changes = this.changes[name] = [] as string[];
    client.on('change', event => changes.push(`${event.type} ${event.seq}`));
    await settle();
    return client;
  }

  /** The tab ends without a word. */
  async crash(name: string): Promise<void> {
    for (const stream of this.server.open) stream.cut();
    this.browser.crash(name);
    await settle();
  }
}

function inTabs(run: (scene: Tabs) => Promise<void>): () => Promise<void> {
  return async () => {
    const scene = new Tabs();
    scene.browser.install();
    try {
      await run(scene);
    } finally {
      await scene.end();
      scene.browser.uninstall();
    }
  };
}

test('six tabs, one stream; each tab applies each change once', inTabs(async scene => {
  const {server} = scene;
  const clients = [];
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) clients.push(await scene.open(name));
  assert.equal(server.streams.length, 1);
  assert.deepEqual(clients.map(client => client.state.leader), [true, false, false, false, false, false]);
  assert.deepEqual(clients.map(client => client.state.status), Array(6).fill('live'));
  const customer = server.company.create('customer', {name: 'C'});
  server.push();
  server.stream.frame('presence', {changes: [{employee_id: 'x', online: true}]});
  server.stream.frame('typing', {customer_id: customer.id, by: {kind: 'customer', id: customer.id, name: 'C'}});
  await settle();
  for (const client of clients) {
    assert.deepEqual(client.store.all('customer'), [customer]);
    assert.deepEqual([...client.store.online], ['x']);
    assert.equal(client.store.typingAt(customer.id).length, 1);
  }
  assert.deepEqual(Object.values(scene.changes), Array(6).fill(['customer.created 2']));
}));

test('a tab’s own write is told to each other tab once, never to itself, whichever comes first', inTabs(async scene => {
  const {server, browser} = scene;
  const [a, b, c] = [await scene.open('a'), await scene.open('b'), await scene.open('c')];
  const made = await browser.run('b', () => b.create('customer', {name: 'C'}));   // the event comes before the answer
  await settle();
  assert.deepEqual(scene.changes, {a: ['customer.created 2'], b: [], c: ['customer.created 2']});
  const push = server.push;
  server.push = () => {};   // the answer comes before the event
  await browser.run('b', () => b.update('customer', made.id, {name: 'D'}));
  server.push = push;
  server.push();
  await settle();
  assert.deepEqual(scene.changes, {
    a: ['customer.created 2', 'customer.updated 3'], b: [], c: ['customer.created 2', 'customer.updated 3'],
  });
  for (const client of [a, b, c]) assert.deepEqual(client.store.all('customer'), server.company.all('customer'));
  await browser.run('a', () => a.remove('customer', made.id));
  await settle();
  assert.deepEqual(scene.changes, {
    a: ['customer.created 2', 'customer.updated 3'], b: ['customer.deleted 4'],
    c: ['customer.created 2', 'customer.updated 3', 'customer.deleted 4'],
  });
}));

test('another’s change that comes during one’s own write is told after it', inTabs(async scene => {
  const {server, browser} = scene;
  const a = await scene.open('a');
  server.intercept = ({method}) => {
    if (method === 'POST') {
      server.company.create('customer', {name: 'theirs'});
      server.push();
    }
    return undefined;
  };
  await browser.run('a', () => a.create('customer', {name: 'mine'}));
  await settle();
  assert.deepEqual(scene.changes, {a: ['customer.created 2']});
  assert.deepEqual(a.store.all('customer').map(each => each.name), ['theirs', 'mine']);
}));

test('when the leader dies another goes on from its cursor; nobody misses anything', inTabs(async scene => {
  const {server, time} = scene;
  const clients = [await scene.open('a'), await scene.open('b'), await scene.open('c')];
  server.company.create('customer', {name: '1'});
  server.push();
  await settle();
  await scene.crash('a');
  server.company.create('customer', {name: '2'});
  await time.pass(1000);
  server.push();
  server.company.create('customer', {name: '3'});
  server.push();
  await settle();
  assert.equal(server.open.length, 1);
  assert.equal(server.stream.asked.query.get('cursor'), '00000001-2');
  assert.deepEqual(clients.slice(1).map(client => client.state.leader), [true, false]);
  for (const name of ['b', 'c']) {
    assert.deepEqual(scene.changes[name], ['customer.created 2', 'customer.created 3', 'customer.created 4']);
  }
  for (const client of clients.slice(1)) {
    assert.deepEqual(client.store.all('customer'), server.company.all('customer'));
    assert.equal(client.state.status, 'live');
    assert.equal(client.state.holes, 0);
  }
}));

test('closing the leading tab hands the connection on', inTabs(async scene => {
  const {server} = scene;
  const [a, b] = [await scene.open('a'), await scene.open('b')];
  scene.browser.run('a', () => a.close());
  await settle();
  assert.equal(server.open.length, 1);
  assert.equal(b.state.leader, true);
  assert.equal(b.state.status, 'live');
}));

test('a leader that hangs is replaced, and disturbs nobody when it wakes', inTabs(async scene => {
  const {server, browser, time} = scene;
  const clients = [await scene.open('a'), await scene.open('b'), await scene.open('c')];
  browser.carries = (tab, message) => tab === 'a' || !('frame' in (message as object)) || clients[1]!.state.leader;
  server.company.create('customer', {name: '1'});
  server.push();
  for (let beat = 0; beat < 8; ++beat) {
    await time.pass(15_000);
    server.heartbeat();
  }
  browser.carries = () => true;
  await time.pass(2000);
  assert.ok(clients[1]!.state.leader || clients[2]!.state.leader);
  server.company.create('customer', {name: '2'});
  server.push();
  await time.pass(2000);
  for (const client of clients) {
    assert.deepEqual(client.store.all('customer'), server.company.all('customer'));
    assert.equal(client.state.status, 'live');
  }
  for (const changes of Object.values(scene.changes)) {
    assert.deepEqual(changes, ['customer.created 2', 'customer.created 3']);
  }
}));

test('a frame that a tab missed is sent again at its word', inTabs(async scene => {
  const {server, browser, time} = scene;
  const [, b] = [await scene.open('a'), await scene.open('b')];
  browser.carries = (tab, message) => !(tab === 'b' && 'frame' in (message as object));
  server.company.create('customer', {name: 'missed'});
  server.push();
  await settle();
  browser.carries = () => true;
  server.company.create('customer', {name: 'next'});
  server.push();
  await time.pass(1000);
  assert.deepEqual(b.store.all('customer'), server.company.all('customer'));
  assert.equal(b.state.holes, 1);
  assert.deepEqual(scene.changes, {
    a: ['customer.created 2', 'customer.created 3'], b: ['customer.created 2', 'customer.created 3'],
  });
}));

test('a frozen leader gives the lead away; when it wakes it catches up by itself', inTabs(async scene => {
  const {server, browser, time} = scene;
  const [a, b] = [await scene.open('a'), await scene.open('b')];
  for (const [stop, wake] of [['freeze', 'resume'], ['pagehide', 'pageshow']] as const) {
    const [leading, other] = a.state.leader ? [['a', a], ['b', b]] as const : [['b', b], ['a', a]] as const;
    browser.fire(leading[0], stop);
    await time.pass(1000);
    assert.deepEqual([leading[1].state.leader, other[1].state.leader], [false, true]);
    assert.equal(server.open.length, 1);
    const customer = server.company.create('customer', {name: stop});
    server.push();
    await settle();
    assert.equal(leading[1].store.get('customer', customer.id), undefined);
    browser.fire(leading[0], wake);
    await time.pass(2000);
    assert.deepEqual(leading[1].store.get('customer', customer.id), customer);
    assert.equal(leading[1].state.status, 'live');
    assert.equal(leading[1].state.leader, false);
    assert.equal(leading[1].state.holes, 0, 'nothing was lost');
  }
}));

test('a tab that sleeps past what is kept takes a new snapshot', inTabs(async scene => {
  const {server, browser, time} = scene;
  const a = await scene.open('a');
  browser.fire('a', 'pagehide');
  for (const name of ['1', '2', '3']) server.company.create('customer', {name});
  server.company.pruned = server.company.head - 1;
  browser.fire('a', 'pageshow');
  await time.pass(5000);
  assert.equal(a.state.status, 'live');
  assert.deepEqual(a.store.all('customer'), server.company.all('customer'));
}));

test('a reset reaches every tab', inTabs(async scene => {
  const {server, time} = scene;
  for (const name of ['1', '2', '3']) server.company.create('customer', {name});
  const clients = [await scene.open('a'), await scene.open('b')];
  server.company.rewrite();
  server.stream.cut();
  await time.pass(10_000);
  server.push();
  server.company.create('customer', {name: 'after'});
  server.push();
  await time.pass(10_000);
  for (const client of clients) {
    assert.deepEqual(client.store.all('customer'), server.company.all('customer'));
    assert.equal(client.state.status, 'live');
  }
  assert.equal(server.open.length, 1);
}));

test('the end of the session ends every tab', inTabs(async scene => {
  const {server, time} = scene;
  const clients = [await scene.open('a'), await scene.open('b'), await scene.open('c')];
  server.intercept = () => problem(401, 'unauthenticated');
  server.stream.frame('goodbye', {reason: 'session_ended', retry_ms: 100});
  await time.pass(1000);
  for (const {state} of clients) assert.deepEqual([state.status, state.reason], ['stopped', 'session_ended']);
}));

test('followers show what the leader’s connection does', inTabs(async scene => {
  const {server, browser, time} = scene;
  const [a, b] = [await scene.open('a'), await scene.open('b')];
  server.intercept = () => { throw new TypeError('no network'); };
  browser.online = false;
  browser.fire('a', 'offline');
  browser.fire('b', 'offline');
  await settle();
  for (const client of [a, b]) assert.equal(client.state.status, 'offline');
  await time.pass(60_000);
  assert.equal(b.state.status, 'offline');
  server.intercept = () => undefined;
  browser.online = true;
  browser.fire('a', 'online');
  await settle();
  for (const client of [a, b]) assert.equal(client.state.status, 'live');
  assert.equal(server.open.length, 1);
}));

test('other employees and other types have connections of their own', inTabs(async scene => {
  const {server} = scene;
  await scene.open('a');
  await scene.open('b', {types: ['customer', 'message']});
  assert.equal(server.open.length, 2);
  assert.equal(server.open[1]!.asked.query.get('types'), 'customer,message');
  server.company.me = server.company.create('employee', {name: 'Other'}).id;
  server.employeeId = server.company.me;
  await scene.open('c');
  assert.equal(server.open.length, 3);
}));

test('where there are no locks a tab is alone', inTabs(async scene => {
  const {server} = scene;
  Object.assign(navigator.locks, {request: async () => { throw new DOMException('no', 'SecurityError'); }});
  const a = await scene.open('a');
  assert.deepEqual([a.state.leader, a.state.status, server.open.length], [true, 'live', 1]);
}));
