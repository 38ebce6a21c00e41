import type {Api} from './api.ts';
import {isRefusal} from './api.ts';
import type {Shelf} from './shelf.ts';

interface Held {
  token: string;
  /** When it was issued, in ms since the epoch. */
  at: number;
}

const name = 'session';
const toldWithinMs = 250;   // storage of other processes follows within a few
const renewAfterMs = 30 * 24 * 3600_000;   // a token lives for a year; coming back within it keeps the history

const read = (shelf: Shelf): Held | null => {
  try {
    const held = JSON.parse(shelf.get(name) ?? 'null') as Held | null;
    return typeof held?.token === 'string' ? held : null;
  } catch {
    return null;   // not written by this program
  }
};

/** Who the visitor is to the server: a token that all tabs of this site share, made when it is first needed. */
export class Session {
  #shelf: Shelf;
  #api: Api;
  #opening: Promise<string> | null = null;

  constructor(shelf: Shelf, api: Api) {
    this.#shelf = shelf;
    this.#api = api;
  }

  /** The token at this moment; another tab may have changed it. */
  get token(): string | null {
    return read(this.#shelf)?.token ?? null;
  }

  /** The token, after making a customer where there is none yet. */
  obtain(): Promise<string> {
    const {token} = this;
    if (token) return Promise.resolve(token);
    return this.#once(async () => this.token ?? await this.#told() ?? this.#open());
  }

  /** Changes an old token for a new one, so that a visitor who returns now and then is never forgotten. */
  async renew(): Promise<void> {
    const held = read(this.#shelf);
    if (held && !(Date.now() - held.at < renewAfterMs)) await this.#once(() => this.#open(held.token));
  }

  /** The server does not know this token any more. */
  forget(token: string): void {
    if (this.token === token) this.#shelf.set(name, null);
  }

  /** One at a time, over all tabs where the browser can do that: two tabs must not become two customers. */
  #once(open: () => Promise<string> | string): Promise<string> {
    const {locks} = globalThis.navigator ?? {};   // only where the page came over TLS or from this machine
    const locked = async (): Promise<string> => locks ? locks.request(`chatmesh ${this.#api.key}`, open) : open();
    this.#opening ??= locked().finally(() => { this.#opening = null; });
    return this.#opening;
  }

  /** The token that another tab wrote just before: it gets here a moment after that tab's lock is let go. */
  async #told(): Promise<string | null> {
    if (!globalThis.navigator?.locks) return null;
    await new Promise<void>(resolve => {
      const done = (): void => { unwatch(); clearTimeout(timer); resolve(); };
      const unwatch = this.#shelf.watch(done);
      const timer = setTimeout(done, toldWithinMs);
    });
    return this.token;
  }

  async #open(former?: string): Promise<string> {
    const who = this.#api.visitor;
    const token = await this.#api.openSession({...who, customer_token: former}).catch(error => {
      // What the site says of its visitor is not valid: the visitor can write all the same.
      if (isRefusal(error, 422)) return this.#api.openSession({customer_token: former});
      throw error;
    });
    this.#shelf.set(name, JSON.stringify({token, at: Date.now()} satisfies Held));
    return token;
  }
}
