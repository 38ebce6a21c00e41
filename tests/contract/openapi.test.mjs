// The OpenAPI document against the real server: every operation, every status, header field and schema that it names is
// shown by an answer that is valid, and nothing is answered that it does not name. That it names every route of the
// router, and no other, is tests/unit/api_documents_test.cpp's to say.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {World} from './world.mjs';
import {begin, finish, openStream, send, sendBytes} from './wire.mjs';

let world;
const objects = ['Company', 'Employee', 'Customer', 'Note', 'Message'];

before(async () => {
  world = await World.create();
  await world.build();
});
after(() => world.end());

const call = (...args) => world.call(...args);
const operations = () => [...world.contract.operations.values()];
const named = (status) => operations().filter((each) => status in each.responses);
const takesBody = (operation) => 'requestBody' in operation;
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAEklEQVR4AWIyXlX+H4aZGJAAAAAA//9V7EWYAAAABklE' +
  'QVQDAIUWBv54EYo4AAAAAElFTkSuQmCC', 'base64');
const isImage = (type) => type.startsWith('image/');
const bodyFor = (operation) => {
  if (!takesBody(operation)) return {};
  const [type] = Object.keys(operation.requestBody.content);
  return {body: isImage(type) ? pixel : world.example(operation.id, type), headers: {'Content-Type': type}};
};

test('sessions', async () => {
  await call('logIn', 201, {token: null, body: world.example('logIn')});
  await call('logIn', 401, {token: null, body: {email: 'ada@harbour.example', password: 'wrong'}});
  await call('getSession', 200, {headers: {'X-Request-Id': 'mine-1'}});
  await call('signUp', 409, {token: null, body: world.example('signUp')});
  const {value} = await call('logIn', 201, {token: null, body: world.example('logIn')});
  await call('logOut', 204, {token: value.session.token});
  await call('getSession', 401, {token: value.session.token});
});

test('invitations', async () => {
  const body = world.example('inviteEmployee');
  const headers = {'Idempotency-Key': 'invite-1', 'Chatmesh-Client': 'tab-1'};
  const first = await call('inviteEmployee', 201, {body, headers});
  const again = await call('inviteEmployee', 201, {body, headers});
  assert.ok(first.value.invitation);
  assert.ok(!again.value.invitation, 'the secret is in the first answer alone');
  await call('inviteEmployee', 409, {body});
  const pathItems = {token: first.value.invitation.token};
  const accept = world.example('acceptInvitation');
  await call('acceptInvitation', 201, {token: null, pathItems, body: accept, headers: {'Chatmesh-Client': 'tab-2'}});
  await call('acceptInvitation', 404, {token: null, pathItems, body: accept});

  // A login that exists, of another company so far: proven by its password, else by its session.
  await call('signUp', 201, {token: null,
    body: {...world.example('signUp'), name: 'Di', email: 'di@harbour.example'}});
  const {value: invited} = await call('inviteEmployee', 201, {body: {name: 'Di', email: 'di@harbour.example'}});
  const request = {token: null, pathItems: {token: invited.invitation.token}};
  await call('acceptInvitation', 401, {...request, body: {password: 'x'}});
  await call('acceptInvitation', 201, {...request, body: {password: world.owner.password}});
});

