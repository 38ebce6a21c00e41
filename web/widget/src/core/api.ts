import type {Message} from '@chatmesh/client';
import {ApiError, request} from '@chatmesh/client';

import type {Options} from './options.ts';

/** Whether the server answered with that status. */
export const isRefusal = (error: unknown, status: number): boolean => error instanceof ApiError && error.status === status;

/** A page of the conversation, latest first. */
export interface Page {
  items: Message[];
  next: string | null;
  cursor: string;
}

/** What a session is asked for with. */
export interface Visitor {
  name?: string | undefined;
  email?: string | undefined;
  customer_token?: string | undefined;
}

const maxKeptAlive = 15_000;   // in UTF-16 units: browsers take 64 KiB of such bodies at most

/** Without cookies: the token says everything. What the visitor wrote goes out even if they leave the page. */
const plain: typeof fetch = (url, init) => {
  const keepalive = typeof init?.body === 'string' && init.body.length < maxKeptAlive;
  return fetch(url, {...init, credentials: 'omit', keepalive});
};

/** The widget's routes of one company. */
export class Api {
  readonly key: string;
  readonly base: string;
  readonly visitor: Visitor;

  constructor({key, server, name, email}: Pick<Options, 'key' | 'server' | 'name' | 'email'>) {
    this.key = key;
    this.base = `${server}/api/v1/widget`;
    this.visitor = {name, email};
  }

  /** Makes a customer, or a new token for the one that `customer_token` belongs to. */
  async openSession(visitor: Visitor): Promise<string> {
    return (await request<{token: string}>(this.base, 'POST', this.#sessions, visitor, {fetch: plain})).token;
  }

  list(token: string, after?: string): Promise<Page> {
    const more = after ? `&after=${encodeURIComponent(after)}` : '';
    return request(this.base, 'GET', `/messages?limit=50${more}`, undefined, {token, fetch: plain});
  }

  post(token: string, key: string, body: string): Promise<Message> {
    return request(this.base, 'POST', '/messages', {body}, {token, headers: {'Idempotency-Key': key}, fetch: plain});
  }

  typing(token: string): Promise<null> {
    return request(this.base, 'POST', '/typing', undefined, {token, fetch: plain});
  }

  /** Whether pages of this origin may use the widget. Rejects where the server can't be reached. */
  async isAllowed(): Promise<boolean> {
    try {
      // A method that a browser asks permission for, as for the messages to come. It changes nothing.
      await fetch(this.base + this.#sessions, {method: 'OPTIONS', credentials: 'omit'});
      return true;
    } catch {
      // Refused, or no answer: only a request that needs no permission can tell.
      await fetch(new URL('/widget.js', this.base), {mode: 'no-cors', credentials: 'omit', cache: 'no-store'});
      return false;
    }
  }

  get #sessions(): string {
    return `/${encodeURIComponent(this.key)}/sessions`;
  }
}
