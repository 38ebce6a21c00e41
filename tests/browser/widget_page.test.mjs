// The customer's widget as a part of a page: out of reach of the page's styles, usable by keyboard and screen reader, on
// any screen; and /demo, which shows it.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {overflow, smallTargets, violations} from './checks.mjs';
import {Shop, owner} from './shop.mjs';
import {Visit} from './site.mjs';
import {eventually} from './world.mjs';

const phone = {viewport: {width: 360, height: 640}, hasTouch: true};
let shop;
let world;

before(async () => {
  shop = await Shop.open();
  ({world} = shop);
});
after(() => shop?.close());

// With something of everything in it: days, runs, a link, a failure, typing.
async function full(options) {
  const {seen, customer} = await shop.conversation('Is the jug left? https://example.com/jug', options);
  for (const body of ['It is.', 'a'.repeat(200)]) {
    await shop.answer(customer, body);
    await seen.message(body).waitFor();
  }
  await shop.types(customer);
  await eventually('typing is shown', async () => await seen.typing.textContent() !== '');
  await seen.page.route('**/widget/messages', (route) => route.fulfill({status: 422, contentType: 'application/problem+json',
    body: '{"code":"validation_failed"}', headers: {'Access-Control-Allow-Origin': shop.site.origin}}));
  await seen.field.fill('Not this');
  await seen.field.press('Enter');
  await seen.message('Not this', '.failed').waitFor();
  return seen;
}

const looks = (seen) => seen.page.evaluate(() => {
  const {shadowRoot} = document.querySelector('chatmesh-widget');
  return ['.root', '.bubble', '.panel', '.head', 'h2', '.greeting', 'textarea', '.send'].map((selector) => {
    const element = shadowRoot.querySelector(selector);
    const {x, y, width, height} = element.getBoundingClientRect();
    const {color, fontSize, fontFamily, letterSpacing, textTransform, direction, visibility, opacity, position} =
      getComputedStyle(element);
    return {selector, x, y, width, height, color, fontSize, fontFamily, letterSpacing, textTransform, direction, visibility,
      opacity, position};
  });
});

test('a page whose styles mean no good changes nothing of it', async () => {
  const [calm, hostile] = await Promise.all([shop.visit(), shop.visit({style: 'hostile'})]);
  assert.equal(await hostile.page.locator('h1').isVisible(), false, 'the style sheet is at work');
  for (const each of [calm, hostile]) await each.open();
  assert.deepEqual(await looks(hostile), await looks(calm));
  await hostile.say('Still here');
});

test('everything goes by keyboard, and the focus is never lost', async () => {
  const {page, panel, bubble, field} = await shop.visit();
  const focused = () => page.evaluate(() => document.querySelector('chatmesh-widget').shadowRoot.activeElement?.className ?? null);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'bubble');
  assert.equal(await bubble.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('Enter');
  await panel.waitFor();
  assert.equal(await bubble.getAttribute('aria-expanded'), 'true');
  assert.equal(await field.evaluate((node) => node.getRootNode().activeElement === node), true);
  await page.keyboard.type('Two');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('lines');
  await page.keyboard.press('Enter');
  await page.locator('chatmesh-widget .sent').waitFor();
  assert.equal(await field.inputValue(), '');
  assert.match(await page.locator('chatmesh-widget .sent .body').textContent(), /Two\nlines$/u);
  await page.keyboard.press('Escape');
  await panel.waitFor({state: 'hidden'});
  assert.equal(await focused(), 'bubble');
  await page.keyboard.press('Space');
  await panel.waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'close');
  await page.keyboard.press('Enter');
  await panel.waitFor({state: 'hidden'});
  assert.equal(await focused(), 'bubble');
});

test('on a phone the panel is the whole screen and keeps the focus', async () => {
  const seen = await full(phone);
  const {width, height} = await seen.panel.boundingBox();
  assert.deepEqual([width, height], [360, 640]);
  assert.equal(await seen.panel.getAttribute('aria-modal'), 'true');
  assert.equal(await seen.bubble.isVisible(), false);
  assert.deepEqual(await overflow(seen.page), []);
  const inside = () => seen.page.evaluate(() =>
    Boolean(document.querySelector('chatmesh-widget').shadowRoot.activeElement?.closest('.panel')));
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let i = 0; i < 9; i += 1) {
      await seen.page.keyboard.press(key);
      assert.ok(await inside(), `${key} ${i}`);
    }
  }
  await seen.page.keyboard.press('Escape');
  await seen.bubble.waitFor();
});

