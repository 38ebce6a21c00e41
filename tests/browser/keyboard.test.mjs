// The main tasks with the keyboard alone: no pointer is touched, and what has the focus can be seen.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {Widget} from './widget.mjs';
import {World, emailOf, password} from './world.mjs';

let world;
let page;
let ada;

before(async () => {
  world = await World.create(['Ada', 'Ben']);
  for (const name of ['Grace Hopper', 'Barbara Liskov']) await world.customer('Ada', {name});
  page = await world.page(await world.context(), '/');
  ada = new Inbox(page);
});
after(() => world?.close());

// What has the focus: its role and its name, and whether a ring is drawn around it.
const focused = () => page.evaluate(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const outlined = (each) => {
    const {outlineStyle, outlineWidth} = getComputedStyle(each);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
  };
  return {
    text: at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent,
    html: at.outerHTML.slice(0, 200),
    ring: [at, at.parentElement].some(outlined),   // a field with a picture has it around both
  };
});

// Tab, until what has the focus is called that; each stop on the way has to be visible.
async function tabTo(name, key = 'Tab') {
  for (let stops = 0; stops < 60; ++stops) {
    const {text, ring, html} = await focused();
    if (stops > 0) assert.ok(ring, `the focus can't be seen at: ${html}`);
    if (name.test(text)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`no way to ${name}`);
}
const type = (text) => page.keyboard.type(text);
const press = (key) => page.keyboard.press(key);

test('Logging in', async () => {
  await page.getByLabel('E-mail').waitFor();
  assert.match((await focused()).text, /E-mail/u, 'the first field has the focus');
  await type(emailOf('Ada'));
  await press('Tab');
  await type(password);
  await press('Enter');
  await ada.live();
  await ada.listed();
});

test('From the list into a conversation, and writing', async () => {
  await press('j');
  await press('j');
  await press('k');
  await press('Enter');
  await ada.composer().waitFor();
  await press('r');
  await page.waitForFunction(() => document.activeElement?.localName === 'textarea');
  await type('Typed without a mouse');
  await press('Enter');
  await ada.hasMessage('Typed without a mouse');
  await press('Escape');
  await press('n');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'New note');
  await type('And a note');
  await press('Enter');
  await page.locator('.note').getByText('And a note').waitFor();
  await press('Escape');
});

test('Assigning from a menu', async () => {
  await tabTo(/^Assigned to/u, 'Shift+Tab');
  await press('Enter');
  await page.waitForFunction(() => document.activeElement?.closest('[role=menu]') !== null);
  await type('b');   // the first that begins so
  await press('Enter');
  await page.getByRole('button', {name: 'Assigned to: Ben'}).first().waitFor();
});

test('A new customer by a dialog, which keeps the focus and gives it back', async () => {
  await press('c');
  const dialog = page.getByRole('dialog', {name: 'New customer'});
  await dialog.waitFor();
  for (let n = 0; n < 12; ++n) {
    await press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement === document.body
      || document.activeElement.closest('dialog') !== null), 'the focus left the dialog');
  }
  await press('Escape');
  await dialog.waitFor({state: 'detached'});
  await press('c');
  await dialog.waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name');
  await type('Radia Perlman');
  await press('Enter');
  await ada.row('Radia Perlman').waitFor();
});

test('Searching, the help, and the other pages', async () => {
  await page.waitForFunction(() => document.activeElement?.closest('dialog') === null);
  await press('Escape');
  await press('/');
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'search');
  await type('liskov');
  await ada.row('Grace Hopper').waitFor({state: 'detached'});
  await press('Escape');
  await press('Escape');
  await press('?');
  await page.getByRole('dialog', {name: 'Keyboard shortcuts'}).waitFor();
  await press('Escape');
  await press('g');
  await press('t');
  await page.getByRole('heading', {name: 'Team', level: 1}).waitFor();
});

test('Inviting someone', async () => {
  await tabTo(/^Invite$/u);
  await press('Enter');
  await page.getByRole('dialog', {name: 'Invite someone'}).waitFor();
  await tabTo(/^Name/u);
  await type('Dora');
  await press('Tab');
  await type('dora@example.com');
  await press('Enter');
  await page.getByLabel('Invitation link').waitFor();
  await tabTo(/^Done$/u);
  await press('Enter');
  await page.getByRole('dialog').waitFor({state: 'detached'});
});

test('The settings’ tabs, by arrows', async () => {
  await press('g');
  await press('s');
  await page.getByRole('heading', {name: 'Settings', level: 1}).waitFor();
  await tabTo(/^Company$/u);
  await press('ArrowRight');
  await press('ArrowRight');
  await page.getByRole('tab', {name: 'API tokens', selected: true}).waitFor();
  await tabTo(/^New token$/u);
});

test('The widget: opened, written in, closed', async () => {
  const visitor = await Widget.open(world);
  await visitor.page.keyboard.press('Escape');
  await visitor.field().waitFor({state: 'hidden'});
  await visitor.page.keyboard.press('Enter');   // the focus went back to the bubble
  await visitor.field().waitFor();
  await visitor.page.keyboard.type('Hello by keys');
  await visitor.page.keyboard.press('Enter');
  await visitor.hasMessage('Hello by keys');
  await visitor.close();
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
