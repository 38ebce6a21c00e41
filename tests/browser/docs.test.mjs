// The reference at /docs in a browser: all of both documents, under the page's own content security policy, from this
// server alone.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {World} from './world.mjs';

let world;
let page;
let base;
const hosts = new Set();

before(async () => {
  world = await World.create([]);
  base = world.base;
  const context = await world.context();
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') world.faults.push(message.text()); });
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(`${base}/docs`);
  await page.waitForSelector('#entries li');
});
after(() => world?.close());

const document = async (name) => (await fetch(`${base}/api/v1/${name}.json`)).json();
const ids = () => page.$$eval('article', (nodes) => nodes.map((node) => node.id));

test('every operation, frame and schema of the documents has its place', async () => {
  const open = await document('openapi');
  const async = await document('asyncapi');
  const operations = Object.values(open.paths).flatMap((item) => Object.values(item))
    .map((each) => each.operationId).filter(Boolean).map((each) => `/operation/${each}`);
  const messages = Object.entries(async.channels).flatMap(([channel, {messages: all}]) =>
    Object.keys(all).map((key) => `/frame/${channel}/${key}`));
  const schemas = [open, async].flatMap((each) => Object.keys(each.components.schemas)).map((each) => `/schema/${each}`);
  assert.ok(operations.length > 40 && messages.length > 20 && schemas.length > 40);
  assert.deepEqual((await ids()).sort(), [...new Set([...operations, ...messages, ...schemas])].sort());
});

test('every link within the page leads somewhere', async () => {
  const lost = await page.$$eval('a[href^="#/"]', (links) => links.map((link) => link.getAttribute('href'))
    .filter((href) => !document.getElementById(decodeURIComponent(href.slice(1)))));
  assert.deepEqual(lost, []);
});

test('a place can be linked to, and found', async () => {
  await page.goto(`${base}/docs#/operation/createCustomer`);
  await page.waitForFunction(() => Math.abs(document.getElementById('/operation/createCustomer')
    .getBoundingClientRect().top) < 100);
  assert.ok(await page.evaluate(() => document.getElementById('search').getBoundingClientRect().top >= 0),
    'the contents stay in sight');
  assert.equal(await page.getAttribute('#entries [aria-current]', 'href'), '#/operation/createCustomer');
  assert.match(await page.textContent('[id="/operation/createCustomer"]'), /Idempotency-Key[\s\S]*201[\s\S]*422/);
  await page.fill('#search', 'post customers');
  const shown = await page.$$eval('#entries li:not([hidden])', (nodes) => nodes.map((node) => node.textContent.trim()));
  assert.deepEqual(shown, ['POST Add a customer']);
  await page.fill('#search', '');
  assert.ok(await page.isVisible('#entries a[href="#/frame/events/goodbye"]'));
});

test('nothing was refused, nothing came from elsewhere', () => {
  assert.deepEqual(world.faults, []);
  assert.deepEqual([...hosts], [base]);
});
