// Clients of one server, in time that stands still.
import {type Client, type Options, connect} from '@chatmesh/client';

import {TestServer} from './server.ts';
import {Time, settle} from './time.ts';

export class Scene {
  readonly time = new Time();
  readonly server = new TestServer();
  #clients: Client[] = [];

  constructor() {
    this.time.install();
  }

  /** A client that shares with no other, before it did anything. */
  connect(options: Partial<Options> = {}): Client {
    const client = connect({
      company: 'company', baseUrl: 'https://chat.test/api/v1', token: 't', fetch: this.server.fetch, ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** One whose stream is live. */
  async live(options: Partial<Options> = {}): Promise<Client> {
    const client = this.connect(options);
    await settle();
    return client;
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.close();
    await settle();
    this.time.uninstall();
  }
}

/** Runs a test with a scene of its own. */
export function inScene(run: (scene: Scene) => Promise<void>): () => Promise<void> {
  return async () => {
    const scene = new Scene();
    try {
      await run(scene);
    } finally {
      await scene.end();
    }
  };
}
