// What networks do: a cable pulled for a while, every connection cut, a proxy that holds streams back. Heartbeats come each
// half second here, so that the silence after which a connection counts as dead (2.5 of them) needs no minute.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {Proxy} from './proxy.mjs';
import {Widget} from './widget.mjs';
import {World} from './world.mjs';
import {freePort} from './server.mjs';

let world;
let proxy;
let base;      // the server, behind the proxy
let ben;       // the agent whose line is good: the API
let customer;

before(async () => {
  world = await World.create(['Ada', 'Ben'], {server: ['--stream.heartbeat=500ms']});
  proxy = new Proxy();
  const port = await freePort();
  await proxy.start(port, world.port);
  base = `http://127.0.0.1:${port}`;
  ben = world.api('Ben');
  customer = await world.customer('Ben', {name: 'Grace Hopper'});
});
after(async () => {
  await proxy?.close();
  await world?.close();
});

const say = (body) => world.say('Ben', customer, body);
async function openBehindProxy(path = '/') {
  const ada = new Inbox(await world.page(await world.context('Ada'), path, base));
  await ada.live();
  return ada;
}

test('A line that is dead without a word is noticed, and what was missed comes when it is back', async () => {
  const ada = await openBehindProxy();
  await ada.openFirst();
  await say('First');
  await ada.hasMessage('First');
  proxy.set('silent');
  await say('Said into the silence');
  await ada.is('reconnecting');
  assert.deepEqual(await ada.messages(), ['First']);
  for (let n = 1; n <= 10; ++n) await say(`Missed ${n}`);
  proxy.set('pass');
  await ada.live();
  await ada.hasMessage('Missed 10');
  const missed = Array.from({length: 10}, (_, n) => `Missed ${n + 1}`);
  assert.deepEqual(await ada.messages(), ['First', 'Said into the silence', ...missed]);
  await ada.close();
});

test('A note that is refused goes back to its field, before what was typed since', async () => {
  const ada = await openBehindProxy();
  await ada.openFirst();
  await ada.showNotes();
  const field = ada.page.getByRole('textbox', {name: 'New note'});
  let answer;
  const asked = new Promise((resolve) => {
    void ada.page.route('**/notes', (route) => {
      answer = () => route.fulfill({status: 422, contentType: 'application/problem+json', body: '{"detail":"not now"}'});
      resolve();
    });
  });
  await field.fill('Worked out for an hour');
  await field.press('Enter');
  await asked;
  await field.fill('and more');
  await answer();
  await ada.page.getByText('The note was not saved. Not now').waitFor();
  assert.equal(await field.inputValue(), 'Worked out for an hour\nand more');
  await ada.close();
});

test('A conversation that can’t be read now is not said to be gone, and comes when it can', async () => {
  const ada = await openBehindProxy(`/#/c/${world.company.id}/team`);
  const stranger = await ben.request('POST', `${ben.company}/customers`, {name: 'Somebody'});
  await ben.request('DELETE', `${ben.company}/customers/${stranger.id}`);
  const path = `**/customers/${stranger.id}`;
  await ada.page.route(path, (route) => route.fulfill({status: 500}));
  await ada.page.evaluate((hash) => { location.hash = hash; }, `#/c/${world.company.id}/inbox/${stranger.id}`);
  await ada.page.getByText('The conversation could not be read').waitFor();
  await ada.page.unroute(path);
  await ada.page.getByRole('button', {name: 'Try again'}).click();
  await ada.page.getByText('This customer isn’t here').waitFor();
  await ada.close();
});

test('The machine goes offline: said at once, readable, caught up later', async () => {
  const ada = await openBehindProxy();
  await ada.openFirst();
  await ada.hasMessage('Missed 10');
  await ada.page.context().setOffline(true);
  await ada.is('offline');
  await say('While offline');
  await ada.hasMessage('Missed 10');
  assert.equal(await ada.canWrite(), false);
  await ada.page.context().setOffline(false);
  await ada.live();
  await ada.hasMessage('While offline');
  await ada.close();
});

test('Opened while the server does not answer, it says so, and begins when asked again', async () => {
  const page = await (await world.context('Ada')).newPage();
  await page.route('**/api/**', (route) => route.abort());
  await page.goto(base);
  await page.getByRole('heading', {name: 'ChatMesh can’t be reached'}).waitFor();
  await page.unroute('**/api/**');
  await page.getByRole('button', {name: 'Try again'}).click();
  const ada = new Inbox(page);
  await ada.live();
  await ada.close();
});

test('Every connection cut over and over costs nothing but time', async () => {
  const ada = await openBehindProxy();
  await ada.openFirst();
  for (let n = 1; n <= 5; ++n) {
    proxy.cut();
    await say(`Cut ${n}`);
    await ada.hasMessage(`Cut ${n}`);
  }
  const shown = (await ada.messages()).filter((each) => each.startsWith('Cut'));
  assert.deepEqual(shown, [1, 2, 3, 4, 5].map((n) => `Cut ${n}`));
  await ada.close();
});

test('Behind a proxy that holds streams back the inbox polls, and gets everything', async () => {
  proxy.set('buffer');
  const ada = await openBehindProxy();
  await ada.transportIs('poll');
  await ada.openFirst();
  for (const text of ['Held back 1', 'Held back 2']) {
    await say(text);
    await ada.hasMessage(text);
  }
  assert.ok(proxy.streamBytes > 0, 'the proxy did hold a stream back');
  await ada.close();
  proxy.set('pass');
});

test('The widget gets along without streams too', async () => {
  proxy.set('buffer');
  const visitor = await Widget.open(world, {base});
  await visitor.say('Anyone there?');
  const {items: [newest]} = await ben.request('GET', `${ben.company}/customers?limit=1`);
  await world.say('Ben', newest, 'Yes, by post');
  await visitor.hasMessage('Yes, by post');
  await visitor.close();
  proxy.set('pass');
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
