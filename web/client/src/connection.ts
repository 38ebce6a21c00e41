import {Backoff} from './backoff.ts';
import {Pause} from './clock.ts';
import {type Changes, type Cursor, type Goodbye, type Hello, epochOf, seqOf} from './objects.ts';
import {type Frame, framesOf} from './poll.ts';
import {ApiError, send} from './request.ts';
import {openStream} from './stream.ts';
import type {Io} from './writes.ts';

/** How the one connection stands. */
export interface Link {
  status: 'connecting' | 'live' | 'reconnecting' | 'offline' | 'stopped';
  transport: 'stream' | 'poll' | null;
  retryAt: number | null;
  reason: string | null;
}

export interface ConnectionHooks {
  /** Of the last frame that was applied. */
  cursor(): Cursor;
  /** False: something is missing before this frame; the connection goes on from the cursor anew. */
  take(frame: Frame): boolean;
  tell(link: Partial<Link>): void;
  /** The server's answer is final. */
  stop(status: number, reason: string): void;
}

const helloWithinMs = 10_000;
const silenceFactor = 2.5;           // of heartbeat_ms
const tickMs = 5_000;                // how soon a machine that slept finds out
const longestWaitMs = 600_000;       // that a server can ask for
const streamAgainMs = 300_000;
const cutsThatTell = 3;
const oldestCutMs = 120_000;         // a stream that lives longer is worth more than a poll
const pollWaitSeconds = 25;
const pollPauseMs = 500;
const pollGraceMs = 15_000;
const finalReasons = /ended|expired|revoked|deleted/;

interface End {
  status?: number;
  /** Undefined: as the backoff says. */
  waitMs?: number | undefined;
  /** All is well. */
  ok?: boolean;
}

/** What a failed connection is called. */
export function lostStatus(): Link['status'] {
  return globalThis.navigator?.onLine === false ? 'offline' : 'reconnecting';
}

/** Whether the server's answer leaves no hope. */
export function isFinal(status: number): boolean {
  return status === 401 || status === 403 || status === 404;
}

/** Keeps one connection to the server's sequence, for as long as that makes sense. */
export class Connection {
  #io: Io;
  #types: string | undefined;
  #hooks: ConnectionHooks;
  #backoff: Backoff;
  #pause: Pause;
  #on = true;
  #reason = '';
  #liveSince = 0;
  #polling = false;
  #streamAt = 0;                     // when polling: when to try a stream again
  #cuts: number[] = [];              // ages of the last streams that the path cut
  #drop = () => {};                  // ends the present attempt
  #check = () => {};                 // whether the present stream is dead

  constructor(io: Io, types: string | undefined, hooks: ConnectionHooks) {
    this.#io = io;
    this.#types = types;
    this.#hooks = hooks;
    this.#backoff = new Backoff(io.clock.random);
    this.#pause = new Pause(io.clock);
    void this.#run();
  }

  /** For good. */
  stop(): void {
    this.#on = false;
    this.#drop();
    this.#pause.end();
  }

  /** Circumstances are better: tries at once where it waits, and looks whether a live stream is still alive. */
  retryNow(): void {
    this.#backoff.reset();
    this.#pause.end();
    this.#check();
  }

  /** What there is can't be trusted any more. */
  restart(): void {
    this.#drop();
  }

