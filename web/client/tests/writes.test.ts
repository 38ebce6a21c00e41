// What a client writes: shown at once, taken back where it is refused, sent again where no answer came.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ApiError, request} from '@chatmesh/client';

import {inScene} from './support/scene.ts';
import {type Asked, json, later, problem} from './support/server.ts';
import {settle} from './support/time.ts';

const isWrite = ({method}: Asked) => method !== 'GET';

test('an update shows at once and becomes what the server made of it', inScene(async scene => {
  const {server} = scene;
  const customer = server.company.create('customer', {name: 'C', attributes: {plan: 'a', old: 1}, phone: '1'});
  const client = await scene.live();
  const answer = later<Response>();
  server.intercept = asked => (isWrite(asked) ? answer.promise : undefined);
  const update = client.update('customer', customer.id, {
    name: 'D', attributes: {plan: 'b'}, assigned_employee_id: server.company.me,
  }, {ifMatch: 1});
  const shown = client.store.get('customer', customer.id)!;
  assert.deepEqual([shown.name, shown.phone, shown.attributes, shown.assigned_employee?.name, shown.version],
    ['D', '1', {plan: 'b', old: 1}, 'Ann', 1]);
  assert.equal(client.store.all('customer')[0]!.name, 'D');
  const {method, headers, body} = server.asked.at(-1)!;
  assert.deepEqual([method, headers['If-Match'], headers.Authorization], ['PATCH', '"1"', 'Bearer t']);
  assert.match(headers['Chatmesh-Client']!, /^[\w.-]{1,64}$/);
  assert.deepEqual(body, {name: 'D', attributes: {plan: 'b'}, assigned_employee_id: server.company.me});
  const made = server.company.update('customer', customer.id, {name: 'D!', assigned_employee_id: server.company.me});
  answer.resolve(json(made, 200, {'Chatmesh-Cursor': server.company.cursor}));
  assert.deepEqual(await update, made);
  assert.deepEqual(client.store.get('customer', customer.id), made);
}));

test('a refused update is taken back to what came meanwhile', inScene(async scene => {
  const {server} = scene;
  const customer = server.company.create('customer', {name: 'C'});
  const client = await scene.live();
  const answer = later<Response>();
  server.intercept = asked => (isWrite(asked) ? answer.promise : undefined);
  const update = client.update('customer', customer.id, {name: 'mine'}, {ifMatch: 1});
  const theirs = server.company.update('customer', customer.id, {phone: '2'});
  server.push();
  await settle();
  const shown = client.store.get('customer', customer.id)!;
  assert.deepEqual([shown.name, shown.phone], ['mine', '2'], 'both changes show');
  answer.resolve(problem(412, 'precondition_failed', {current: theirs}));
  await assert.rejects(update, (error: ApiError) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.status, error.code, error.current], [412, 'precondition_failed', theirs]);
    return true;
  });
  assert.deepEqual(client.store.get('customer', customer.id), theirs);
}));

test('of two updates under way one may fail', inScene(async scene => {
  const {server} = scene;
  const customer = server.company.create('customer', {name: 'C'});
  const client = await scene.live();
  const answers = [later<Response>(), later<Response>()];
  let asked = 0;
  server.intercept = each => (isWrite(each) ? answers[asked++]!.promise : undefined);
  const first = client.update('customer', customer.id, {name: 'D'});
  const second = client.update('customer', customer.id, {phone: '2'});
  answers[0]!.resolve(problem(422, 'validation_failed', {errors: [{pointer: '/name', code: 'too_long', detail: 'd'}]}));
  await assert.rejects(first, {errors: [{pointer: '/name', code: 'too_long', detail: 'd'}]});
  const shown = client.store.get('customer', customer.id)!;
  assert.deepEqual([shown.name, shown.phone], ['C', '2']);
  const made = server.company.update('customer', customer.id, {phone: '2'});
  answers[1]!.resolve(json(made, 200, {'Chatmesh-Cursor': server.company.cursor}));
  await second;
  assert.deepEqual(client.store.get('customer', customer.id), made);
}));

test('a removal shows at once, is taken back, or stays', inScene(async scene => {
  const {server} = scene;
  const customer = server.company.create('customer', {name: 'C'});
  const client = await scene.live();
  const answer = later<Response>();
  server.intercept = asked => (isWrite(asked) ? answer.promise : undefined);
  const removal = client.remove('customer', customer.id);
  assert.deepEqual(client.store.all('customer'), []);
  answer.resolve(problem(403, 'forbidden'));
  await assert.rejects(removal, {status: 403});
  assert.deepEqual(client.store.all('customer'), [customer]);
  server.intercept = () => undefined;
  await client.remove('customer', customer.id);
  assert.deepEqual(client.store.all('customer'), []);
}));

