// A TCP proxy before the server that can be made as bad as a network: it cuts, holds back, buffers, delays.
import {once} from 'node:events';
import {connect, createServer} from 'node:net';

const maxHeld = 64 * 1024;   // what a buffering proxy keeps of an answer before it passes it on

export class Proxy {
  #server = null;
  #pairs = new Set();   // {client, upstream}
  #mode = 'pass';
  #release = [];        // resolves who waits for the silence to end
  connections = 0;      // ever taken
  torn = 0;             // messages cut in two
  streamBytes = 0;      // of event streams, held back while buffering

  // Resolves when it listens on `port` and passes everything on to `target`.
  async start(port, target) {
    this.port = port;
    this.target = target;
    this.#server = createServer((client) => this.#take(client));
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  // From now on: 'pass'; 'refuse' (every connection is cut, new ones too); 'silent' (nothing passes either way, nothing is
  // cut: a cable pulled); 'buffer' (an answer without a length passes at its end or from 64 KiB on); 'tear' (of the next
  // message in a stream one half passes, then that connection is cut; all others pass).
  set(mode) {
    this.#mode = mode;
    if (mode === 'refuse') this.cut();
    if (mode === 'silent') return;
    for (const resume of this.#release.splice(0)) resume();
  }

  // Cuts what is open, as a router does that forgets its connections.
  cut() {
    for (const {client, upstream} of this.#pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  }

  async close() {
    this.set('refuse');
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #take(client) {
    this.connections += 1;
    if (this.#mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.target, '127.0.0.1');
    const pair = {client, upstream};
    this.#pairs.add(pair);
    for (const [each, other] of [[client, upstream], [upstream, client]]) {
      each.on('error', () => other.destroy());
      each.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
    this.#pump(client, upstream, (chunk) => [chunk]);
    const held = new HeldAnswer((bytes) => { this.streamBytes += bytes; });
    this.#pump(upstream, client, (chunk) => {
      if (this.#mode === 'buffer') return held.take(chunk);
      return this.#mode === 'tear' && chunk.includes('\nevent: message.') ? this.#tear(pair, chunk) : [held.rest(), chunk];
    });
  }

  #tear({client, upstream}, chunk) {
    this.#mode = 'pass';
    this.torn += 1;
    client.write(chunk.subarray(0, chunk.length / 2), () => {
      client.destroy();
      upstream.destroy();
    });
    return [];
  }

  // Data and the end go from one to the other, later while it is silent.
  #pump(from, to, pass) {
    from.on('data', async (chunk) => {
      from.pause();
      await this.#sound();
      for (const each of pass(chunk)) if (each?.length && !to.destroyed) to.write(each);
      from.resume();
    });
    from.on('end', async () => {
      await this.#sound();
      for (const each of pass(Buffer.alloc(0))) if (each?.length && !to.destroyed) to.write(each);
      to.end();
    });
  }

  #sound() {
    return this.#mode === 'silent' ? new Promise((resolve) => this.#release.push(resolve)) : Promise.resolve();
  }
}

// What a buffering proxy does to an event stream: it is an answer that has no end, so nothing of it arrives. Other
// answers end, so they pass.
class HeldAnswer {
  #held = [];
  #size = 0;
  #stream = false;
  #told;

  constructor(told) {
    this.#told = told;
  }

  take(chunk) {
    if (!this.#stream && chunk.subarray(0, 1024).toString('latin1').match(/^HTTP\/1\.1 200[\s\S]*text\/event-stream/iu)) {
      this.#stream = true;
    }
    if (!this.#stream) return [chunk];
    this.#held.push(chunk);
    this.#size += chunk.length;
    this.#told(chunk.length);
    return this.#size >= maxHeld || chunk.length === 0 ? [this.rest()] : [];
  }

  rest() {
    const all = Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    return all;
  }
}
