import {Backoff} from './backoff.ts';
import type {State} from './events.ts';
import type {Changes, Goodbye, Hello} from './objects.ts';
import {Pause} from './pause.ts';
import {type Frame, framesOf} from './poll.ts';
import type {ApiError} from './request.ts';
import {openStream} from './stream.ts';
import {Writes} from './writes.ts';

const enum Limit {
  helloWithinMs = 10_000,
  silenceFactor = 2.5,           // of heartbeat_ms
  tickMs = 2_500,                // how soon a machine that slept finds out
  longestWaitMs = 600_000,       // that a server can ask for
  streamAgainMs = 300_000,
  sameAgeMs = 2_000,
  cutsThatTell = 3,              // as many streams of the same age
  oldestCutMs = 120_000,         // a stream that lives longer is worth more than a poll
  pollWaitSeconds = 25,
  pollPauseMs = 500,
  pollWithinMs = 40_000,
}

/** How an attempt ended; an ApiError is one. */
interface End {
  status?: number;
  code?: string;
  /** Undefined: as the backoff says. */
  retryAfterMs?: number | undefined;
  /** All is well. */
  ok_?: boolean;
}

/** Keeps a copy alive: a snapshot, and then, in the tab that leads, one connection to the server's sequence. */
export abstract class Connection extends Writes {
  /** The store stands at the cursor. */
  protected loaded_ = false;
  /** What it waits for. */
  protected readonly pause_ = new Pause();
  /** Ends the present attempt: what there is can't be trusted any more. */
  protected drop_: () => void = () => {};
  state: State = {status: 'connecting', transport: null, retryAt: null, reason: null, leader: false, holes: 0};
  #backoff = new Backoff();
  #liveSince = NaN;
  #polling = false;
  #streamAt = 0;                     // when polling: when to try a stream again
  #cutAge = 0;                       // of the last stream that the path cut
  #cuts = 0;                         // how many before it were as old
  #check = () => {};                 // whether the present stream is dead

  protected get stopped_(): boolean {
    return this.state.status === 'stopped';
  }

  /** Takes a snapshot, and with it `loaded`; throws an ApiError. */
  protected abstract load_(): Promise<void>;
  /** False: something is missing before this frame; the connection goes on from the cursor anew. */
  protected abstract take_(frame: Frame): boolean;
  /** The server's answer is final. */
  protected abstract end_(status: number, reason: string): void;

  protected setState_(change: Partial<State>): void {
    if (this.stopped_) return;
    this.state = {...this.state, ...change};
    this.emit_('state', this.state);
  }

  /** Whether this tab is the one to hold the connection. */
  protected lead_(leader: boolean): void {
    this.setState_({leader});
    this.drop_();
    this.pause_.end_();
  }

  /** Circumstances changed: tries at once where it waits, and looks whether a live stream is still alive. */
  protected retryNow_(): void {
    this.#backoff.reset();
    this.pause_.end_();
    this.#check();
  }

  /** Runs until the state is 'stopped'. */
  protected async run_(): Promise<void> {
    while (!this.stopped_) {
      let end: End = {ok_: true, retryAfterMs: 0};
      try {
        if (!this.loaded_) await this.load_();
        else if (!this.state.leader) await this.pause_.wait_();
        else end = await (this.#polling && Date.now() < this.#streamAt ? this.#poll() : this.#stream());
      } catch (error) {
        if (!this.state.transport) this.#polling = false;   // a poll that fails at first is no better than a stream
        end = error as ApiError;
      }
      const {status = 0, code = `http_${status}`, retryAfterMs = this.#backoff.next(), ok_: ok} = end;
      if ([401, 403, 404].includes(status)) return this.end_(status, this.state.reason ?? code);
      const ms = Math.min(retryAfterMs, Limit.longestWaitMs);
      if (!ok) {
        this.#backoff.lived(Date.now() - this.#liveSince);
        this.#liveSince = NaN;
        const lost = globalThis.navigator?.onLine === false ? 'offline' : 'reconnecting';
        this.setState_({status: lost, transport: null, retryAt: Date.now() + ms});
      }
      if (ms && !this.stopped_) await this.pause_.wait_(ms);
    }
  }

  #live(transport: 'stream' | 'poll'): void {
    this.#liveSince ||= Date.now();
    this.setState_({status: 'live', transport, retryAt: null, reason: null});
  }

  #pathOf(resource: string): string {
    const {types} = this.options_;
    const query = {cursor: this.cursor_, ...types && {types: types.join()}};
    return `${this.root_}/${resource}?${new URLSearchParams(query)}`;
  }

