// A laptop is closed and opened again: the page is frozen, its connection dies meanwhile, and it catches up when it wakes.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {World} from './world.mjs';

let world;
let ada;
let customer;

before(async () => {
  world = await World.create(['Ada', 'Ben']);
  customer = await world.customer('Ben', {name: 'Grace Hopper'});
  ada = await Inbox.open(world, 'Ada');
  await ada.openFirst();
});
after(() => world?.close());

const say = (body) => world.say('Ben', customer, body);

test('Frozen over a restart of the server, it wakes up and catches up', async () => {
  await say('Good night');
  await ada.hasMessage('Good night');
  const session = await ada.page.context().newCDPSession(ada.page);
  await session.send('Page.setWebLifecycleState', {state: 'frozen'});
  await world.server.stop('SIGKILL');
  await world.start();
  for (let n = 1; n <= 10; ++n) await say(`Dream ${n}`);
  await session.send('Page.setWebLifecycleState', {state: 'active'});
  await ada.live();
  await ada.hasMessage('Dream 10');
  assert.deepEqual(await ada.messages(), ['Good night', ...Array.from({length: 10}, (_, n) => `Dream ${n + 1}`)]);
});

test('Back from the browser’s cache of pages it is live again', async () => {
  await ada.page.goto('about:blank');
  await say('While elsewhere');
  await ada.page.goBack();
  await ada.live();
  await ada.hasMessage('While elsewhere');
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
