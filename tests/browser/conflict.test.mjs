// Two agents edit one customer: different fields are both kept without a word; the same field shows both versions, and
// nobody's words are lost without being asked.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {World} from './world.mjs';

let world;
let ada;
let ben;
let customer;

before(async () => {
  world = await World.create(['Ada', 'Ben']);
  customer = await world.customer('Ada', {name: 'Grace Hopper', phone: '1', organization: 'Navy'});
  [ada, ben] = await Promise.all([Inbox.open(world, 'Ada'), Inbox.open(world, 'Ben')]);
  await Promise.all([ada.goTo(customer), ben.goTo(customer)]);
});
after(() => world?.close());

const stored = async () => {
  const api = world.api('Ada');
  return api.request('GET', `${api.company}/customers/${customer.id}`);
};
const clash = ({page}) => page.getByRole('dialog', {name: 'Someone else changed this too'});

async function edits(inbox, field, text) {
  await inbox.beginEdit(field);
  await inbox.page.getByRole('textbox', {name: field, exact: true}).fill(text);
}
const saves = ({page}) => page.keyboard.press('Enter');

test('What one saves while the other edits something else is merged', async () => {
  await edits(ada, 'Phone', '22');
  await edits(ben, 'Organization', 'Yale');
  await saves(ben);
  await ada.details().getByText('Yale').first().waitFor();
  await saves(ada);
  await ben.details().getByText('22', {exact: true}).waitFor();
  const {phone, organization} = await stored();
  assert.deepEqual({phone, organization}, {phone: '22', organization: 'Yale'});
  assert.equal(await clash(ada).count(), 0);
});

test('The same field: both versions are shown; theirs can stay', async () => {
  await edits(ada, 'Phone', '333');
  await edits(ben, 'Phone', '444');
  await saves(ben);
  await ben.details().getByText('444', {exact: true}).waitFor();
  await saves(ada);
  await clash(ada).getByText('444', {exact: true}).waitFor();
  await clash(ada).getByText('333', {exact: true}).waitFor();
  assert.equal((await stored()).phone, '444', 'nothing is written before the choice');
  await clash(ada).getByRole('radio', {name: /Theirs/u}).check();
  await clash(ada).getByRole('button', {name: 'Save the choice'}).click();
  await ada.details().getByText('444', {exact: true}).waitFor();
  assert.equal((await stored()).phone, '444');
});

test('Or one’s own', async () => {
  await edits(ada, 'Phone', '555');
  await edits(ben, 'Phone', '666');
  await saves(ben);
  await ben.details().getByText('666', {exact: true}).waitFor();
  await saves(ada);
  await clash(ada).getByRole('radio', {name: /Yours/u}).check();
  await clash(ada).getByRole('button', {name: 'Save the choice'}).click();
  await ben.details().getByText('555', {exact: true}).waitFor();
  assert.equal((await stored()).phone, '555');
});

test('Tags that both add are both there', async () => {
  for (const [inbox, tag] of [[ada, 'vip'], [ben, 'navy']]) {
    await inbox.page.getByRole('combobox', {name: 'Add a tag'}).fill(tag);
  }
  await Promise.all([saves(ada), saves(ben)]);   // whichever has the focus in its page
  for (const inbox of [ada, ben]) {
    for (const tag of ['vip', 'navy']) await inbox.details().getByText(tag, {exact: true}).waitFor();
  }
  assert.deepEqual((await stored()).tags.sort(), ['navy', 'vip']);
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