test('what was removed under an update stays removed', inScene(async scene => {
  const {server} = scene;
  const customer = server.company.create('customer', {name: 'C'});
  const client = await scene.live();
  const answer = later<Response>();
  server.intercept = asked => (isWrite(asked) ? answer.promise : undefined);
  const update = client.update('customer', customer.id, {name: 'D'});
  server.company.remove('customer', customer.id);
  server.push();
  await settle();
  assert.deepEqual(client.store.all('customer'), []);
  answer.resolve(problem(404, 'not_found'));
  await assert.rejects(update, {status: 404});
  assert.deepEqual(client.store.all('customer'), []);
}));

test('a creation whose answer was lost is sent again under its key, and made once', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  let attempts = 0;
  const answer = server.fetch;
  const lossy: typeof fetch = async (...args) => {
    const response = await answer(...args);
    if (args[1]?.method === 'POST' && ++attempts < 3) throw new TypeError('connection reset');
    return response;
  };
  client.close();
  const other = await scene.live({fetch: lossy});
  const creation = other.create('message', {customer_id: 'c', body: 'hi'});
  await time.pass(10_000);
  const made = await creation;
  assert.deepEqual(server.company.all('message'), [made]);
  assert.deepEqual(other.store.get('message', made.id), made);
  const keys = server.asked.filter(isWrite).map(({headers}) => headers['Idempotency-Key']);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
}));

test('a write is sent again a bounded number of times, and not where that could do harm', inScene(async scene => {
  const {server, time} = scene;
  const customer = server.company.create('customer', {name: 'C'});
  const client = await scene.live();
  const attempt = async (write: () => Promise<unknown>) => {
    const before = server.asked.filter(isWrite).length;
    const failed = assert.rejects(write(), ApiError);
    await time.pass(200_000);
    await failed;
    return server.asked.filter(isWrite).length - before;
  };
  server.intercept = asked => { if (isWrite(asked)) throw new TypeError('no network'); return undefined; };
  assert.equal(await attempt(() => client.create('customer', {name: 'D'})), 5, 'a creation');
  assert.equal(await attempt(() => client.update('customer', customer.id, {name: 'D'})), 5, 'an update');
  assert.equal(await attempt(() => client.update('customer', customer.id, {name: 'D'}, {ifMatch: 1})), 1);
  assert.equal(await attempt(() => client.remove('customer', customer.id)), 1, 'a removal');
  server.intercept = asked => (isWrite(asked) ? problem(503, 'overloaded', {}, {'Retry-After': '2'}) : undefined);
  assert.equal(await attempt(() => client.create('customer', {name: 'D'})), 5);
  server.intercept = asked => (isWrite(asked) ? problem(503, 'overloaded', {}, {'Retry-After': '3600'}) : undefined);
  assert.equal(await attempt(() => client.create('customer', {name: 'D'})), 1);
  for (const status of [400, 403, 409, 422, 500]) {
    server.intercept = asked => (isWrite(asked) ? problem(status, 'no') : undefined);
    assert.equal(await attempt(() => client.create('customer', {name: 'D'})), 1, `${status}`);
  }
  server.intercept = asked => (isWrite(asked) ? new Promise(() => {}) : undefined);
  assert.equal(await attempt(() => client.create('customer', {name: 'D'})), 5, 'no answer within 30 s is none');
  assert.equal(client.store.get('customer', customer.id)!.name, 'C');
}));

test('an employee’s invitation is told, and kept nowhere', inScene(async scene => {
  const {server} = scene;
  const client = await scene.live();
  const employee = server.company.create('employee', {name: 'Bob'});
  server.intercept = asked => (isWrite(asked)
    ? json({...employee, invitation: {token: 'secret', url: 'u', expires_at: 'e'}}, 201, {
      'Chatmesh-Cursor': server.company.cursor,
    })
    : undefined);
  const made = await client.create('employee', {name: 'Bob'});
  assert.equal(made.invitation!.token, 'secret');
  assert.deepEqual(client.store.get('employee', employee.id), employee);
}));

