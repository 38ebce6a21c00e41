// A day at a company: its founder and an agent in the inbox, a customer on the site; all that they do by hand, each in a
// browser of their own.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {Widget} from './widget.mjs';
import {World, password} from './world.mjs';

let world;
let ada;       // the founder
let ben;       // the agent
let grace;     // the customer
let link;      // Ben's invitation

before(async () => { world = await World.create([]); });
after(() => world?.close());

const fill = async (page, fields) => {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, {exact: true}).fill(text);
};
const press = (page, name) => page.getByRole('button', {name, exact: true}).click();
const pick = async (page, button, item) => {
  await page.getByRole('button', {name: button}).first().click();
  await page.getByRole('menuitemradio', {name: item}).click();
};

test('Ada signs up and invites Ben, who joins', async () => {
  const page = await world.page(await world.context(), '/');
  await page.getByRole('link', {name: 'Start a company'}).click();
  await fill(page, {Company: 'Harbour Books', 'Your name': 'Ada', 'E-mail': 'ada@example.com', Password: password});
  await press(page, 'Start');
  ada = new Inbox(page);
  await ada.live();
  await page.getByRole('link', {name: 'Team'}).click();
  await press(page, 'Invite');
  await fill(page, {Name: 'Ben', 'E-mail': 'ben@example.com'});
  await press(page, 'Make the link');
  link = new URL(await page.getByLabel('Invitation link').inputValue());
  await press(page, 'Done');

  const his = await world.page(await world.context(), link.pathname + link.hash);
  await fill(his, {'Choose a password': password});
  await press(his, 'Join');
  ben = new Inbox(his);
  await ben.live();
  const person = page.getByRole('listitem').filter({hasText: 'Ben'});
  await person.getByText('online', {exact: true}).waitFor();
});

test('The widget goes onto a page by its snippet, and a customer writes', async () => {
  const {page} = ada;
  await page.getByRole('link', {name: 'Settings'}).click();
  await page.getByRole('tab', {name: 'Widget'}).click();
  const snippet = await page.getByLabel('Snippet').inputValue();
  const key = /src="[^"]+\/widget\.js" data-key="([^"]+)" async><\/script>$/u.exec(snippet)[1];
  world.company = {widget_key: key};
  grace = await Widget.open(world, {name: 'Grace'});
  await grace.say('Hello, do you ship to Norway?');
  await page.getByRole('link', {name: /Inbox/u}).click();
  for (const agent of [ada, ben]) {
    await agent.row('Grace').waitFor();
    assert.equal(await agent.row('Grace').getAttribute('data-unread'), 'true');
    await agent.row('Grace').getByText('Hello, do you ship to Norway?').waitFor();
  }
});

test('Ada takes a look and hands it to Ben; what she read is read for her alone', async () => {
  await ada.openConversation('Grace');
  await ada.hasMessage('Hello, do you ship to Norway?');
  await ada.page.locator('.conversation-row[data-unread=false]').waitFor();
  assert.equal(await ben.row('Grace').getAttribute('data-unread'), 'true');
  await pick(ada.page, 'Assigned to: nobody', 'Ben');
  await ben.row('Grace').getByText('assigned to Ben').waitFor({state: 'attached'});
  await ada.note('She is a regular.');
});

test('Ben answers; each sees the other write', async () => {
  await ben.openConversation('Grace');
  await ben.hasNote('She is a regular.');
  await grace.field().pressSequentially('And');
  await ben.page.getByText('Grace is typing').first().waitFor();
  await ben.composer().pressSequentially('Yes, twice');
  await grace.page.getByText('Ben is typing').waitFor();
  await ben.say('Yes, twice a week.');
  await grace.hasMessage('Yes, twice a week.');
  await ada.hasMessage('Yes, twice a week.');
  await grace.say('And to Svalbard?');
  for (const agent of [ada, ben]) await agent.hasMessage('And to Svalbard?');
});

test('Details are kept, and the list can be narrowed to what one looks for', async () => {
  const {page} = ben;
  await ben.beginEdit('Organization');
  await page.getByRole('textbox', {name: 'Organization', exact: true}).fill('Polar Institute');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', {name: 'Add a tag'}).fill('shipping');
  await page.keyboard.press('Enter');
  await ada.showDetails();
  await ada.details().getByText('Polar Institute').first().waitFor();
  await ada.details().getByText('shipping', {exact: true}).waitFor();

  await press(page, 'New customer');
  await fill(page, {Name: 'Barbara Liskov'});
  await press(page, 'Create');
  await ben.row('Barbara Liskov').waitFor();
  await page.getByRole('searchbox', {name: 'Search customers'}).fill('polar');
  await ben.row('Barbara Liskov').waitFor({state: 'detached'});
  await ben.row('Grace').waitFor();
  await page.getByRole('searchbox', {name: 'Search customers'}).fill('');
  await page.getByRole('radio', {name: 'Unassigned'}).click();
  await ben.row('Grace').waitFor({state: 'detached'});
  await page.getByRole('radio', {name: 'Mine'}).click();
  await ben.row('Grace').waitFor();
});

test('The matter is closed; the customer’s page still has it after a reload', async () => {
  await ben.openConversation('Grace');
  await ben.say('There too.');
  await pick(ben.page, 'Status: Open', 'Closed');
  await ada.row('Grace').getByText('Closed').waitFor({state: 'attached'});
  await grace.hasMessage('There too.');
  await grace.page.reload();
  await grace.openPanel();
  await grace.hasMessage('There too.');
  assert.deepEqual(await grace.messages(),
    ['Hello, do you ship to Norway?', 'Yes, twice a week.', 'And to Svalbard?', 'There too.']);
});

test('The team’s notes never reached the customer', async () => {
  assert.doesNotMatch(await grace.page.content(), /She is a regular/u);
  const key = await grace.page.evaluate(() => JSON.stringify({...localStorage, ...sessionStorage}));
  assert.doesNotMatch(key, /She is a regular/u);
});

test('An edit and a deletion show on every side', async () => {
  await ben.messageAction('There too.', 'Edit');
  await ben.page.getByRole('textbox', {name: 'Message', exact: true}).last().fill('There as well.');
  await press(ben.page, 'Save');
  for (const each of [ada, grace]) await each.hasMessage('There as well.');
  await ben.messageAction('There as well.', 'Delete');
  await ben.page.getByRole('dialog').getByRole('button', {name: 'Delete'}).click();
  for (const each of [ada, ben, grace]) await each.hasNoMessage('There as well.');
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
