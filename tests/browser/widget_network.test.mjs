// The customer's widget when things go wrong between it and the server, and on its way in and out of a page.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Proxy} from './proxy.mjs';
import {freePort} from './server.mjs';
import {Shop} from './shop.mjs';
import {Site} from './site.mjs';
import {eventually} from './world.mjs';

let shop;
let world;
const proxies = [];

before(async () => {
  shop = await Shop.open();
  ({world} = shop);
});
after(async () => {
  await shop?.close();
  for (const each of proxies) await each.close();
});

const bodiesOf = async (customer) => (await shop.messagesOf(customer)).map(({body}) => body);
const streams = () => world.metric('chatmesh_streams');

async function behind() {
  const proxy = new Proxy();
  proxies.push(proxy);
  await proxy.start(await freePort(), world.port);
  return {proxy, chat: `http://127.0.0.1:${proxy.port}`};
}

test('a server that was killed comes back: nothing is lost, nothing comes twice', async () => {
  const {seen, customer} = await shop.conversation('Before');
  await world.server.stop('SIGKILL');
  await seen.field.fill('Meanwhile');
  await seen.field.press('Enter');
  await seen.message('Meanwhile', '.failed').waitFor();
  await eventually('the visitor is told', async () => /interrupted/u.test(await seen.notice.textContent()));
  await world.start();
  await shop.answer(customer, 'While you were away');
  await seen.message('Meanwhile').getByRole('button', {name: 'Try again'}).click();
  await seen.message('Meanwhile', '.sent').waitFor();
  await seen.message('While you were away').waitFor();
  await eventually('the notice goes', async () => await seen.notice.textContent() === '');
  await shop.answer(customer, 'After');
  await seen.message('After').waitFor();
  assert.deepEqual(await seen.bodies(), ['Before', 'While you were away', 'Meanwhile', 'After']);
  assert.deepEqual(await bodiesOf(customer), ['Before', 'While you were away', 'Meanwhile', 'After']);
});

test('a stream that is cut within a message goes on before it', async () => {
  const {proxy, chat} = await behind();
  const {seen, customer} = await shop.conversation('One', {chat});
  await eventually('the stream is open', async () => await streams() >= 1);
  proxy.set('tear');
  await shop.answer(customer, 'Two');
  await shop.answer(customer, 'Three');
  await seen.message('Two').waitFor();
  await seen.message('Three').waitFor();
  assert.equal(proxy.torn, 1);
  assert.deepEqual(await seen.bodies(), ['One', 'Two', 'Three']);
});

test('a path that holds streams back is polled', async () => {
  const {proxy, chat} = await behind();
  proxy.set('buffer');
  const {seen, customer} = await shop.conversation('Hello?', {chat});
  await shop.answer(customer, 'Through the buffer');
  await seen.message('Through the buffer').waitFor();
  await eventually('its stream is given up', async () => await seen.notice.textContent() === '');
  await shop.answer(customer, 'And again');
  await seen.message('And again').waitFor();
  assert.deepEqual(await seen.bodies(), ['Hello?', 'Through the buffer', 'And again']);
  assert.ok(proxy.streamBytes > 0, 'a stream was held back');
});

test('an answer that is lost on its way back makes no second message', async () => {
  const {seen, customer} = await shop.conversation('First');
  let lost = 0;
  await seen.page.route('**/widget/messages', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort('connectionreset');
  });
  await seen.say('Once');
  assert.equal(lost, 1);
  assert.deepEqual(await bodiesOf(customer), ['First', 'Once']);
  assert.deepEqual(await seen.bodies(), ['First', 'Once']);
});

test('what is written offline goes out online, in order', async () => {
  const {seen, customer} = await shop.conversation('Online');
  await seen.page.context().setOffline(true);
  await eventually('the visitor is told', async () => /You are offline/u.test(await seen.notice.textContent()));
  for (const body of ['a', 'b']) {
    await seen.field.fill(body);
    await seen.field.press('Enter');
  }
  await seen.message('b', '.failed').waitFor();
  await seen.page.context().setOffline(false);
  await seen.message('b', '.sent').waitFor();
  await shop.answer(customer, 'Welcome back');
  await seen.message('Welcome back').waitFor();
  assert.deepEqual(await bodiesOf(customer), ['Online', 'a', 'b', 'Welcome back']);
});

test('what could not be sent before the visitor left is sent on the next page', async () => {
  const {seen, customer} = await shop.conversation('Stays');
  await seen.page.route('**/widget/messages', (route) => route.request().method() === 'POST' ? route.abort() : route.continue());
  await seen.field.fill('Left behind');
  await seen.field.press('Enter');
  await seen.message('Left behind', '.sending').waitFor();
  await seen.page.unroute('**/widget/messages');
  await seen.page.reload();
  await seen.message('Left behind', '.sent').waitFor();
  assert.deepEqual(await bodiesOf(customer), ['Stays', 'Left behind']);
});

test('a limit that is reached is told kindly, and waited for', async () => {
  const {seen, customer} = await shop.conversation('Slow');
  let refused = 0;
  await seen.page.route('**/widget/messages', (route) => {
    if (route.request().method() !== 'POST' || refused > 0) return route.continue();
    refused += 1;
    return route.fulfill({status: 429, contentType: 'application/problem+json', body: '{"code":"rate_limited"}',
      headers: {'Retry-After': '1', 'Access-Control-Allow-Origin': shop.site.origin, 'Access-Control-Expose-Headers': 'Retry-After'}});
  });
  await seen.field.fill('Down');
  await seen.field.press('Enter');
  await eventually('the visitor is told', async () => /a lot at once/u.test(await seen.notice.textContent()));
  await seen.message('Down', '.sent').waitFor();
  await eventually('and no longer', async () => await seen.notice.textContent() === '');
  assert.deepEqual(await bodiesOf(customer), ['Slow', 'Down']);
});

test('a page that is left has no connection, one that is gone back to catches up', async () => {
  const before = await streams();
  const {seen, customer} = await shop.conversation('Here');
  await eventually('it is connected', async () => await streams() === before + 1);
  await seen.page.evaluate(() => { dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true})); });
  await eventually('it is not', async () => await streams() === before);
  await shop.answer(customer, 'In between');
  await seen.page.evaluate(() => { dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})); });
  await seen.message('In between').waitFor();
  await eventually('it is again', async () => await streams() === before + 1);
  await seen.page.evaluate(() => window.ChatMesh.remove());
  await eventually('removed, it is not', async () => await streams() === before);
  assert.equal(await seen.widget.count(), 0);
});

test('on a page of another origin, or with a key that is none, there is no bubble and no customer', async () => {
  const strange = await Site.create();
  try {
    for (const [place, key] of [[strange, world.company.widget_key], [shop.site, 'no-such-key']]) {
      const last = (await shop.newest())?.id;
      const page = await (await world.context()).newPage();
      const warned = page.waitForEvent('console', (message) => message.type() === 'warning' && /allowed origins/u.test(message.text()));
      await page.goto(place.address(world.base, {key}));
      await warned;
      assert.equal(await page.locator('chatmesh-widget').count(), 0);
      assert.equal((await shop.newest())?.id, last);
    }
  } finally {
    await strange.close();
  }
});

test('nothing on any page was refused', () => assert.deepEqual(world.faults, []));