test('a read mark shows at once and never moves back', inScene(async scene => {
  const {server} = scene;
  const customer = server.company.create('customer', {name: 'C'});
  const [first, second] = ['1', '2'].map(body => server.company.create('message', {customer_id: customer.id, body}));
  const client = await scene.live();
  await client.list('message', {customer_id: customer.id});
  assert.equal(client.store.unread(customer.id), 2);
  const mark = {
    id: 'r', company_id: 'company', customer_id: customer.id, employee_id: server.company.me, message_id: second!.id,
    version: 1, created_at: '', updated_at: '',
  };
  const answer = later<Response>();
  server.intercept = asked => (isWrite(asked) ? answer.promise : undefined);
  const marking = client.markRead(customer.id, second!.id);
  assert.equal(client.store.unread(customer.id), 0);
  assert.deepEqual(server.asked.at(-1)!.path, `/companies/company/customers/${customer.id}/read`);
  answer.resolve(json(mark, 200, {'Chatmesh-Cursor': '00000001-4'}));
  await marking;
  assert.deepEqual(client.store.readMark(customer.id), mark);
  server.intercept = asked => (isWrite(asked) ? json(mark) : undefined);
  const back = client.markRead(customer.id, first!.id);
  assert.equal(client.store.unread(customer.id), 0);
  await back;
  const told: unknown[] = [];
  client.on('read', value => told.push(value.message_id));
  server.stream.frame('read.updated', {
    seq: 5, type: 'read.updated', entity: 'read', action: 'updated', company_id: 'company', at: '',
    by: {kind: 'employee', id: server.company.me, name: 'Ann'}, object: {...mark, version: 2, message_id: 'message-9'},
  }, '00000001-5');
  await settle();
  assert.deepEqual(told, ['message-9'], 'from another device');
}));

test('a list goes into the store; one of another history does not', inScene(async scene => {
  const {server} = scene;
  server.company.snapshotCustomers = 1;
  const old = server.company.create('customer', {name: 'old'});
  server.company.create('customer', {name: 'new'});
  const client = await scene.live();
  assert.equal(client.store.get('customer', old.id), undefined);
  server.intercept = ({query, path}) => (path.endsWith('/customers')
    ? json({items: [old], next: null, cursor: '00000009-3', activity: [old.created_at]}) : (void query, undefined));
  await client.list('customer');
  assert.equal(client.store.get('customer', old.id), undefined);
  server.intercept = () => undefined;
  const page = await client.list('customer', {limit: 50, status: undefined as never, q: 'a b'});
  assert.equal(server.asked.at(-1)!.query.toString(), 'limit=50&q=a+b');
  assert.equal(page.items.length, 2);
  assert.deepEqual(client.store.get('customer', old.id), old);
}));

test('typing is told at most once in 2 s', inScene(async scene => {
  const {server, time} = scene;
  const client = await scene.live();
  server.intercept = asked => (isWrite(asked) ? new Response(null, {status: 204}) : undefined);
  for (let key = 0; key < 10; ++key) {
    client.typing('c');
    await time.pass(500);
  }
  assert.equal(server.count('typing'), 3);
}));

test('requests of any kind: bodies, blobs, errors of a proxy', inScene(async scene => {
  const {server} = scene;
  const client = await scene.live();
  const types: (string | undefined)[] = [];
  server.intercept = ({headers}) => {
    types.push(headers['Content-Type']);
    return json({ok: true});
  };
  assert.deepEqual(await client.request('POST', '/companies/company/api_tokens', {name: 't'}), {ok: true});
  assert.deepEqual(server.asked.at(-1)!.body, {name: 't'});
  await client.request('GET', '/companies/company/api_tokens');
  await client.request('PUT', '/companies/company/employees/e/avatar', new Blob(['{}'], {type: 'image/png'}));
  assert.deepEqual(types, ['application/json', 'application/json', undefined]);
  server.intercept = () => new Response('<h1>Bad gateway</h1>', {status: 502});
  await assert.rejects(client.request('GET', '/x'), {status: 502, code: 'http'});
  server.intercept = () => new Response('<h1>Log in to the wireless network</h1>', {status: 200});
  await assert.rejects(client.request('GET', '/x'), {status: 0, code: 'network'});
  server.intercept = () => problem(429, 'rate_limited', {}, {'Retry-After': '3'});
  await assert.rejects(request('https://chat.test/api/v1', 'POST', '/sessions', {}, {fetch: server.fetch}),
    {status: 429, code: 'rate_limited', retryAfterMs: 3000});
}));
