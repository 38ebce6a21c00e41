// The AsyncAPI document against the real server: every frame of a stream is one of its messages, with valid lines and
// payload, and each of its messages comes. That it shares its objects with the OpenAPI document is
// tests/unit/api_documents_test.cpp's to say.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {base, makeAjv} from './contract.mjs';
import {World} from './world.mjs';
import {frames, openStream, send} from './wire.mjs';

class Messages {
  #ajv = makeAjv();
  #byName = new Map();
  seen = new Set();

  constructor(document, channel) {
    this.#ajv.addSchema(document, 'asyncapi');
    for (const {$ref} of Object.values(document.channels[channel].messages)) {
      const message = document.components.messages[$ref.split('/').at(-1)];
      this.#byName.set(message.name, ['headers', 'payload'].map((part) =>
        this.#ajv.compile({$ref: `asyncapi${$ref}/${part}`})));
      for (const {headers, payload} of message.examples) this.#validate(message.name, headers, payload);
    }
  }

  names() {
    return [...this.#byName.keys()];
  }

  check({data, ...lines}) {
    if ('retry' in lines) lines.retry = Number(lines.retry);
    assert.ok(this.#byName.has(lines.event), `no message is named ${lines.event}`);
    this.#validate(lines.event, lines, JSON.parse(data));
    this.seen.add(lines.event);
  }

  #validate(name, lines, payload) {
    const [headers, body] = this.#byName.get(name);
    assert.ok(headers(lines), `${name}: ${JSON.stringify(headers.errors)} ${JSON.stringify(lines)}`);
    assert.ok(body(payload), `${name}: ${JSON.stringify(body.errors)} ${JSON.stringify(payload)}`);
  }
}

// A stream whose frames are checked as they come.
class Stream {
  frames = [];
  #waiting = [];

  static async open(world, messages, request, id = 'streamEvents') {
    const stream = new Stream();
    const headers = world.headers(request);
    const response = await openStream(world.port, world.path(id, request), headers);
    assert.equal(response.statusCode, 200);
    stream.response = response;
    stream.ended = (async () => {
      for await (const frame of frames(response)) {
        messages.check(frame);
        stream.frames.push(frame);
        stream.#waiting = stream.#waiting.filter(([wanted, found]) => !wanted(frame) || found(frame));
      }
    })();
    stream.ended.catch(() => {});
    return stream;
  }

  // The first frame, of those that came and those to come, that is wanted.
  async wait(wanted) {
    const matches = typeof wanted === 'string' ? (frame) => frame.event === wanted : wanted;
    return this.frames.find(matches) ?? Promise.race([
      new Promise((found) => { this.#waiting.push([matches, found]); }),
      this.ended.then(() => { throw new Error(`the stream ended without ${wanted}`); })]);
  }
}

const change = async (world, id, request) => (await world.call(id, id.startsWith('create') || id === 'inviteEmployee' ?
  201 : id.startsWith('delete') ? 204 : 200, request)).value;

const document = async ({port}) => JSON.parse((await send(port, {method: 'GET', path: `${base}/asyncapi.json`})).text);

test('a stream has every message of the document, and no other', {timeout: 60_000}, async () => {
  const world = await World.create(['--stream.heartbeat=500ms', '--stream.presence-grace=100ms',
    '--stream.presence-gather=100ms', '--stream.skip-delay=100ms']);
  try {
    await world.build();
    const messages = new Messages(await document(world), 'events');
    const stream = await Stream.open(world, messages, {query: {cursor: '0', client: 'mine'}});
    await stream.wait('company.created');
    await stream.wait((frame) => frame.event === 'presence' && JSON.parse(frame.data).full);

    const made = {};
    for (const name of ['Customer', 'Note', 'Message']) {
      const pathItems = {id: (await change(world, `create${name}`, {body: world.example(`create${name}`)})).id};
      made[name] = pathItems;
      await change(world, `patch${name}`, {pathItems, body: world.example(`patch${name}`)});
    }
    const earlier = (await change(world, 'createMessage', {body: world.example('createMessage')})).id;
    for (const id of [earlier, (await change(world, 'createMessage', {body: world.example('createMessage')})).id])
      await change(world, 'markRead', {body: {message_id: id}});
    for (const name of ['Message', 'Note', 'Customer']) await change(world, `delete${name}`, {pathItems: made[name]});
    await change(world, 'patchCompany', {body: world.example('patchCompany')});
    await change(world, 'patchEmployee', {pathItems: {id: world.agentId}, body: world.example('patchEmployee')});
    await change(world, 'createCustomer', {body: {name: 'Mine'}, headers: {'Chatmesh-Client': 'mine'}});
    await stream.wait('skip');
    await stream.wait('heartbeat');
    await world.call('type', 204, {token: world.agentToken, body: world.example('type')});
    await stream.wait('typing');
    const other = await Stream.open(world, messages, {token: world.agentToken});
    await stream.wait((frame) => frame.event === 'presence' && JSON.parse(frame.data).changes);

    const lost = await Stream.open(world, messages, {query: {cursor: 'nonsense'}});
    await lost.wait('reset');
    assert.deepEqual(lost.frames.slice(0, 2).map((frame) => [frame.event, 'id' in frame]),
      [['hello', false], ['reset', true]]);

    const gone = await change(world, 'inviteEmployee', {body: {name: 'Gus', email: 'gus@harbour.example'}});
    await change(world, 'deleteEmployee', {pathItems: {id: gone.id}});
    await change(world, 'deleteCompany', {});
    await Promise.all([stream, other, lost].map((each) => each.ended));
    for (const each of [stream, other, lost]) {
      assert.equal(each.frames[0].event, 'hello');
      assert.equal(each.frames.at(-1).event, 'goodbye');
      assert.equal(JSON.parse(each.frames.at(-1).data).reason, 'company_deleted');
    }
    assert.deepEqual(messages.names().filter((name) => !messages.seen.has(name)), []);
  } finally {
    await world.end();
  }
});

test('so has a customer\'s stream', {timeout: 60_000}, async () => {
  const world = await World.create(['--stream.heartbeat=500ms']);
  try {
    await world.build();
    const messages = new Messages(await document(world), 'widgetEvents');
    const open = (query) => Stream.open(world, messages, {token: world.customerToken, query}, 'streamWidgetEvents');
    const stream = await open({});
    const lost = await open({cursor: 'nonsense'});
    await lost.wait('reset');
    await stream.wait('hello');
    const customerId = world.customer.id;
    const {id} = await change(world, 'createMessage', {body: {customer_id: customerId, body: 'Hello'}});
    await change(world, 'patchMessage', {pathItems: {id}, body: {body: 'Hello!'}});
    await change(world, 'deleteMessage', {pathItems: {id}});
    await world.call('type', 204, {body: {customer_id: customerId}});
    await stream.wait('typing');
    await stream.wait('heartbeat');
    await change(world, 'deleteCustomer', {pathItems: {id: customerId}});
    await Promise.all([stream.ended, lost.ended]);
    assert.equal(stream.frames.at(-1).event, 'goodbye');
    assert.deepEqual(messages.names().filter((name) => !messages.seen.has(name)), []);
  } finally {
    await world.end();
  }
});