test('a screen reader hears what is new, in the panel and beside it', async () => {
  const {seen, customer} = await shop.conversation('Hello');
  const log = seen.page.getByRole('log', {name: 'Conversation'});
  assert.equal(await log.getAttribute('aria-live'), 'polite');
  assert.equal(await log.locator('.body').first().textContent(), 'You wrote: Hello');
  await seen.bubble.click();
  await shop.answer(customer, 'Good day');
  await eventually('it is said', async () =>
    (await seen.page.locator('chatmesh-widget .root > [role=status]').textContent()) === `New message from ${owner}`);
  const element = await seen.page.locator('chatmesh-widget .mine').elementHandle();
  await seen.open();
  await seen.message('Good day').waitFor();
  assert.ok(await element.evaluate((node) => node.isConnected), 'what was heard is not drawn anew');
});

for (const [name, options] of Object.entries({
  light: {}, dark: {colorScheme: 'dark'}, 'at 360 px': phone, 'in a bright colour': {data: {color: '#ffd447'}},
  'in a colour on black': {data: {color: '#f06', theme: 'dark', position: 'left'}},
})) {
  test(`axe finds nothing, ${name}`, async () => {
    const seen = await full(options);
    assert.deepEqual(await violations(seen.page), []);
    assert.deepEqual(await smallTargets(seen.page), []);
    await seen.page.keyboard.press('Escape');
    await seen.panel.waitFor({state: 'hidden'});
    assert.deepEqual(await violations(seen.page), []);
  });
}

test('attributes say side, colour, words and language', async () => {
  const seen = await shop.visit({data: {position: 'left', color: '#ffd447', title: 'Werkstatt', greeting: 'Moin!', language: 'de-DE'}});
  const {x} = await seen.bubble.boundingBox();
  assert.ok(x < 100);
  assert.deepEqual(await seen.bubble.evaluate((node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]),
    ['rgb(255, 212, 71)', 'rgb(0, 0, 0)']);
  await seen.page.getByRole('button', {name: 'Chat öffnen'}).click();
  await seen.page.getByRole('dialog', {name: 'Werkstatt'}).waitFor();
  assert.equal(await seen.panel.locator('.greeting').textContent(), 'Moin!');
});

test('the page can open it with a draft, and close it', async () => {
  const seen = await shop.visit();
  await seen.page.evaluate(() => window.ChatMesh.open('About the jug: '));
  await seen.panel.waitFor();
  assert.equal(await seen.field.inputValue(), 'About the jug: ');
  await seen.page.evaluate(() => window.ChatMesh.close());
  await seen.panel.waitFor({state: 'hidden'});
});

test('the demo shows it on a shop, for the key in its address', async () => {
  const page = await world.open(null, `/demo?key=${world.company.widget_key}`);
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.reload();
  const seen = new Visit(page);
  await seen.bubble.waitFor();
  await page.getByRole('button', {name: 'Ask about it'}).first().click();
  assert.match(await seen.field.inputValue(), /Ferryman/u);
  await seen.field.press('Enter');
  await seen.message('Ferryman', '.sent').waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual([...hosts], [world.base]);
  assert.ok((await page.textContent('#snippet')).includes(`data-key="${world.company.widget_key}"`));
});

test('without a key the demo says what to do; it fits a phone', async () => {
  const page = await world.open(null, '/demo', phone);
  await page.getByText('No chat here yet').waitFor();
  assert.equal(await page.locator('chatmesh-widget').count(), 0);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(await overflow(page), []);
  const unloaded = await page.$$eval('img', (all) => all.filter((each) => each.complete && !each.naturalWidth).map(({src}) => src));
  assert.deepEqual(unloaded, []);
});

test('nothing on any page was refused', () => assert.deepEqual(world.faults, []));
