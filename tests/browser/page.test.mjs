// Two members in two browsers against the real server: what one changes the other sees, also across restarts and crashes.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {chromium} from 'playwright-core';

import {Api, Server, freePort} from './server.mjs';

const password = 'correct horse battery';
const owner = {name: 'Ada Owner', email: 'ada@example.com'};
const agent = {name: 'Ben Agent', email: 'ben@example.com'};
const chromiumFlags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const waitMs = 60_000;   // reconnecting takes its time; every wait ends as soon as its condition holds

let server;
let port;
let browser;
let api;    // as the owner
let ada;    // the owner's page
let ben;    // the agent's page
const faults = [];   // what the pages' scripts threw, and what the content security policy refused

async function openPage(path) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(waitMs);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy|frame refused/u.test(message.text())) faults.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${port}${path}`);
  return page;
}

const fill = async (page, form, fields) => {
  for (const [name, value] of Object.entries(fields)) await page.fill(`#${form} [name=${name}]`, value);
};
const submit = (page, form) => page.click(`#${form} button.primary`);
const phase = (page, name) => page.waitForSelector(`#connection[data-phase=${name}]`);
const customerNames = (page) => page.$$eval('#customers .line-name', (nodes) => nodes.map((node) => node.textContent));

// Waits until exactly these customers are listed, in any order.
function customersAre(page, names) {
  return page.waitForFunction((wanted) => {
    const shown = [...document.querySelectorAll('#customers .line-name')].map((node) => node.textContent);
    return JSON.stringify(shown.sort()) === wanted;
  }, JSON.stringify([...names].sort()));
}

const hasText = (page, selector, text) => page.waitForFunction(([where, what]) => {
  return [...document.querySelectorAll(where)].some((node) => node.textContent === what);
}, [selector, text]);

// The numbers in the live log, oldest first; a skipped range counts as each of its numbers.
async function seenSeqs(page) {
  const lines = await page.$$eval('#log > li', (nodes) => nodes.map((node) => {
    return {seq: node.querySelector('.log-seq')?.textContent, by: node.querySelector('.log-by')?.textContent, text: node.textContent};
  }));
  return lines.reverse().filter(({seq, by}) => seq && by !== 'you').map(({seq}) => Number(seq.slice(1)));
}

before(async () => {
  assert.ok(process.env.CHATMESH_BIN, 'CHATMESH_BIN names the server to test');
  port = await freePort();
  server = await Server.create();
  await server.start(port);
  browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: chromiumFlags});
});

after(async () => {
  await browser?.close();
  await server?.remove();
});

test('Page.SignsUpAndJoinsByInvitation', async () => {
  ada = await openPage('/');
  await ada.click('#login-form [data-show=signup]');
  await fill(ada, 'signup-form', {company: 'Meshworks', name: owner.name, email: owner.email, password: 'short'});
  await submit(ada, 'signup-form');
  await ada.waitForSelector('#signup-form .field-error');
  await fill(ada, 'signup-form', {password});
  await submit(ada, 'signup-form');
  await phase(ada, 'live');

  api = new Api(port);
  await api.logIn(owner.email, password);
  const {invitation} = await api.request('POST', `${api.company}/employees`, {name: agent.name, email: agent.email, role: 'agent'});
  await hasText(ada, '#employees .employee-name', agent.name);
  ben = await openPage(new URL(invitation.url).pathname + new URL(invitation.url).hash);
  await fill(ben, 'accept-form', {password});
  await submit(ben, 'accept-form');
  await phase(ben, 'live');
  assert.equal(new URL(ben.url()).hash, '', 'the token leaves the address');
  await ada.waitForFunction((name) => [...document.querySelectorAll('.employee[data-online=true] .employee-name')]
    .some((node) => node.textContent === name), agent.name);
});

