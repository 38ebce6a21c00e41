// The event stream of one company, kept alive over the browser's own EventSource (protocol §4).
//
// Every loss takes one path: the EventSource is closed and a new one made after an exponential wait with full jitter, from
// the cursor of the last frame that was applied. (The browser's own reconnecting waits the same time each time, and gives
// up for good on any status but 200; it also doesn't show `retry:` to scripts, so the first wait is a constant here and
// `retry_ms` of a goodbye is kept exactly.)

const firstRetryMs = 1_000;
const maxRetryMs = 30_000;
const healthyMs = 60_000;        // after so long alive the waits start over
const helloWithinMs = 20_000;
const silenceFactor = 2.5;       // of heartbeat_ms

const entities = ['company', 'employee', 'customer', 'note', 'message'];
const actions = ['created', 'updated', 'deleted'];
const eventTypes = entities.flatMap((entity) => actions.map((action) => `${entity}.${action}`));
const frameTypes = ['hello', 'reset', 'skip', 'heartbeat', 'presence', 'typing', 'goodbye', ...eventTypes];

export const finalReasons = new Map([
  ['session_ended', 'you logged out'],
  ['session_expired', 'your session expired'],
  ['membership_ended', 'you are no longer a member of this company'],
  ['token_revoked', 'the access token was revoked'],
  ['company_deleted', 'the company was deleted'],
]);

export class Stream {
  #source = null;
  #turn = 0;           // of the present attempt; what comes late from an earlier one is dropped
  #timer = null;       // the next attempt
  #askFirst = false;
  #watchdog = null;
  #attempts = 0;
  #liveSince = null;
  #heartbeatMs = null;
  #seq = null;         // of the last event or skip; null until the first
  #behind = null;      // the position at the heartbeat that showed us behind

  // path: of the events resource. onFrame(type, data): applies a frame; what it throws ends the stream's connection.
  // onState({phase: connecting | live | waiting | stopped, untilMs?, reason?}). probe(): asks whether another attempt makes
  // sense: null, or the final reason as text; throws where the server gave no useful answer.
  constructor({path, client, cursor, onFrame, onState, probe}, {EventSource = globalThis.EventSource,
    random = Math.random, now = Date.now} = {}) {
    Object.assign(this, {path, client, cursor, onFrame, onState, probe, EventSource, random, now});
  }

  start() {
    this.#open();
  }

  // For good; tells `reason` where there is one.
  stop(reason = null) {
    this.#close();
    if (reason) this.onState({phase: 'stopped', reason});
  }

  // Ends the present wait, if there is one.
  retryNow() {
    if (this.#timer !== null) this.#again();
  }

  #open() {
    this.onState({phase: 'connecting'});
    const query = new URLSearchParams({cursor: this.cursor, client: this.client});
    const source = new this.EventSource(`${this.path}?${query}`);
    const turn = this.#turn;
    this.#source = source;
    this.#watch(helloWithinMs);
    for (const type of frameTypes) {
      source.addEventListener(type, (message) => {
        if (this.#turn === turn) this.#take(type, message);
      });
    }
    source.onerror = () => {
      if (this.#turn === turn) this.#lost(source.readyState === this.EventSource.CLOSED);
    };
  }

  #take(type, message) {
    let complete = true;
    try {
      const data = JSON.parse(message.data);
      if (type === 'goodbye') return this.#goodbye(data);
      if (type === 'hello') this.#hello(data);
      complete = this.#follow(type, data);
      if (complete) this.onFrame(type, data);
    } catch (error) {
      console.error('frame refused', type, error);
      complete = false;
    }
    if (!complete) return this.#lost(false);
    if (message.lastEventId) this.cursor = message.lastEventId;
    this.#watch(this.#heartbeatMs ? this.#heartbeatMs * silenceFactor : helloWithinMs);
  }

  #hello(data) {
    this.#heartbeatMs = data.heartbeat_ms;
    this.#liveSince = this.now();
    this.#behind = null;
    this.onState({phase: 'live'});
  }

  // Proves that nothing was missed: every seq comes as an event or inside a skip. False: something did not come.
  #follow(type, data) {
    if (type === 'reset') {
      this.#seq = null;
    } else if (type === 'skip') {
      if (this.#seq !== null && data.from !== this.#seq + 1) return false;
      this.#seq = data.to;
    } else if (eventTypes.includes(type)) {
      if (this.#seq !== null && data.seq !== this.#seq + 1) return false;
      this.#seq = data.seq;
    } else if (type === 'heartbeat' && this.#seq !== null) {
      if (data.head > this.#seq && this.#behind === this.#seq) return false;
      this.#behind = data.head > this.#seq ? this.#seq : null;
    }
    return true;
  }

  #goodbye({reason, retry_ms: retryMs}) {
    if (finalReasons.has(reason)) return this.stop(finalReasons.get(reason));
    this.#close();
    this.#wait(retryMs, false);
  }

  #lost(askFirst) {
    this.#close();
    const most = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(this.#attempts, 10));
    ++this.#attempts;
    this.#wait(this.random() * most, askFirst);
  }

  #wait(ms, askFirst) {
    this.#timer = setTimeout(() => this.#again(), ms);
    this.#askFirst = askFirst;
    this.onState({phase: 'waiting', untilMs: this.now() + ms});
  }

  // The browser shows no status: where it gave up, an ordinary request tells what is final from what passes.
  async #again() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#askFirst) return this.#open();
    this.onState({phase: 'connecting'});
    const turn = this.#turn;
    let reason;
    try {
      reason = await this.probe();
    } catch {
      if (this.#turn === turn) this.#lost(true);
      return;
    }
    if (this.#turn !== turn) return;
    if (reason) this.stop(reason);
    else this.#open();
  }

  #watch(ms) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(false), ms);
  }

  #close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#timer = null;
    if (this.#liveSince !== null && this.now() - this.#liveSince >= healthyMs) this.#attempts = 0;
    this.#liveSince = null;
    ++this.#turn;
    this.#source?.close();
    this.#source = null;
  }
}
