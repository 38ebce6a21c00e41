import assert from 'node:assert/strict';
import test from 'node:test';

import {ApiError, type Client} from '@chatmesh/client';

import {Outbox} from '../src/inbox/outbox.ts';

/** A client whose requests are answered by hand. */
class ByHand {
  readonly asked: {body: string; key: string; answer: () => void; fail: (thrown: unknown) => void}[] = [];
  #arrived: (() => void)[] = [];

  create(_: string, fields: {body: string}, key: string): Promise<void> {
    return new Promise((answer, fail) => {
      this.asked.push({body: fields.body, key, answer, fail});
      this.#arrived.shift()?.();
    });
  }

  async request(index: number) {
    while (this.asked.length <= index) await new Promise<void>((resolve) => this.#arrived.push(resolve));
    return this.asked[index]!;
  }
}

function make() {
  const client = new ByHand();
  return {client, outbox: new Outbox(client as unknown as Client)};
}

test('a message that failed is tried again under its key', async () => {
  const {client, outbox} = make();
  outbox.send('c', 'hello');
  (await client.request(0)).fail(new ApiError(0, 'unreachable'));
  while (outbox.of('c')[0]?.state !== 'failed') await Promise.resolve();
  outbox.retry('c', outbox.of('c')[0]!.key);
  const again = await client.request(1);
  assert.equal(again.body, 'hello');
  assert.equal(again.key, client.asked[0]!.key);
  again.answer();
  while (outbox.of('c').length > 0) await Promise.resolve();
});

test('the next message waits for the one before, under a key of its own', async () => {
  const {client, outbox} = make();
  outbox.send('c', 'one');
  outbox.send('c', 'two');
  (await client.request(0)).answer();
  const second = await client.request(1);
  assert.equal(second.body, 'two');
  assert.notEqual(second.key, client.asked[0]!.key);
  assert.deepEqual(outbox.of('c').map(({body}) => body), ['two']);
});