test('objects are read, replaced, changed and deleted', async () => {
  const owner = (await call('getSession', 200)).value.memberships[0].employee;
  for (const name of objects) {
    const pathItems = name === 'Employee' ? {id: owner.id} : await idOf(name);
    const got = await call(`get${name}`, 200, {pathItems});
    await call(`get${name}`, 304, {pathItems, headers: {'If-None-Match': got.headers.etag}});
    await call(`replace${name}`, 200, {pathItems, body: got.value, headers: {'If-Match': got.headers.etag}});
    await call(`replace${name}`, 200, {pathItems, body: world.example(`replace${name}`),
      headers: {'Chatmesh-Client': 'tab-1'}});
    for (const type of ['application/merge-patch+json', 'application/json'])
      await call(`patch${name}`, 200, {pathItems, body: world.example(`patch${name}`, type),
        headers: {'Content-Type': type, 'Chatmesh-Client': 'tab-1', 'If-Match': '*'}});
    for (const verb of ['replace', 'patch', 'delete']) {
      const body = verb === 'delete' ? undefined : world.example(`${verb}${name}`);
      const headers = {'If-Match': '"999"', 'Chatmesh-Client': 'tab-1'};
      // The last owner could not be removed anyhow.
      const items = name === 'Employee' && verb === 'delete' ? {id: world.agentId} : pathItems;
      await call(`${verb}${name}`, 412, {pathItems: items, body, headers: {'If-None-Match': '*'}});
      const {value, headers: fields} = await call(`${verb}${name}`, 412, {pathItems: items, body, headers});
      assert.equal(`"${value.current.version}"`, fields.etag.replace(/[.]\d+"/, '"'));
    }
    if (name === 'Note' || name === 'Message')
      for (const verb of ['replace', 'patch'])
        await call(`${verb}${name}`, 422, {pathItems, body: {body: 'x', customer_id: owner.id}});
  }
  for (const [verb, body] of [['replace', {...owner, role: 'agent'}], ['patch', {role: 'agent'}], ['delete']])
    await call(`${verb}Employee`, 409, {pathItems: {id: owner.id}, body});
  for (const [name, collection] of [['Message', 'createMessage'], ['Note', 'createNote'], ['Customer', 'createCustomer']])
    await call(`delete${name}`, 204, {pathItems: {id: (await call(collection, 201,
      {body: world.example(collection)})).value.id}, headers: {'If-Match': '"1"'}});
  const gone = (await call('inviteEmployee', 201, {body: {name: 'Eve', email: 'eve@harbour.example'}})).value;
  await call('deleteEmployee', 204, {pathItems: {id: gone.id}});
});

// The id of an object that the examples made.
async function idOf(name) {
  if (name === 'Company') return {};
  const {value} = await call(`list${name}s`, 200);
  return {id: value.items.at(-1).id};
}

test('lists, with their filters', async () => {
  for (const {id, parameters} of operations().filter((each) => each.id.startsWith('list'))) {
    const token = world.tokenOf(id);
    const {value} = await call(id, 200, {token, query: {limit: 1}});
    if (value.next) await call(id, 200, {token, query: {limit: 1, after: value.next}});
    for (const {name, example} of parameters.filter((each) => each.in === 'query' && each.name !== 'after'))
      await call(id, 200, {token, query: {[name]: world.translate(example)}});
  }
  for (const id of ['listEmployees', 'listCustomers', 'listNotes', 'listMessages', 'listApiTokens', 'listWidgetMessages']) {
    const create = {listCustomers: ['createCustomer', {name: 'Another'}], listNotes: ['createNote'],
      listMessages: ['createMessage'], listApiTokens: ['createApiToken'], listWidgetMessages: ['createWidgetMessage']}[id];
    for (let i = 0; create && i < 2; ++i)
      await call(create[0], 201, {token: world.tokenOf(create[0]), body: create[1] ?? world.example(create[0])});
    const {value} = await call(id, 200, {token: world.tokenOf(id), query: {limit: 1}});
    await call(id, 200, {token: world.tokenOf(id), query: {limit: 1, after: value.next}});
  }
});

test('avatars', async () => {
  const headers = {'Content-Type': 'image/png', 'Chatmesh-Client': 'tab-1'};
  const pathItems = {id: world.agentId};
  const {value, headers: {etag}} = await call('uploadAvatar', 200, {pathItems, body: pixel, headers});
  const name = {name: value.avatar_url.split('/').at(-1)};
  const image = await call('getImage', 200, {token: null, pathItems: name});
  await call('getImage', 304, {token: null, pathItems: name, headers: {'If-None-Match': image.headers.etag}});
  for (const type of ['image/jpeg', 'image/webp'])
    await call('uploadAvatar', 422, {pathItems, body: pixel, headers: {'Content-Type': type, 'If-Match': etag}});
  const conditions = [{'If-Match': '"999"'}, {'If-None-Match': '*'}];
  for (const each of conditions) {
    await call('uploadAvatar', 412, {pathItems, body: pixel, headers: {...headers, ...each}});
    await call('resetAvatar', 412, {pathItems, headers: {'Chatmesh-Client': 'tab-1', ...each}});
  }
  const {value: reset} = await call('resetAvatar', 200, {pathItems, headers: {'If-Match': etag}});
  assert.equal(reset.avatar_url, null);
  await call('getImage', 404, {token: null, pathItems: {name: 'none.png'}});
});

test('how far one has read', async () => {
  const headers = {'Chatmesh-Client': 'tab-1'};
  const pathItems = {id: (await call('createCustomer', 201, {body: {name: 'Read too'}})).value.id};
  const {value: message} = await call('createMessage', 201, {body: {customer_id: pathItems.id, body: 'x'}});
  await call('markRead', 200, {body: world.example('markRead'), headers});
  const {value: mark} = await call('markRead', 200, {pathItems, body: {message_id: message.id}, headers});
  assert.equal((await call('markRead', 200, {pathItems, body: mark})).value.version, 1, 'as it is');
  await call('markRead', 422, {body: {message_id: message.id}});
  const {value: first} = await call('listReads', 200, {query: {limit: 1}});
  await call('listReads', 200, {query: {limit: 1, after: first.next}});
  const {value: page} = await call('listCustomers', 200, {query: {include: 'messages,reads', sort: 'activity'}});
  assert.ok(page.reads.length >= 2 && page.messages.length >= 2 && page.activity.length === page.items.length);
  for (const [id, request] of [['listReads', {}], ['markRead', {body: world.example('markRead')}]]) {
    const {value} = await call(id, 403, {...request, token: world.apiToken});
    assert.equal(value.code, 'forbidden');
  }
});

test('repeats of a POST', async () => {
  for (const {id, parameters} of operations().filter((each) => each.method === 'POST')) {
    if (!parameters.some((each) => each.name === 'Idempotency-Key') || id === 'inviteEmployee') continue;
    const request = {token: world.tokenOf(id), body: world.example(id),
      headers: {'Idempotency-Key': `key-${id}`, 'Chatmesh-Client': 'tab-1', Origin: 'https://harbour.example'}};
    const first = await call(id, 201, request);
    const again = await call(id, 201, request);
    assert.equal(again.headers['idempotency-replayed'], 'true', id);
    assert.deepEqual(without(again.value, 'token'), without(first.value, 'token'), id);
    await call(id, 422, {...request, body: {...request.body, body: 'another', name: 'another'}});
  }
});

const without = (value, name) => ({...value, [name]: undefined});

test('what is live', async () => {
  await call('type', 204, {body: world.example('type'), headers: {'Chatmesh-Client': 'tab-1'}});
  await call('getPresence', 200);
  await call('getSnapshot', 200);
  const all = (await call('getChanges', 200, {query: {cursor: '0', types: 'company,employee,customer', client: 'tab-1',
    limit: 500, wait: 1}})).value;
  assert.ok(all.events.length > 0 && all.skips.length > 0);
  assert.equal((await call('getChanges', 200, {query: {cursor: 'nonsense'}})).value.reset.reason, 'malformed');
  await call('getChanges', 200, {query: {cursor: all.cursor}, headers: {'Last-Event-ID': all.cursor}});
  for (const [id, types] of [['streamEvents', {types: 'customer'}], ['streamWidgetEvents', {}]]) {
    const query = {cursor: all.cursor, client: 'tab-1', ...types};
    const headers = {...world.headers({token: world.tokenOf(id)}), 'Last-Event-ID': all.cursor,
      Origin: 'https://harbour.example'};
    world.contract.sent(id, {query, headers});
    const response = await openStream(world.port, world.path(id, {query}), headers);
    assert.equal(response.statusCode, 200);
    world.contract.check(id, {status: 200, headers: response.headers, text: ''});
    response.destroy();
  }
});

test('programs, by API token', async () => {
  const {value} = await call('getSnapshot', 200, {token: world.apiToken});
  assert.equal(value.me, null);
  await call('getApiToken', 200);
  const {value: made} = await call('createApiToken', 201, {body: world.example('createApiToken')});
  const token = made.token;
  await call('revokeApiToken', 204, {pathItems: {id: made.id}, headers: {'Chatmesh-Client': 'tab-1'}});
  await call('getCompany', 401, {token});
});

test('the widget', async () => {
  const headers = {Origin: 'https://harbour.example'};
  const token = world.customerToken;
  const {value} = await call('createWidgetMessage', 201, {token, headers, body: world.example('createWidgetMessage')});
  assert.equal(value.direction, 'inbound');
  await call('listWidgetMessages', 200, {token, headers});
  await call('typeInWidget', 204, {token, headers});
  for (const {id} of operations().filter((each) => each.method === 'OPTIONS'))
    await call(id, 204, {token: null, headers: {...headers, 'Access-Control-Request-Method': 'POST'}});
  await call('openWidgetSession', 404, {token: null, pathItems: {widget_key: 'none'}, body: {}});
});

test('the documents', async () => {
  for (const id of ['getOpenApi', 'getAsyncApi']) {
    const {headers} = await call(id, 200, {token: null, headers: {'X-Request-Id': 'mine-2'}});
    await call(id, 304, {token: null, headers: {'If-None-Match': headers.etag}});
  }
});

test('400, 404, 405, 406, 413, 415, 422 and a header that is too large', async () => {
  for (const operation of operations()) {
    const {id, method, responses} = operation;
    const token = world.tokenOf(id);
    const request = {token, ...bodyFor(operation)};
    const path = world.path(id);
    const raw = async (status, changes) => {
      const headers = {...world.headers({token}), ...request.headers, ...changes.headers, 'X-Request-Id': 'mine'};
      world.contract.sent(id, {headers, body: changes.body});
      const answer = await send(world.port, {method, path, ...request, ...changes, headers});
      assert.equal(answer.status, status, `${id}: ${answer.text}`);
      world.contract.check(id, answer);
    };
    await raw(400, {path: `${path}?x=%zz`});
    await raw(431, {headers: {'X-Large': 'x'.repeat(20_000)}});
    await raw(405, {method: 'TRACE', body: undefined});
    if (406 in responses) await raw(406, {headers: {Accept: 'text/html'}});
    if (path.includes('/companies/')) await raw(404, {path: path.replace(/companies\/[^/]+/, 'companies/none')});
    if (!takesBody(operation)) continue;
    const takesImage = isImage(Object.keys(operation.requestBody.content)[0]);
    await raw(takesImage ? 422 : 400, {body: '{'});
    await raw(415, {body: 'x', headers: {'Content-Type': 'text/plain'}});
    await raw(415, {headers: {'Content-Encoding': 'gzip'}});
    if (!takesImage) await raw(422, {body: {nonsense: true, body: 5, name: '', customer_id: 5, email: 5}});
    const fields = Object.entries({Host: 'localhost', ...world.headers({token}), 'Content-Length': 2_000_000});
    const large = await sendBytes(world.port, `${method} ${path} HTTP/1.1\r\n` +
      `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    assert.equal(large.status, 413);
    world.contract.check(id, large);
  }
});

test('every code of a fault', async () => {
  const {value: note} = await call('createNote', 201, {body: world.example('createNote')});
  await call('createCustomer', 422, {body: {name: '', email: 5, phone: '1'.repeat(33), status: 'asleep', colour: 'red',
    tags: Array(51).fill('x'), attributes: {a: 1}, assigned_employee_id: 'nobody'}});
  const huge = '{"name":"x","attributes":{"a":18446744073709551616}}';
  await call('createCustomer', 422, {body: huge});
  await call('createNote', 422, {body: {}});
  await call('replaceNote', 422, {pathItems: {id: note.id}, body: {body: 'x', customer_id: note.id}});
});

test('401 and 403', async () => {
  for (const operation of named(401)) {
    const {id} = operation;
    if (['logIn', 'acceptInvitation'].includes(id)) continue;
    await call(id, 401, {...bodyFor(operation), token: null});
  }
  const {value: unread} = await call('listAudit', 403, {token: world.agentToken});
  assert.equal(unread.code, 'forbidden');
  for (const operation of named(403).filter((each) => !['listAudit', 'listReads'].includes(each.id))) {
    const cookie = {Cookie: `chatmesh_session=${world.token}`, Origin: 'https://evil.example'};
    const request = bodyFor(operation);
    const {value} = await call(operation.id, 403, {...request, token: null, headers: {...request.headers, ...cookie}});
    assert.equal(value.code, 'cross_site');
  }
  const {value} = await call('deleteCompany', 403, {token: world.agentToken});
  assert.equal(value.code, 'forbidden');
});

test('429', async () => {
  const limited = await World.create(['--limits.streams-per-member=1'], world.contract);
  try {
    await limited.build();
    const headers = limited.headers({});
    const stream = await openStream(limited.port, limited.path('streamEvents'), headers);
    const {value} = await limited.call('getChanges', 429, {query: {wait: 30}});
    assert.equal(value.code, 'too_many_streams');
    stream.destroy();
    // The same database, and little that one may do.
    await limited.server.stop();
    await limited.server.start(limited.port, ['--limits.rate=on', '--limits.requests-per-second=1',
      '--limits.auth-per-minute=1']);
    for (const operation of named(429)) {
      const request = {...bodyFor(operation), token: limited.tokenOf(operation.id)};
      const {method, id} = operation;
      let answer;
      for (let i = 0; i < 50 && answer?.status !== 429; ++i)
        answer = await send(limited.port, {method, path: limited.path(id), body: request.body,
          headers: {...limited.headers(request), ...request.headers}});
      assert.equal(answer.status, 429, id);
      limited.contract.check(id, answer);
    }
  } finally {
    await limited.end();
  }
});

// Requests whose head the server has when it begins to end.
test('503', async () => {
  const ending = await World.create([], world.contract);
  await ending.build();
  const begun = [];
  for (const {id, method} of named(503))
    begun.push([id, await begin(ending.port, {method, path: ending.path(id),
      headers: ending.headers({token: ending.tokenOf(id)})})]);
  const ended = ending.end();
  while (await send(ending.port, {method: 'GET', path: '/'}).then(() => true, () => false));
  for (const [id, socket] of begun) {
    const answer = await finish(socket);
    assert.equal(answer.status, 503, `${id}: ${answer.text}`);
    world.contract.check(id, answer);
  }
  await ended;
});

test('faults that have nothing to do with an operation', async () => {
  for (const [bytes, status] of [['GET /api/v1/openapi.json HTTP/3.0\r\nHost: a\r\n\r\n', 505],
    ['GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n', 417],
    [`GET /${'a'.repeat(10_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    ['FOO /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 501]]) {
    const answer = await sendBytes(world.port, bytes);
    assert.equal(answer.status, status);
    world.contract.check('getOpenApi', answer);
  }
});

test('the company ends', async () => {
  await call('deleteCompany', 204, {headers: {'If-Match': '*', 'Chatmesh-Client': 'tab-1'}});
});

// Nobody can bring about the others from outside: they need a slow clock, a fault of the server's, a full queue, or a
// twin that is still being written.
const beyondReach = ['timeout', 'internal', 'unavailable', 'idempotency_in_flight'].map((each) => `problem code ${each}`);

test('everything that the document names was shown', (t) => {
  assert.deepEqual(world.contract.unseen().filter((each) => !beyondReach.includes(each)), []);
  t.diagnostic(`${world.contract.operations.size} operations, ${world.contract.count()} answers`);
});
