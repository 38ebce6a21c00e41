// The customer's widget on somebody else's page, against the real server: what visitor and agent see of each other.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Shop, owner} from './shop.mjs';
import {eventually} from './world.mjs';

let shop;
let world;
let agent;   // the API of the one who answers

before(async () => {
  shop = await Shop.open();
  ({world, agent} = shop);
});
after(() => shop?.close());

test('who only looks does not become a customer', async () => {
  const before = (await shop.customers()).length;
  const seen = await shop.visit();
  await seen.open();
  await seen.field.fill('I am only thinking');
  await seen.page.reload();
  await seen.panel.waitFor();
  assert.equal(await seen.field.inputValue(), 'I am only thinking', 'a draft outlives the page');
  assert.equal((await shop.customers()).length, before);
});

test('messages go both ways, live, under the names of who wrote them', async () => {
  await agent.request('PATCH', `${agent.company}/employees/${agent.employee.id}`, {avatar_url: `${world.base}/avatars/mira.svg`});
  const {seen, customer} = await shop.conversation('Is the blue bowl left?', {data: {name: 'Jo', email: 'jo@example.com'}});
  assert.equal(customer.name, 'Jo');
  assert.equal(customer.email, 'jo@example.com');
  assert.deepEqual((await shop.messagesOf(customer)).map(({body, direction}) => [body, direction]),
    [['Is the blue bowl left?', 'inbound']]);

  await shop.answer(customer, 'It is.');
  await seen.message('It is.', '.theirs').waitFor();
  assert.equal(await seen.panel.locator('h2').textContent(), owner);
  await eventually('the agent has a face', () => seen.panel.locator('.head img').evaluate((image) => image.naturalWidth > 0));
  await seen.say('Then I come by.');
  assert.deepEqual(await seen.bodies(), ['Is the blue bowl left?', 'It is.', 'Then I come by.']);
  assert.equal(await seen.panel.locator('.day').count(), 1);

  const latest = (await shop.messagesOf(customer)).at(-1);
  const edited = await shop.answer(customer, 'Typing mistkae');
  await seen.message('mistkae').waitFor();
  await agent.request('PATCH', `${agent.company}/messages/${edited.id}`, {body: 'No mistake'});
  await seen.message('No mistake').waitFor();
  await agent.request('DELETE', `${agent.company}/messages/${latest.id}`);
  await seen.message('Then I come by.').waitFor({state: 'detached'});
  assert.deepEqual(await seen.bodies(), ['Is the blue bowl left?', 'It is.', 'No mistake']);
});

test('the history stays across visits and is the same in every tab of the site', async () => {
  const {seen, customer} = await shop.conversation('First tab');
  const context = seen.page.context();
  const other = await shop.visit({context});
  await other.open();
  await other.message('First tab').waitFor();
  await other.say('Second tab');
  await seen.message('Second tab').waitFor();
  await seen.page.close();
  await other.page.reload();
  await other.message('First tab').waitFor();
  assert.deepEqual(await other.bodies(), ['First tab', 'Second tab']);
  assert.equal(await other.field.inputValue(), '', 'what was sent is no draft any more');
  assert.equal((await shop.newest()).id, customer.id);
});

test('two tabs that begin at once begin one conversation', async () => {
  const before = (await shop.customers()).length;
  const context = await world.context();
  const tabs = await Promise.all([shop.visit({context}), shop.visit({context})]);
  for (const each of tabs) await each.open();
  await Promise.all(tabs.map((each, i) => each.say(`tab ${i}`)));
  for (const each of tabs) await Promise.all([0, 1].map((i) => each.message(`tab ${i}`).waitFor()));
  assert.equal((await shop.customers()).length, before + 1);
});

test('a page without storage has a conversation for as long as it is open', async () => {
  const context = await world.context();
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError'); }});
    }
  });
  const {seen, customer} = await shop.conversation('No storage here', {context});
  await shop.answer(customer, 'That is fine');
  await seen.message('That is fine').waitFor();
  await seen.say('Good');
  assert.equal((await shop.messagesOf(customer)).length, 3);
});

