import type {StreamEvent} from '@chatmesh/client';
import {ApiError, Backoff, openStream} from '@chatmesh/client';

import type {Page} from './api.ts';

/** How the connection is doing. */
export type Status = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'offline';

/** What the link needs, and whom it tells. */
export interface Ends {
  url: string;
  list(token: string): Promise<Page>;
  /** The latest messages, at the beginning and after a gap. */
  page(page: Page): void;
  event(type: string, data: string): void;
  status(status: Status): void;
  /** The server does not know the token any more. */
  lost(token: string): void;
}

const helloWithinMs = 10_000;
const silences = 2.5;   // of heartbeats, after which a stream is dead
const pollMs = 4000;
const streamAgainMs = 5 * 60_000;   // how long to poll before the next try to stream
const lostReasons = new Set(['session_ended', 'session_expired', 'token_revoked', 'membership_ended', 'company_deleted']);

/** Keeps one stream open while it is wanted, and polls where the path between does not let streams through. */
export class Link {
  #ends: Ends;
  #token: string | null = null;
  #wanted = true;
  #stop: AbortController | null = null;
  #cursor = '';
  #backoff = new Backoff();
  #pollUntil = 0;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Goes by this token from now on; null: there is nothing to connect to. */
  use(token: string | null): void {
    if (token === this.#token) return;
    this.#token = token;
    this.#cursor = '';
    this.#backoff.reset();
    this.#restart();
  }

  /** Whether the page can and should have a connection now. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#backoff.reset();
    this.#restart();
  }

  #restart(): void {
    this.#stop?.abort();
    this.#stop = null;
    if (!this.#token) return this.#ends.status('idle');
    if (!this.#wanted) return this.#ends.status('offline');
    this.#stop = new AbortController();
    this.#ends.status('connecting');
    void this.#run(this.#token, this.#stop.signal);
  }

  async #run(token: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const polls = Date.now() < this.#pollUntil;
      let wait: number | undefined;
      try {
        if (!this.#cursor || polls) await this.#list(token, signal, polls);
        wait = polls ? pollMs : await this.#stream(token, signal);
      } catch (error) {
        if (signal.aborted) return;
        const {status, retryAfterMs} = error as ApiError;
        if (status === 401) return this.#ends.lost(token);
        wait = retryAfterMs;
        this.#ends.status('reconnecting');
      }
      if (!signal.aborted) await pause(wait ?? this.#backoff.next(), signal);
    }
  }

  async #list(token: string, signal: AbortSignal, polls: boolean): Promise<void> {
    const page = await this.#ends.list(token);
    if (signal.aborted) return;
    this.#cursor = page.cursor;
    this.#ends.page(page);
    if (polls) this.#ends.status('live');
  }

  /** One stream from its beginning to its end. Resolves to how long to wait then, where the server said so. */
  async #stream(token: string, signal: AbortSignal): Promise<number | undefined> {
    const began = Date.now();
    const reading: Reading = {heard: false, silenceMs: helloWithinMs};
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stream.close(), reading.silenceMs);
    };
    const stream = openStream({
      url: `${this.#ends.url}/events`,
      headers: {Authorization: `Bearer ${token}`, 'Last-Event-ID': this.#cursor},
      onEvent: event => {
        this.#take(event, reading, token, () => stream.close());
        watch();
      },
      onRetry: ms => { this.#backoff.baseMs = ms; },
      onBytes: () => { if (reading.heard) watch(); },   // before hello, bytes are no sign of life; comments count later
    });
    const stop = (): void => stream.close();
    signal.addEventListener('abort', stop);
    watch();
    const end = await stream.ended;
    clearTimeout(watchdog);
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return undefined;
    if (end.status === 401) this.#ends.lost(token);
    else if (reading.heard) this.#backoff.lived(Date.now() - began);
    else if (Date.now() - began >= helloWithinMs) this.#pollUntil = Date.now() + streamAgainMs;
    if (Date.now() >= this.#pollUntil) this.#ends.status('reconnecting');
    return reading.waitMs ?? end.retryAfterMs;
  }

  #take({type, data, id}: StreamEvent, reading: Reading, token: string, close: () => void): void {
    if (type === 'hello') {
      reading.heard = true;
      reading.silenceMs = silences * (JSON.parse(data) as {heartbeat_ms: number}).heartbeat_ms;
      this.#pollUntil = 0;
      this.#ends.status('live');
    } else if (type === 'reset') {   // what was missed can't be told: the messages are read again, then it goes on
      this.#cursor = '';
      reading.waitMs = Math.random() * (JSON.parse(data) as {after_ms: number}).after_ms;
      return close();
    } else if (type === 'goodbye') {
      const {reason, retry_ms: ms} = JSON.parse(data) as {reason: string; retry_ms: number};
      if (lostReasons.has(reason)) return this.#ends.lost(token);
      reading.waitMs = ms + Math.random() * ms;
      return close();
    } else if (type !== 'heartbeat') {
      this.#ends.event(type, data);
    }
    if (id) this.#cursor = id;
  }
}

interface Reading {
  /** Whether hello came. */
  heard: boolean;
  silenceMs: number;
  waitMs?: number;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => new Promise(resolve => {
  const end = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end);
});
