// The team's page: who is there, inviting, changing, removing; each role sees what it may do and no more.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {picture} from './pictures.mjs';
import {World} from './world.mjs';

let world;
let ada;
let ben;

before(async () => {
  world = await World.create(['Ada', {name: 'Ben', role: 'admin'}, 'Cleo']);
  ada = await world.open('Ada', path());
  ben = await world.open('Ben', path());
});
after(() => world?.close());

const path = (view = 'team') => `/#/c/${world.company.id}/${view}`;
const person = (page, name) => page.getByRole('listitem').filter({hasText: name});
const choose = async (page, name, item) => {
  await page.getByRole('button', {name: `More for ${name}`}).click();
  await page.getByRole('menuitem', {name: item}).click();
};
const press = (page, name) => page.getByRole('dialog').getByRole('button', {name, exact: true}).click();

test('Everyone is listed with role and presence', async () => {
  await person(ada, 'Ben').getByText('online', {exact: true}).waitFor();
  await person(ada, 'Cleo').getByText('offline', {exact: true}).waitFor();
  await person(ben, 'Ada').getByText('Owner').waitFor();
});

test('An invitation’s link is shown once and lets someone in; the others see them arrive', async () => {
  await ada.getByRole('button', {name: 'Invite'}).click();
  await ada.getByLabel('Name').fill('Dora');
  await press(ada, 'Make the link');
  await ada.getByText('e-mail address.').waitFor();
  await ada.getByLabel('E-mail').fill('dora@example.com');
  await press(ada, 'Make the link');
  const link = await ada.getByLabel('Invitation link').inputValue();
  await press(ada, 'Done');
  await person(ben, 'Dora').getByText('Invited').waitFor();
  const dora = await world.page(await world.context(), new URL(link).pathname + new URL(link).hash);
  await dora.getByLabel('Choose a password').fill('a good long password');
  await dora.getByRole('button', {name: 'Join', exact: true}).click();
  await person(ada, 'Dora').getByText('online', {exact: true}).waitFor();
  await dora.context().close();
});

test('A role is changed, and shows everywhere', async () => {
  await choose(ada, 'Cleo', 'Edit');
  await ada.getByLabel('Title').fill('Support');
  await ada.getByLabel('Role').selectOption('admin');
  await press(ada, 'Save');
  await person(ben, 'Cleo').getByText('Admin').waitFor();
  await person(ben, 'Cleo').getByText('Support').waitFor();
});

test('Two who edit one profile are both heard', async () => {
  await choose(ada, 'Cleo', 'Edit');
  await ada.getByLabel('Title').fill('Head of support');
  await choose(ben, 'Cleo', 'Edit');
  await ben.getByLabel('Title').fill('Lead');
  await press(ben, 'Save');
  await person(ada, 'Cleo').getByText('Lead').waitFor({state: 'attached'});
  await press(ada, 'Save');
  const choice = ada.getByRole('dialog', {name: 'Someone else changed this too'});
  const sides = choice.getByRole('group', {name: 'Title'});
  await sides.getByText('Lead', {exact: true}).waitFor();
  await sides.getByText('Head of support').waitFor();
  await choice.getByRole('button', {name: 'Save the choice'}).click();
  await person(ben, 'Cleo').getByText('Head of support').waitFor();
});

test('A picture is uploaded, checked and taken away', async () => {
  await choose(ben, 'Ben', 'Edit profile');
  const input = ben.locator('input[type=file]');
  await input.setInputFiles({name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>')});
  await ben.getByText('can’t be read').waitFor();
  await input.setInputFiles({name: 'me.png', mimeType: 'image/png', buffer: picture(40, 40)});
  await ben.getByRole('button', {name: 'Change picture'}).waitFor();
  await ada.waitForFunction(() =>
    [...document.querySelectorAll('.person img')].some((each) => each.naturalWidth === 40));
  await ben.getByRole('button', {name: 'Remove', exact: true}).click();
  await ben.getByRole('button', {name: 'Upload a picture'}).waitFor();
  await press(ben, 'Cancel');
});

test('The last owner can’t step down or leave, and is told why', async () => {
  await choose(ada, 'Ada', 'Edit profile');
  await ada.getByLabel('Role').selectOption('agent');
  await press(ada, 'Save');
  await ada.getByText('Make someone else an owner first').waitFor();
  await press(ada, 'Cancel');
  await choose(ada, 'Ada', 'Leave the company');
  await press(ada, 'Leave');
  await ada.getByText('Make someone else an owner first').waitFor();
  await press(ada, 'Cancel');
});

test('Admins do not touch owners; agents change themselves alone', async () => {
  assert.equal(await ben.getByRole('button', {name: 'More for Ada'}).count(), 0);
  const owner = world.api('Ada');
  await owner.request('PATCH', `${owner.company}/employees/${world.api('Cleo').employee.id}`, {role: 'agent'});
  const cleo = await world.open('Cleo', path());
  await cleo.getByRole('button', {name: 'More for Cleo'}).waitFor();
  assert.equal(await cleo.getByRole('button', {name: /^More for/u}).count(), 1);
  assert.equal(await cleo.getByRole('button', {name: 'Invite'}).count(), 0);
  await cleo.context().close();
});

test('Who is removed is gone for everyone, after a question', async () => {
  await choose(ada, 'Cleo', 'Remove');
  await press(ada, 'Cancel');
  await choose(ada, 'Cleo', 'Remove');
  await press(ada, 'Remove');
  await person(ben, 'Cleo').waitFor({state: 'detached'});
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
