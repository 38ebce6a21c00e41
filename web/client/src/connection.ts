import {Backoff} from './backoff.ts';
import type {State} from './events.ts';
import type {Changes, Goodbye, Hello} from './objects.ts';
import {Pause} from './pause.ts';
import {type Frame, framesOf} from './poll.ts';
import type {ApiError} from './request.ts';
import {openStream} from './stream.ts';
import {Writes} from './writes.ts';

const helloWithinMs = 10_000;
const silenceFactor = 2.5;           // of heartbeat_ms
const tickMs = 2_500;                // how soon a machine that slept finds out
const longestWaitMs = 600_000;       // that a server can ask for
const streamAgainMs = 300_000;
const cutsThatTell = 3;              // as many streams of the same age
const oldestCutMs = 120_000;         // a stream that lives longer is worth more than a poll
const pollWaitSeconds = 25;
const pollPauseMs = 500;
const pollGraceMs = 15_000;

/** How an attempt ended; an ApiError is one. */
interface End {
  status?: number;
  code?: string;
  /** Undefined: as the backoff says. */
  retryAfterMs?: number | undefined;
  /** All is well. */
  ok?: boolean;
}

/** Keeps a copy alive: a snapshot, and then, in the tab that leads, one connection to the server's sequence. */
export abstract class Connection extends Writes {
  /** The store stands at the cursor. */
  protected loaded = false;
  /** What it waits for. */
  protected readonly pause = new Pause();
  /** Ends the present attempt: what there is can't be trusted any more. */
  protected drop: () => void = () => {};
  state: State = {status: 'connecting', transport: null, retryAt: null, reason: null, leader: false, holes: 0};
  #backoff = new Backoff();
  #liveSince = 0;
  #polling = false;
  #streamAt = 0;                     // when polling: when to try a stream again
  #cutAge = 0;                       // of the last stream that the path cut
  #cuts = 0;                         // how many before it were as old
  #check = () => {};                 // whether the present stream is dead

  protected get stopped(): boolean {
    return this.state.status === 'stopped';
  }

  /** Takes a snapshot, and with it `loaded`; throws an ApiError. */
  protected abstract load(): Promise<void>;
  /** False: something is missing before this frame; the connection goes on from the cursor anew. */
  protected abstract take(frame: Frame): boolean;
  /** The server's answer is final. */
  protected abstract end(status: number, reason: string): void;

  protected setState(change: Partial<State>): void {
    const state = {...this.state, ...change};
    if (this.stopped || JSON.stringify(state) === JSON.stringify(this.state)) return;
    this.state = state;
    this.emit('state', state);
  }

  /** Whether this tab is the one to hold the connection. */
  protected lead(leader: boolean): void {
    this.setState({leader});
    this.drop();
    this.pause.end();
  }

  /** Circumstances changed: tries at once where it waits, and looks whether a live stream is still alive. */
  protected retryNow(): void {
    this.#backoff.reset();
    this.pause.end();
    this.#check();
  }

  /** Runs until the state is 'stopped'. */
  protected async run(): Promise<void> {
    while (!this.stopped) {
      const {status = 0, code = `http_${status}`, retryAfterMs = this.#backoff.next(), ok} = await this.#attempt();
      if ([401, 403, 404].includes(status)) return this.end(status, this.state.reason ?? code);
      const ms = Math.min(retryAfterMs, longestWaitMs);
      if (!ok) {
        if (this.#liveSince) this.#backoff.lived(Date.now() - this.#liveSince);
        this.#liveSince = 0;
        const lost = globalThis.navigator?.onLine === false ? 'offline' : 'reconnecting';
        this.setState({status: lost, transport: null, retryAt: Date.now() + ms});
      }
      if (ms && !this.stopped) await this.pause.wait(ms);
    }
  }

  async #attempt(): Promise<End> {
    try {
      if (!this.loaded) await this.load();
      else if (!this.state.leader) await this.pause.wait();
      else return await (this.#polling && Date.now() < this.#streamAt ? this.#poll() : this.#stream());
      return {ok: true, retryAfterMs: 0};
    } catch (error) {
      if (!this.state.transport) this.#polling = false;   // a poll that fails at first is no better than a stream
      return error as ApiError;
    }
  }

  #live(transport: 'stream' | 'poll'): void {
    this.#liveSince ||= Date.now();
    this.setState({status: 'live', transport, retryAt: null, reason: null});
  }

  #path(resource: string, query: Record<string, string> = {}): string {
    const {types} = this.io;
    const all = {cursor: this.cursor, ...types && {types}, ...query};
    return `${this.root}/${resource}?${new URLSearchParams(all)}`;
  }