test('Page.ShowsWhatAnotherMemberDoes', async () => {
  await ada.click('#customer-new');
  await fill(ada, 'customer-form', {name: 'Grace Customer', email: 'grace@example.com', tags: 'vip\nfirst'});
  await submit(ada, 'customer-form');
  await hasText(ada, '#customer-name', 'Grace Customer');
  await customersAre(ben, ['Grace Customer']);

  await ben.click('.customer-line');
  await hasText(ben, '#customer-chips .chip-text', 'vip');
  await ada.click('#customer-edit');
  await fill(ada, 'customer-form', {name: 'Grace Hopper'});
  await submit(ada, 'customer-form');
  await hasText(ben, '#customer-name', 'Grace Hopper');
  await customersAre(ada, ['Grace Hopper']);

  await ben.fill('#message-body', 'Hello Grace');
  await ben.press('#message-body', 'Enter');
  await hasText(ada, '#messages .message-body', 'Hello Grace');
  await ada.click('#tab-notes');
  await ada.fill('#note-body', 'Likes compilers');
  await ada.click('#note-form button');
  await ben.click('#tab-notes');
  await hasText(ben, '#notes .note-body', 'Likes compilers');
  await ben.click('#tab-messages');
  await ben.click('[aria-label="Edit message"]');
  await fill(ben, 'text-form', {body: 'Hello Grace!'});
  await submit(ben, 'text-form');
  await hasText(ada, '#messages .message-body', 'Hello Grace!');
  await ada.click('[aria-label="Delete note"]');
  await ada.click('#confirm-form .danger');
  await ben.waitForFunction(() => document.querySelectorAll('#notes > li').length === 0);
  assert.equal(await ada.$$eval('#messages > li', (nodes) => nodes.length), 1);
  assert.equal(await ben.$$eval('#messages > li', (nodes) => nodes.length), 1, 'one’s own message is there once');
});

test('Page.KeepsWhatWasTypedWhenSomeoneWasFaster', async () => {
  await ada.click('#customer-edit');
  await fill(ada, 'customer-form', {phone: '+1 202 555 0100'});
  await ben.click('#customer-edit');
  await fill(ben, 'customer-form', {organization: 'Navy'});
  await submit(ben, 'customer-form');
  await ben.waitForSelector('#customer-dialog', {state: 'hidden'});
  await submit(ada, 'customer-form');
  await ada.waitForSelector('#customer-form .form-error:not([hidden])');
  assert.equal(await ada.inputValue('#customer-form [name=organization]'), 'Navy');
  await submit(ada, 'customer-form');
  await ada.waitForSelector('#customer-dialog', {state: 'hidden'});
  const {items: [customer]} = await api.request('GET', `${api.company}/customers`);
  assert.equal(customer.organization, 'Navy');
  assert.equal(customer.phone, '+1 202 555 0100');
});

test('Page.NeverTakesTextForMarkup', async () => {
  const name = '<img src=x onerror="taken=1"><script>taken=1</script>&amp;';
  const {id} = await api.request('POST', `${api.company}/customers`, {name, organization: name, tags: [name], attributes: {[name]: name}});
  await api.request('POST', `${api.company}/messages`, {customer_id: id, body: name});
  await api.request('POST', `${api.company}/notes`, {customer_id: id, body: name});
  await customersAre(ben, ['Grace Hopper', name]);
  await ben.click('.customer-line:has-text("taken")');
  for (const place of ['#customer-name', '#customer-chips .chip-text', '#messages .message-body', '#notes .note-body', '#details dt']) {
    await hasText(ben, place, name);
  }
  await ben.click('#log summary >> nth=0');
  assert.equal(await ben.evaluate(() => window.taken), undefined);
  assert.equal(await ben.$$eval('[onerror], #desk script, #desk img[src="x"]', (nodes) => nodes.length), 0);
  await api.request('DELETE', `${api.company}/customers/${id}`);
  await customersAre(ben, ['Grace Hopper']);
  await hasText(ben, '#customer-none-text', `${name} was deleted.`);
});

