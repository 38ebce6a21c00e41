import assert from 'node:assert/strict';
import {afterEach, beforeEach, mock, test} from 'node:test';

import {ApiError} from '@chatmesh/client';

import type {Page} from '../src/core/api.ts';
import {Link, type Status} from '../src/core/link.ts';
import {FakeTime} from './fake_time.ts';

interface Stream {
  headers: Record<string, string>;
  /** Writes frames. */
  send(text: string): void;
  /** Ends the connection from the server's side. */
  end(): void;
  closed: boolean;   // by the link
}

// A link whose server is the test. Time stands still but for what the test lets pass.
class Scene {
  streams: Stream[] = [];
  events: string[] = [];
  lost: string[] = [];
  lists = 0;
  status: Status | null = null;
  refuse: Response | null = null;
  listError: Error | null = null;
  link = new Link({
    url: 'https://chat.test/widget',
    list: async (): Promise<Page> => {
      this.lists += 1;
      if (this.listError) throw this.listError;
      return {items: [], next: null, cursor: `listed-${this.lists}`};
    },
    page: () => this.events.push('page'),
    event: (type, data) => this.events.push(`${type} ${data}`),
    status: status => { this.status = status; },
    lost: token => {
      this.lost.push(token);
      this.link.use(null);
    },
  });

  fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    assert.equal(url, 'https://chat.test/widget/events');
    if (this.refuse) return this.refuse;
    const pipe = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, {highWaterMark: 9});
    const writer = pipe.writable.getWriter();
    const stream: Stream = {
      headers: init?.headers as Record<string, string>,
      send: text => void writer.write(new TextEncoder().encode(text)).catch(() => {}),
      end: () => void writer.close().catch(() => {}),
      closed: false,
    };
    init?.signal?.addEventListener('abort', () => {
      stream.closed = true;
      writer.abort(new Error('aborted')).catch(() => {});
    });
    this.streams.push(stream);
    return new Response(pipe.readable, {headers: {'Content-Type': 'text/event-stream'}});
  };

  get stream(): Stream {
    return this.streams.at(-1)!;
  }

  // Lets everything run that needs no time to pass.
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve));
  }

  async pass(ms: number): Promise<void> {
    time.tick(ms);
    await this.settle();
  }

  async hello(id = 'cursor-1'): Promise<void> {
    this.stream.send(`retry: 1000\nid: ${id}\nevent: hello\ndata: {"heartbeat_ms":15000}\n\n`);
    await this.settle();
  }
}

let time: FakeTime;
let scene: Scene;

beforeEach(async () => {
  time = new FakeTime();
  mock.method(Math, 'random', () => 0.5);
  scene = new Scene();
  mock.method(globalThis, 'fetch', scene.fetch);
  scene.link.use('token');
  await scene.settle();
});
afterEach(() => {
  scene.link.use(null);
  mock.restoreAll();
});

test('reads the messages first, then streams from where they end', async () => {
  assert.equal(scene.lists, 1);
  assert.equal(scene.stream.headers.Authorization, 'Bearer token');
  assert.equal(scene.stream.headers['Last-Event-ID'], 'listed-1');
  assert.equal(scene.status, 'connecting');
  await scene.hello();
  assert.equal(scene.status, 'live');
  scene.stream.send('id: c2\nevent: message.created\ndata: {"n":1}\n\nevent: typing\ndata: {"n":2}\n\nevent: heartbeat\ndata: {}\n\n');
  await scene.settle();
  assert.deepEqual(scene.events, ['page', 'message.created {"n":1}', 'typing {"n":2}']);
});

test('a stream that was cut goes on behind the last whole frame', async () => {
  await scene.hello();
  scene.stream.send('id: c2\nevent: message.created\ndata: {}\n\nid: c3\nevent: message.created\nda');
  await scene.settle();
  scene.stream.end();
  await scene.settle();
  assert.equal(scene.status, 'reconnecting');
  await scene.pass(500);
  assert.equal(scene.streams.length, 2);
  assert.equal(scene.stream.headers['Last-Event-ID'], 'c2');
  assert.equal(scene.lists, 1);
});

test('waits grow while no stream comes about', async () => {
  const waits: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    scene.stream.end();
    await scene.settle();
    const before = scene.streams.length;
    let waited = 0;
    for (; scene.streams.length === before; waited += 250) await scene.pass(250);
    waits.push(waited);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 15000, 15000]);
});

