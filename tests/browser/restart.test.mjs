// The server is killed and started again while two agents and a customer have it open: all go on from where they were,
// nothing is lost, nothing comes twice.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {Widget} from './widget.mjs';
import {World} from './world.mjs';

let world;
let everyone;

before(async () => {
  world = await World.create(['Ada', 'Ben']);
  const [ada, ben, visitor] = await Promise.all([
    Inbox.open(world, 'Ada'), Inbox.open(world, 'Ben'), Widget.open(world),
  ]);
  everyone = {ada, ben, visitor};
  await visitor.say('Before the fall');
  for (const each of [ada, ben]) {
    await each.openFirst();
    await each.hasMessage('Before the fall');
  }
});
after(() => world?.close());

test('Killed and started again, twice: everyone comes back and misses nothing', async () => {
  const {ada, ben} = everyone;
  const expected = ['Before the fall'];
  for (const round of [1, 2]) {
    assert.equal(await world.server.stop('SIGKILL'), 'SIGKILL');
    await Promise.all([ada.is('reconnecting'), ben.is('reconnecting')]);
    await world.start();
    for (const [name, page] of Object.entries(everyone)) {
      await page.say(`${name} ${round}`);
      expected.push(`${name} ${round}`);
    }
    for (const page of Object.values(everyone)) {
      for (const text of expected) await page.hasMessage(text);
    }
    await Promise.all([ada.live(), ben.live()]);
  }
  for (const page of Object.values(everyone)) assert.deepEqual((await page.messages()).sort(), [...expected].sort());
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
