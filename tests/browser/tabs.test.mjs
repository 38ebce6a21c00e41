// Six tabs of one browser share one connection; when the tab that holds it is closed, another takes over where it was.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {World, eventually} from './world.mjs';

const tabs = 6;
let world;
let inboxes;
let customer;

before(async () => {
  world = await World.create(['Ada', 'Ben']);
  customer = await world.customer('Ben', {name: 'Grace Hopper'});
  const context = await world.context('Ada');
  inboxes = [];
  for (let n = 0; n < tabs; ++n) {
    inboxes.push(new Inbox(await world.page(context)));
    await inboxes.at(-1).live();
    await inboxes.at(-1).openFirst();
  }
});
after(() => world?.close());

const say = (body) => world.say('Ben', customer, body);

async function allHave(expected) {
  for (const each of inboxes) {
    await each.hasMessage(expected.at(-1));
    assert.deepEqual(await each.messages(), expected);
  }
}

test('The server counts one stream for six tabs, and each tab shows each change once', async () => {
  assert.equal(await world.metric('chatmesh_streams'), 1);
  await say('One');
  await allHave(['One']);
  await inboxes[3].say('Two, from the fourth tab');
  await allHave(['One', 'Two, from the fourth tab']);
});

test('The tab with the connection is closed: one other takes over, nothing is lost', async () => {
  const [leader] = inboxes.splice(0, 1);
  await leader.page.close();
  await say('Three');
  await allHave(['One', 'Two, from the fourth tab', 'Three']);
  await eventually('one stream again', async () => await world.metric('chatmesh_streams') === 1);
});

test('All tabs closed: no stream is left', async () => {
  for (const each of inboxes) await each.page.close();
  await eventually('no stream', async () => await world.metric('chatmesh_streams') === 0);
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
