// What ends while it is open is told, stops for good, and shows nothing more: a membership, a session, a company.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {World} from './world.mjs';

let world;
let ada;
let customer;

before(async () => {
  world = await World.create(['Ada', 'Ben', 'Cleo']);
  ada = world.api('Ada');
  customer = await world.customer('Ada', {name: 'Grace Hopper'});
});
after(() => world?.close());

const say = (body) => world.say('Ada', customer, body);

test('A member who is removed while looking is told, and sees nothing of what follows', async () => {
  const ben = await Inbox.open(world, 'Ben');
  await ben.openFirst();
  await say('Ben sees this');
  await ben.hasMessage('Ben sees this');
  await ada.request('DELETE', `${ada.company}/employees/${world.api('Ben').employee.id}`);
  await ben.is('stopped');
  await say('and not this');
  assert.doesNotMatch(await ben.page.content(), /and not this/u);
  await ben.close();
});

test('A session that is ended elsewhere leads to logging in, in every tab, and back', async () => {
  const context = await world.context('Cleo');
  const first = new Inbox(await world.page(context));
  const second = new Inbox(await world.page(context));
  await first.live();
  await second.live();
  await world.api('Cleo').request('DELETE', '/sessions/current');
  await first.is('stopped');
  await second.is('stopped');
  await say('Nobody hears');
  for (const each of [first, second]) assert.doesNotMatch(await each.page.content(), /Nobody hears/u);
  await context.close();
});

test('A company that is deleted is over for everyone in it', async () => {
  const ownerPage = await Inbox.open(world, 'Ada', `/#/c/${world.company.id}/settings`);
  const {page} = ownerPage;
  await page.getByRole('button', {name: 'Delete …'}).click();
  const dialog = page.getByRole('dialog');
  assert.ok(await dialog.getByRole('button', {name: 'Delete for ever'}).isDisabled());
  await dialog.getByLabel('Type the company’s name').fill(world.company.name);
  await dialog.getByRole('button', {name: 'Delete for ever'}).click();
  await page.getByRole('heading', {name: `${world.company.name} was deleted`}).waitFor();
  await page.reload();
  await page.getByRole('heading', {name: 'Start a company'}).waitFor();
  await ownerPage.close();
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