  async #run(): Promise<void> {
    const {clock} = this.#io;
    while (this.#on) {
      if (this.#polling && clock.now() >= this.#streamAt) this.#polling = false;
      const {status = 0, waitMs, ok} = await (this.#polling ? this.#poll() : this.#stream());
      if (!this.#on) return;
      if (isFinal(status)) {
        this.#on = false;
        return this.#hooks.stop(status, this.#reason || `http_${status}`);
      }
      const ms = Math.min(waitMs ?? this.#backoff.next(), longestWaitMs);
      if (!ok) this.#hooks.tell({status: lostStatus(), transport: null, retryAt: clock.now() + ms});
      if (ms) await this.#pause.wait(ms);
      if (!ok) this.#hooks.tell({retryAt: null});
    }
  }

  #live(transport: 'stream' | 'poll'): void {
    this.#reason = '';
    this.#liveSince ||= this.#io.clock.now();
    this.#hooks.tell({status: 'live', transport, retryAt: null, reason: null});
  }

  #lost(): void {
    if (this.#liveSince) this.#backoff.lived(this.#io.clock.now() - this.#liveSince);
    this.#liveSince = 0;
  }

  #path(resource: string, query: Record<string, string>): string {
    const all = {cursor: this.#hooks.cursor(), ...this.#types && {types: this.#types}, ...query};
    return `/companies/${this.#io.company}/${resource}?${new URLSearchParams(all)}`;
  }

  // One stream. It is opened without `client`: its frames are for every tab, and a write's own tab knows them by version.
  #stream(): Promise<End> {
    const {clock, baseUrl, token} = this.#io;
    return new Promise(resolve => {
      const opened = clock.now();
      let last = opened;
      let limit = helloWithinMs;
      let timer: unknown;
      const finish = (end: End) => {
        clock.clearTimeout(timer);
        stream.close();
        this.#drop = this.#check = () => {};
        this.#lost();
        resolve(end);
      };
      this.#drop = () => finish({});
      // By the wall clock, in short steps: so it finds out too that the machine slept.
      this.#check = () => {
        clock.clearTimeout(timer);
        const now = clock.now();
        last = Math.min(last, now);
        const rest = limit - (now - last);
        if (rest > 0) timer = clock.setTimeout(this.#check, Math.min(rest, tickMs));
        else if (this.#liveSince) finish({});
        else finish(this.#pollInstead());
      };
      const stream = openStream({
        url: baseUrl + this.#path('events', {}),
        headers: token ? {Authorization: `Bearer ${token}`} : {},
        fetch: this.#io.fetch,
        onRetry: ms => { this.#backoff.baseMs = ms; },
        onBytes: () => { if (this.#liveSince) last = clock.now(); },
        onEvent: ({type, data, id}) => {
          const frame = {type, data: JSON.parse(data), id};   // one that is no JSON ends the stream
          if (type === 'hello') {
            limit = (frame.data as Hello).heartbeat_ms * silenceFactor;
            last = clock.now();
            this.#live('stream');
          }
          if (!this.#hooks.take(frame)) finish({});
          else if (type === 'goodbye') finish(this.#goodbye(frame.data));
        },
      });
      void stream.ended.then(({status, retryAfterMs}) => {
        const cut = this.#liveSince && this.#isCutAgain(clock.now() - opened);
        finish(cut ? this.#pollInstead() : {status, waitMs: retryAfterMs});
      });
      this.#check();
    });
  }

  // A final reason is proven by one more attempt, which is refused with the status that is final.
  #goodbye({reason, retry_ms: ms}: Goodbye): End {
    this.#reason = reason;
    this.#cuts = [];
    this.#hooks.tell({reason});
    return {waitMs: finalReasons.test(reason) || !(ms > 0) ? undefined : ms};
  }

  // Streams that end at the same age again and again are cut by something on the path.
  #isCutAgain(ageMs: number): boolean {
    const cuts = this.#cuts = [...this.#cuts, ageMs].slice(-cutsThatTell);
    const most = Math.max(...cuts);
    return cuts.length === cutsThatTell && most <= oldestCutMs && most - Math.min(...cuts) <= Math.max(1_000, most / 10);
  }

  #pollInstead(): End {
    this.#cuts = [];
    this.#polling = true;
    this.#streamAt = this.#io.clock.now() + streamAgainMs;
    return {ok: true, waitMs: 0};
  }

  // One long poll. The first after a lost connection waits for nothing: it tells whether this way is open.
  async #poll(): Promise<End> {
    const abort = new AbortController();
    this.#drop = () => abort.abort();
    const wait = this.#liveSince ? pollWaitSeconds : 0;
    const get = <T>(path: string) => send<T>(this.#io.baseUrl, 'GET', path, undefined, {
      ...this.#io, signal: abort.signal, timeoutMs: wait * 1000 + pollGraceMs,
    });
    try {
      const {body} = await get<Changes>(this.#path('changes', {wait: `${wait}`, limit: '500'}));
      const {cursor} = body;
      const frames = framesOf(body);
      if (!frames.length) {
        const {body: presence} = await get<object>(`/companies/${this.#io.company}/presence`);
        frames.push({type: 'presence', data: {full: true, ...presence}, id: ''});
      }
      if (abort.signal.aborted) return {};
      this.#live('poll');
      frames.push({type: 'heartbeat', data: {head: seqOf(cursor), epoch: epochOf(cursor)}, id: ''});
      if (frames.every(frame => this.#hooks.take(frame))) return {ok: true, waitMs: pollPauseMs};
      this.#lost();
      return {};
    } catch (error) {
      const {status, retryAfterMs} = error as ApiError;
      if (!this.#liveSince) this.#polling = false;   // it is no better than a stream
      this.#lost();
      return {status, waitMs: retryAfterMs};
    }
  }
}