  // One stream. It is opened without `client`: its frames are for every tab, and a write's own tab knows them by
  // version.
  #stream(): Promise<End> {
    return new Promise(resolve => {
      const opened = Date.now();
      let last = opened;
      let limit: number = Limit.helloWithinMs;
      let live = false;
      let over = false;
      const finish = (end: End) => {
        if (over) return;
        over = true;
        clearInterval(timer);
        stream.close();
        resolve(end);
      };
      this.drop_ = () => finish({});
      // By the wall clock, in short steps: so it finds out too that the machine slept.
      this.#check = () => {
        if (!over && Math.abs(Date.now() - last) >= limit) finish(live ? {} : this.#pollInstead());
      };
      const timer = setInterval(this.#check, Limit.tickMs);
      const stream = openStream({
        url: this.base_ + this.#pathOf('events'),
        headers: this.headers_,
        fetch: this.options_.fetch,
        onRetry: ms => { this.#backoff.baseMs = ms; },
        onBytes: () => { last = Date.now(); },
        onEvent: ({type, data, id}) => {
          const frame = {type, data: JSON.parse(data), id};   // one that is no JSON ends the stream
          if (type === 'hello') {
            limit = (frame.data as Hello).heartbeat_ms * Limit.silenceFactor;
            live = true;
            this.#live('stream');
          }
          if (!this.take_(frame)) finish({});
          else if (type === 'goodbye') {
            // A final reason too is proven by one more attempt, which is then refused with a status that is final.
            const {reason, retry_ms: ms} = frame.data as Goodbye;
            this.#cuts = 0;
            this.setState_({reason});
            finish({retryAfterMs: ms || undefined});
          }
          else if (type === 'reset') finish({ok_: true});   // a snapshot first, then a new stream from there
        },
      });
      void stream.ended.then(end => {
        if (!over) finish(live && this.#isCutAgain(Date.now() - opened) ? this.#pollInstead() : end);
      });
    });
  }

  // Streams that end at the same age again and again are cut by something on the path.
  #isCutAgain(ageMs: number): boolean {
    this.#cuts = Math.abs(ageMs - this.#cutAge) <= Limit.sameAgeMs ? this.#cuts + 1 : 1;
    this.#cutAge = ageMs;
    return this.#cuts >= Limit.cutsThatTell && ageMs <= Limit.oldestCutMs;
  }

  #pollInstead(): End {
    this.#cuts = 0;
    this.#polling = true;
    this.#streamAt = Date.now() + Limit.streamAgainMs;
    return {ok_: true, retryAfterMs: 0};
  }

  // One long poll. The first after a lost connection waits for nothing: it tells whether this way is open.
  async #poll(): Promise<End> {
    const abort = new AbortController();
    this.drop_ = () => abort.abort();
    const wait = this.state.transport === 'poll' ? Limit.pollWaitSeconds : 0;
    const {body} = await this.send_<Changes>('GET', `${this.#pathOf('changes')}&wait=${wait}`, undefined, {
      abort, timeoutMs: Limit.pollWithinMs,
    });
    const frames = framesOf(body);
    if (!frames[0]) {
      const presence = await this.request<object>('GET', `${this.root_}/presence`);
      frames.push({type: 'presence', data: {full: true, ...presence}, id: ''});
    }
    this.#live('poll');
    return frames.every(frame => this.take_(frame)) ? {ok_: true, retryAfterMs: Limit.pollPauseMs} : {};
  }
}
