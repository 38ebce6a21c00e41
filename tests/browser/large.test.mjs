// Ten thousand customers and a conversation of ten thousand messages: reachable from end to end, with no more in the
// document than fits the window a few times. Messages of full length.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {postAll} from './seed.mjs';
import {World} from './world.mjs';

const count = 10_000;
const maxNodes = 4_000;
let world;
let inbox;
let busy;   // the customer with all the messages

before(async () => {
  world = await World.create(['Ada']);
  const ada = world.api('Ada');
  const one = (path, body) => ada.request('POST', `${ada.company}${path}`, body);
  await one('/customers', {name: 'The second of long ago'});
  await one('/customers', {name: 'The one of long ago'});
  await postAll(ada, '/customers', Array.from({length: count - 3}, (_, n) => ({name: `Customer ${n}`})));
  busy = await one('/customers', {name: 'The busy one'});
  await one('/messages', {customer_id: busy.id, body: 'The very first'});
  await postAll(ada, '/messages',
    Array.from({length: count - 2}, (_, n) => ({customer_id: busy.id, body: `Message ${n}`})));
  await one('/messages', {customer_id: busy.id, body: 'The very last'});
  inbox = await Inbox.open(world, 'Ada');
});
after(() => world?.close());

const nodes = () => inbox.page.evaluate(() => document.querySelectorAll('*').length);
async function isBounded() {
  const found = await nodes();
  assert.ok(found < maxNodes, `${found} elements`);
}

test('Who has not been come to yet and writes is at the top', async () => {
  const ada = world.api('Ada');
  const {items: [longAgo]} = await ada.request('GET', `${ada.company}/customers?q=of%20long%20ago`);
  await inbox.row('The busy one').waitFor();
  await ada.request('POST', `${ada.company}/messages`, {customer_id: longAgo.id, body: 'Are you still there?'});
  await inbox.row('The one of long ago').waitFor();
  assert.equal((await inbox.rows())[0], 'The one of long ago');
});

test('The list of ten thousand is scrolled from the first to the last', async () => {
  await inbox.row('The busy one').waitFor();
  await isBounded();
  await inbox.scrollTo('end', '.conversation-row', 'The second of long ago');
  await isBounded();
});

test('A conversation whose messages are as long as can be opens at the latest one', async () => {
  const ada = world.api('Ada');
  const {id, company_id} = await ada.request('POST', `${ada.company}/customers`, {name: 'The long one'});
  for (const body of ['x'.repeat(16_380), 'word '.repeat(3_270), 'line\n'.repeat(40)]) {
    await ada.request('POST', `${ada.company}/messages`, {customer_id: id, body: `${body} end`});
  }
  for (const _ of ['once', 'twice', 'thrice']) {
    await inbox.goTo(busy);
    await inbox.hasMessage('The very last');
    await inbox.goTo({id, company_id});
    await inbox.hasMessage('x end');
    await inbox.page.waitForFunction(() => {
      const [list, last] = ['.messages .virtual', '.messages .virtual-row:last-child .bubble']
        .map((each) => document.querySelector(each)?.getBoundingClientRect());
      return list && last && last.bottom <= list.bottom && last.bottom > list.bottom - 60;
    });
  }
});

test('The conversation of ten thousand is scrolled from the last to the first', async () => {
  await inbox.goTo(busy);
  await inbox.hasMessage('The very last');
  await isBounded();
  await inbox.scrollTo('beginning', '.message', 'The very first');
  await isBounded();
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
