// The client library in Node against the real server: it loses nothing when the server is killed, tells each change
// once, and stops where its right ends.
import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {Server, freePort} from './server.mjs';

let server;
let port;
let base;
let folder;
let library;
let owner;
const clients = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatmesh-client-'));
  server = await Server.create();
  port = await freePort();
  base = `http://127.0.0.1:${port}/api/v1`;
  await server.start(port);
  const file = join(folder, 'client.mjs');
  await writeFile(file, await (await fetch(`http://127.0.0.1:${port}/client/chatmesh.js`)).text());   // as it is shipped
  library = await import(pathToFileURL(file));
  owner = await library.request(base, 'POST', '/signup', {
    company: {name: 'Acme'}, name: 'Ann', email: 'ann@acme.example', password: 'correct horse battery',
  });
});
after(async () => {
  for (const client of clients) client.close();
  await server?.remove();
  await rm(folder, {recursive: true, force: true});
});

function connect(options = {}) {
  const client = library.connect({company: owner.company.id, baseUrl: base, token: owner.session.token, ...options});
  clients.push(client);
  return client;
}

// Resolves when the condition holds; asked anew with each change of the client.
function until(client, what, condition) {
  return new Promise((resolve, reject) => {
    const ask = () => { if (condition()) done(resolve); };
    const late = () => reject(new Error(`never: ${what}; ${JSON.stringify(client.state)}`));
    const timer = setTimeout(() => done(late), 60_000);
    const offs = [client.store.subscribe(ask), client.on('state', ask), client.on('change', ask)];
    const done = end => {
      clearTimeout(timer);
      for (const off of offs) off();
      end();
    };
    ask();
  });
}
const isLive = client => until(client, 'live', () => client.state.status === 'live');

async function everything(client, entity) {
  const all = [];
  for (let after; after !== null;) {
    const query = new URLSearchParams({limit: 500, ...after && {after}});
    const page = await client.request('GET', `/companies/${owner.company.id}/${entity}s?${query}`);
    all.push(...page.items);
    after = page.next;
  }
  return all.sort((a, b) => (a.id < b.id ? -1 : 1));
}

test('the server is killed and restarted under a stream of writes: nothing is lost, nothing told twice', async () => {
  const [reader, writer] = [connect(), connect()];
  const told = [];
  reader.on('change', event => told.push(event.seq));
  await Promise.all([isLive(reader), isLive(writer)]);
  const acknowledged = [];
  const write = async count => {
    const customer = await writer.create('customer', {name: `customer ${count}`});
    acknowledged.push((await writer.update('customer', customer.id, {status: 'snoozed', tags: [`${count}`]})).id);
    acknowledged.push((await writer.create('message', {customer_id: customer.id, body: `message ${count}`})).id);
  };
  for (let round = 0; round < 3; ++round) {
    const writes = Array.from({length: 40}, (_, count) => write(round * 100 + count));
    await until(reader, 'a few of the round', () => told.length > round * 100);
    await server.stop('SIGKILL');
    await server.start(port);
    await Promise.all(writes);   // repeated under their keys until the server is back
  }
  const last = await writer.create('customer', {name: 'last'});
  await until(reader, 'the last', () => reader.store.get('customer', last.id) !== undefined);
  const held = id => reader.store.get('customer', id) ?? reader.store.get('message', id);
  assert.deepEqual(acknowledged.filter(id => !held(id)), []);
  assert.equal(acknowledged.length, 240);
  assert.deepEqual(told, [...new Set(told)].sort((a, b) => a - b), 'each change once, in order');
  for (const client of [reader, writer]) {
    await until(client, 'its own last', () => client.store.get('customer', last.id) !== undefined);
    assert.equal(client.state.holes, 0);
    for (const entity of ['customer', 'message']) {
      assert.deepEqual(client.store.all(entity), await everything(client, entity));
    }
  }
});

test('a client’s own writes are told to its twin, and not to itself', async () => {
  const [one, twin] = [connect(), connect()];
  await Promise.all([isLive(one), isLive(twin)]);
  const told = {one: [], twin: []};
  one.on('change', event => told.one.push(event.type));
  twin.on('change', event => told.twin.push(event.type));
  const customer = await one.create('customer', {name: 'C'});
  const update = one.update('customer', customer.id, {name: 'D', attributes: {plan: 'pro'}}, {ifMatch: 1});
  assert.equal(one.store.get('customer', customer.id).name, 'D', 'shown before the answer');
  await update;
  await assert.rejects(one.update('customer', customer.id, {name: 'E'}, {ifMatch: 1}), error => {
    assert.deepEqual([error.status, error.current.name], [412, 'D']);
    return true;
  });
  assert.equal(one.store.get('customer', customer.id).name, 'D', 'taken back');
  const note = await one.create('note', {customer_id: customer.id, body: 'n'});
  await one.remove('customer', customer.id);
  const mark = await twin.create('customer', {name: 'mark'});   // everything before it was told when it is
  await until(one, 'the mark', () => one.store.get('customer', mark.id) !== undefined);
  await until(twin, 'the removal', () => told.twin.includes('customer.deleted'));
  assert.deepEqual(told, {one: ['customer.created'], twin: [
    'customer.created', 'customer.updated', 'note.created', 'customer.deleted',
  ]});
  for (const client of [one, twin]) assert.equal(client.store.get('note', note.id), undefined);
});

test('removing an employee unassigns customers in the remover’s own store', async () => {
  const client = connect();
  await isLive(client);
  const employee = await client.create('employee', {name: 'Bob', email: 'bob@acme.example'});
  const customer = await client.create('customer', {name: 'C', assigned_employee_id: employee.id});
  assert.equal(client.store.get('customer', customer.id).assigned_employee.name, 'Bob');
  await client.update('employee', employee.id, {name: 'Robert'});
  assert.equal(client.store.get('customer', customer.id).assigned_employee.name, 'Robert');
  await client.remove('employee', employee.id);
  await until(client, 'unassigned', () => client.store.get('customer', customer.id).assigned_employee === null);
  assert.equal(client.store.get('employee', employee.id), undefined);
});

test('where its right ends the client stops and says why', async () => {
  const {id, token} = await library.request(base, 'POST', `/companies/${owner.company.id}/api_tokens`,
    {name: 'script', role: 'agent'}, {token: owner.session.token});
  const client = connect({token});
  await isLive(client);
  assert.equal(client.store.me, null);
  const stopped = new Promise(resolve => { client.on('stopped', resolve); });
  await connect().request('DELETE', `/companies/${owner.company.id}/api_tokens/${id}`);
  assert.deepEqual(await stopped, {status: 401, reason: 'token_revoked'});
  assert.equal(client.state.status, 'stopped');
  await assert.rejects(connect({token: 'wrong'}).ready, {status: 401});
  await assert.rejects(connect({company: '0195943e-8a00-7c3d-9b1e-5f2a7c3d9b1e'}).ready, {status: 404});
});