// Changes that the pages can't see: the server stands on another port meanwhile.
async function whileAway(change) {
  const elsewhere = await freePort();
  await server.start(elsewhere);
  api.port = elsewhere;
  await change();
  assert.equal(await server.stop('SIGTERM'), 0);
  api.port = port;
}

test('Page.CatchesUpByItselfAfterARestart', async () => {
  assert.equal(await server.stop('SIGTERM'), 0);
  await Promise.all([phase(ada, 'waiting'), phase(ben, 'waiting')]);
  await whileAway(async () => {
    await api.request('POST', `${api.company}/customers`, {name: 'While you were away'});
    const {items} = await api.request('GET', `${api.company}/customers`);
    const grace = items.find(({name}) => name === 'Grace Hopper');
    await api.request('PATCH', `${api.company}/customers/${grace.id}`, {name: 'Rear Admiral Hopper'});
  });
  assert.deepEqual(await customerNames(ben), ['Grace Hopper'], 'nothing of it can be known yet');
  await server.start(port);
  await Promise.all([ada, ben].map((page) => customersAre(page, ['While you were away', 'Rear Admiral Hopper'])));
  await Promise.all([phase(ada, 'live'), phase(ben, 'live')]);
});

test('Page.CatchesUpByItselfAfterACrash', async () => {
  await api.request('POST', `${api.company}/customers`, {name: 'Just before the crash'});
  assert.equal(await server.stop('SIGKILL'), 'SIGKILL');
  await Promise.all([phase(ada, 'waiting'), phase(ben, 'waiting')]);
  await whileAway(async () => {
    const {items} = await api.request('GET', `${api.company}/customers`);
    const gone = items.find(({name}) => name === 'While you were away');
    await api.request('DELETE', `${api.company}/customers/${gone.id}`);
    await api.request('POST', `${api.company}/customers`, {name: 'After the crash'});
  });
  await server.start(port);
  const names = ['Rear Admiral Hopper', 'Just before the crash', 'After the crash'];
  await Promise.all([ada, ben].map((page) => customersAre(page, names)));
  await Promise.all([phase(ada, 'live'), phase(ben, 'live')]);
});

test('Page.SawEveryEventOnceAndInOrder', async () => {
  // A last event, so that what the pages have seen has a known end.
  await api.request('POST', `${api.company}/customers`, {name: 'The last one'});
  await customersAre(ada, ['Rear Admiral Hopper', 'Just before the crash', 'After the crash', 'The last one']);
  await customersAre(ben, ['Rear Admiral Hopper', 'Just before the crash', 'After the crash', 'The last one']);
  const {head, events} = await api.request('GET', `${api.company}/changes?cursor=0&limit=500`);
  assert.equal(events.length, head);
  for (const [page, name] of [[ada, owner.name], [ben, agent.name]]) {
    const seen = await seenSeqs(page);
    assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => a - b), 'each once, in order');
    assert.equal(seen.at(-1), head);
    const ownClient = (seq) => events[seq - 1].by.name === name;
    const missing = events.map(({seq}) => seq).filter((seq) => seq > seen[0] && !seen.includes(seq));
    assert.deepEqual(missing.filter((seq) => !ownClient(seq)), [], 'only one’s own are not echoed');
  }
});

test('Page.StopsWhenTheMembershipEnds', async () => {
  const {items} = await api.request('GET', `${api.company}/employees`);
  const {id} = items.find(({name}) => name === agent.name);
  await api.request('DELETE', `${api.company}/employees/${id}`);
  await phase(ben, 'stopped');
  await hasText(ben, '#connection-text', 'Stopped: you are no longer a member of this company');
  await ada.waitForFunction((name) => ![...document.querySelectorAll('#employees .employee-name')]
    .some((node) => node.textContent === name), agent.name);
});

test('Page.HadNoFault', () => {
  assert.deepEqual(faults, []);
});