test('after a reset it reads the messages again', async () => {
  scene.stream.send('event: hello\ndata: {"heartbeat_ms":15000}\n\nid: head\nevent: reset\ndata: {"after_ms":2000}\n\n');
  await scene.settle();
  assert.equal(scene.stream.closed, true);
  await scene.pass(999);
  assert.equal(scene.lists, 1);
  await scene.pass(1);
  assert.equal(scene.lists, 2);
  assert.equal(scene.stream.headers['Last-Event-ID'], 'listed-2');
});

test('a goodbye for now is waited out', async () => {
  await scene.hello();
  scene.stream.send('retry: 3000\nevent: goodbye\ndata: {"reason":"draining","retry_ms":3000}\n\n');
  await scene.settle();
  await scene.pass(2999);
  assert.equal(scene.streams.length, 1);
  await scene.pass(1501);
  assert.equal(scene.streams.length, 2);
  assert.deepEqual(scene.lost, []);
});

for (const reason of ['session_ended', 'session_expired', 'token_revoked', 'company_deleted']) {
  test(`a goodbye for good ends it: ${reason}`, async () => {
    await scene.hello();
    scene.stream.send(`event: goodbye\ndata: {"reason":"${reason}","retry_ms":0}\n\n`);
    await scene.settle();
    assert.deepEqual(scene.lost, ['token']);
    await scene.pass(60_000);
    assert.equal(scene.streams.length, 1);
    assert.equal(scene.status, 'idle');
  });
}

test('a token that is refused ends it, wherever', async () => {
  scene.refuse = new Response('{}', {status: 401});
  scene.stream.end();
  await scene.settle();
  await scene.pass(1000);
  assert.deepEqual(scene.lost, ['token']);

  scene.listError = new ApiError(401, 'unauthenticated');
  scene.link.use('other');
  await scene.settle();
  assert.deepEqual(scene.lost, ['token', 'other']);
});

test('a server that asks to wait is given the time', async () => {
  scene.refuse = new Response('{}', {status: 503, headers: {'Retry-After': '20'}});
  scene.stream.end();
  await scene.settle();
  await scene.pass(500);
  scene.refuse = null;
  await scene.pass(19_000);
  assert.equal(scene.streams.length, 1);
  await scene.pass(1000);
  assert.equal(scene.streams.length, 2);
});

test('silence of two and a half heartbeats is a dead stream', async () => {
  await scene.hello();
  await scene.pass(37_000);
  scene.stream.send('event: heartbeat\ndata: {}\n\n');
  await scene.settle();
  await scene.pass(37_400);
  assert.equal(scene.stream.closed, false);
  await scene.pass(100);
  assert.equal(scene.stream.closed, true);
  await scene.pass(1000);
  assert.equal(scene.streams.length, 2);
});

test('where streams do not come through it polls, and tries again later', async () => {
  await scene.pass(10_000);
  assert.equal(scene.stream.closed, true);
  await scene.pass(1000);
  const before = scene.lists;
  assert.equal(scene.status, 'live');
  for (let round = 0; round < 10; round += 1) await scene.pass(4000);
  assert.equal(scene.lists, before + 10);
  assert.equal(scene.streams.length, 1);
  for (let round = 0; round < 75 && scene.streams.length === 1; round += 1) await scene.pass(4000);
  assert.equal(scene.streams.length, 2);
  await scene.hello();
  const after = scene.lists;
  await scene.pass(30_000);
  assert.equal(scene.lists, after, 'no more polls beside a stream');
});

test('not wanted, it has no connection; wanted again, it goes on from its place', async () => {
  await scene.hello('c7');
  scene.link.want(false);
  await scene.settle();
  assert.equal(scene.stream.closed, true);
  assert.equal(scene.status, 'offline');
  await scene.pass(60_000);
  assert.equal(scene.streams.length, 1);
  scene.link.want(true);
  await scene.settle();
  assert.equal(scene.streams.length, 2);
  assert.equal(scene.stream.headers['Last-Event-ID'], 'c7');
});

test('another token begins from the messages', async () => {
  await scene.hello();
  scene.link.use('other');
  await scene.settle();
  assert.equal(scene.streams[0]!.closed, true);
  assert.equal(scene.lists, 2);
  assert.equal(scene.stream.headers.Authorization, 'Bearer other');
});