  // One stream. It is opened without `client`: its frames are for every tab, and a write's own tab knows them by version.
  #stream(): Promise<End> {
    const {fetch, baseUrl} = this.io;
    return new Promise(resolve => {
      const opened = Date.now();
      let last = opened;
      let limit = helloWithinMs;
      let live = false;
      let over = false;
      const finish = (end: End) => {
        if (over) return;
        over = true;
        clearInterval(timer);
        stream.close();
        resolve(end);
      };
      this.drop = () => finish({});
      // By the wall clock, in short steps: so it finds out too that the machine slept.
      this.#check = () => {
        if (!over && Math.abs(Date.now() - last) >= limit) finish(live ? {} : this.#pollInstead());
      };
      const timer = setInterval(this.#check, tickMs);
      const stream = openStream({
        url: baseUrl + this.#path('events'),
        headers: this.headers,
        fetch,
        onRetry: ms => { this.#backoff.baseMs = ms; },
        onBytes: () => { if (live) last = Date.now(); },
        onEvent: ({type, data, id}) => {
          const frame = {type, data: JSON.parse(data), id};   // one that is no JSON ends the stream
          if (type === 'hello') {
            limit = (frame.data as Hello).heartbeat_ms * silenceFactor;
            last = Date.now();
            live = true;
            this.#live('stream');
          }
          if (!this.take(frame)) finish({});
          else if (type === 'goodbye') finish(this.#goodbye(frame.data));
          else if (type === 'reset') finish({ok: true});   // a snapshot first, then a new stream from there
        },
      });
      void stream.ended.then(end => {
        if (!over) finish(live && this.#isCutAgain(Date.now() - opened) ? this.#pollInstead() : end);
      });
    });
  }

  // A final reason is proven by one more attempt, which is then refused with a status that is final.
  #goodbye({reason, retry_ms: ms}: Goodbye): End {
    this.#cuts = 0;
    this.setState({reason});
    return {retryAfterMs: ms || undefined};
  }

  // Streams that end at the same age again and again are cut by something on the path.
  #isCutAgain(ageMs: number): boolean {
    this.#cuts = Math.abs(ageMs - this.#cutAge) <= 1_000 + ageMs / 10 ? this.#cuts + 1 : 1;
    this.#cutAge = ageMs;
    return this.#cuts >= cutsThatTell && ageMs <= oldestCutMs;
  }

  #pollInstead(): End {
    this.#cuts = 0;
    this.#polling = true;
    this.#streamAt = Date.now() + streamAgainMs;
    return {ok: true, retryAfterMs: 0};
  }

  // One long poll. The first after a lost connection waits for nothing: it tells whether this way is open.
  async #poll(): Promise<End> {
    const abort = new AbortController();
    this.drop = () => abort.abort();
    const wait = this.state.transport === 'poll' ? pollWaitSeconds : 0;
    const get = async <T>(path: string) =>
      (await this.send<T>('GET', path, undefined, {abort, timeoutMs: wait * 1000 + pollGraceMs})).body;
    const changes = await get<Changes>(this.#path('changes', {wait: `${wait}`, limit: '500'}));
    const frames = framesOf(changes);
    if (!frames[0]) {
      frames.push({type: 'presence', data: {full: true, ...await get<object>(`${this.root}/presence`)}, id: ''});
    }
    this.#live('poll');
    return frames.every(frame => this.take(frame)) ? {ok: true, retryAfterMs: pollPauseMs} : {};
  }
}