test('unread answers are counted on the bubble, once seen no more, and the title is left alone', async () => {
  const {seen, customer} = await shop.conversation('Knock knock');
  await seen.bubble.click();
  await shop.answer(customer, 'Who is there?');
  await shop.answer(customer, 'Hello?');
  await eventually('both are counted', async () => await seen.badge.textContent() === '2');
  assert.ok(await seen.badge.isVisible());
  assert.match(await seen.bubble.getAttribute('aria-label'), /2 unread messages/u);
  assert.equal(await seen.page.title(), 'A shop');
  await seen.page.reload();
  await eventually('they are counted after a reload', async () => await seen.badge.textContent() === '2');
  const other = await shop.visit({context: seen.page.context()});
  await seen.open();
  await seen.message('Hello?').waitFor();
  await seen.badge.waitFor({state: 'hidden'});
  await other.page.waitForFunction(() => document.querySelector('chatmesh-widget').shadowRoot.querySelector('.badge').hidden);
  await seen.bubble.click();
  await seen.page.reload();
  await seen.bubble.waitFor();
  await shop.answer(customer, 'A new one');
  await eventually('only what is new counts', async () => await seen.badge.textContent() === '1');
});

test('each sees that the other is typing', async () => {
  const {seen, customer} = await shop.conversation('Hello');
  const watcher = new AbortController();
  const stream = await fetch(`${world.base}/api/v1${agent.company}/events`,
    {headers: {Authorization: `Bearer ${agent.token}`}, signal: watcher.signal});
  const heard = (async () => {
    let text = '';
    for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const data = /event: typing\ndata: (.*)\n/u.exec(text)?.[1];
      if (data) return JSON.parse(data);
    }
    throw new Error('the stream ended');
  })();
  await seen.field.pressSequentially('Wha');
  const {customer_id: of, by} = await heard;
  watcher.abort();
  assert.equal(of, customer.id);
  assert.equal(by.kind, 'customer');

  await shop.types(customer);
  await eventually('the visitor sees it', async () => await seen.typing.textContent() === `${owner} is typing …`);
  await shop.answer(customer, 'Yes?');
  await seen.message('Yes?').waitFor();
  await eventually('it ends with the message', async () => await seen.typing.textContent() === '');
});

test('text is text, whoever wrote it, and only http and https become links', async () => {
  const markup = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
  const {seen, customer} = await shop.conversation(markup);
  await shop.answer(customer, `${markup} javascript:alert(1) https://example.com/?q=<b>"x`);
  await seen.message('javascript:alert(1)', '.theirs').waitFor();
  assert.deepEqual(await seen.bodies(), [markup, `${markup} javascript:alert(1) https://example.com/?q=<b>"x`]);
  const links = await seen.page.$$eval('chatmesh-widget .log a', (nodes) => nodes.map(({href, rel, target}) => [href, rel, target]));
  assert.deepEqual(links, [['https://example.com/?q=', 'noopener noreferrer nofollow', '_blank']]);
  assert.equal(await seen.page.locator('chatmesh-widget .body :is(img, script, b)').count(), 0);
  assert.equal(await seen.page.evaluate(() => window.hacked), undefined);
});

test('a long conversation is read page by page', async () => {
  const {seen, customer} = await shop.conversation('0');
  for (let i = 1; i < 130; i += 1) await shop.answer(customer, String(i));
  await seen.page.reload();
  const older = seen.page.locator('chatmesh-widget .older');
  await older.click();
  await eventually('a second page', async () => (await seen.bodies()).length === 100);
  await older.click();
  await eventually('all', async () => (await seen.bodies()).length === 130);
  assert.deepEqual(await seen.bodies(), Array.from({length: 130}, (_, i) => String(i)));
  await older.waitFor({state: 'hidden'});
});

test('a deleted customer becomes a new one, and the draft stays', async () => {
  const {seen, customer} = await shop.conversation('Forget me');
  await seen.field.fill('I was about to say');
  await agent.request('DELETE', `${agent.company}/customers/${customer.id}`);
  await seen.message('Forget me').waitFor({state: 'detached'});
  assert.match(await seen.notice.textContent(), /earlier conversation has ended/u);
  assert.equal(await seen.field.inputValue(), 'I was about to say');
  await seen.field.press('Enter');
  await seen.message('I was about to say', '.sent').waitFor();
  const next = await shop.newest();
  assert.notEqual(next.id, customer.id);
  await shop.answer(next, 'Nice to meet you');
  await seen.message('Nice to meet you').waitFor();
  assert.deepEqual(await seen.bodies(), ['I was about to say', 'Nice to meet you']);
});

test('a token that is no good any more is replaced at the next message', async () => {
  const context = await world.context();
  await context.addInitScript((key) => {
    if (location.protocol === 'http:' && !localStorage.length) localStorage.setItem(`chatmesh.${key}.session`, JSON.stringify({token: 'worn-out', at: Date.now()}));
  }, world.company.widget_key);
  const {seen, customer} = await shop.conversation('It is me', {context});
  await shop.answer(customer, 'Who?');
  await seen.message('Who?').waitFor();
  assert.deepEqual(await seen.bodies(), ['It is me', 'Who?']);
});

test('nothing on any page was refused', () => assert.deepEqual(world.faults, []));
