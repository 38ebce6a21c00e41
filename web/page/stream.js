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

const entities = ['company', 'employee', 'customer', 'note', 'message'];  // what is shown; the rest is in a skip
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
  // sense: null, or the final reason as text; throws where the server gave no useful answer. `world`: what tests replace.
  constructor({path, client, cursor, onFrame, onState, probe}, world = {}) {
    Object.assign(this, {path, client, cursor, onFrame, onState, probe});
    this.world = {
      EventSource: globalThis.EventSource, random: Math.random, now: Date.now,
      setTimeout: (action, ms) => setTimeout(action, ms), clearTimeout: (timer) => clearTimeout(timer), ...world,
    };
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
    const query = new URLSearchParams({cursor: this.cursor, client: this.client, types: entities});
    const source = new this.world.EventSource(`${this.path}?${query}`);
    const turn = this.#turn;
    this.#source = source;
    this.#watch(helloWithinMs);
    for (const type of frameTypes) {
      source.addEventListener(type, (message) => {
        if (this.#turn === turn) this.#take(type, message);
      });
    }
    source.onerror = () => {
      if (this.#turn === turn) this.#lost(source.readyState === this.world.EventSource.CLOSED);
    };
  }

  #take(type, message) {
    const turn = this.#turn;
    try {
      const data = JSON.parse(message.data);
      if (type === 'goodbye') return this.#goodbye(data);
      if (type === 'hello') this.#hello(data);
      const next = this.#follow(type, data);
      this.onFrame(type, data);
      this.#seq = next;
    } catch (error) {
      console.error('frame refused', type, error);
      return this.#lost(false);
    }
    if (this.#turn !== turn) return;  // the frame's reader has stopped the stream
    if (message.lastEventId) this.cursor = message.lastEventId;
    this.#watch(this.#heartbeatMs ? this.#heartbeatMs * silenceFactor : helloWithinMs);
  }

  #hello(data) {
    this.#heartbeatMs = data.heartbeat_ms;
    this.#liveSince = this.world.now();
    this.#behind = null;
    this.onState({phase: 'live'});
  }

  // The position after this frame. Throws where something is missing: every seq comes as an event or inside a skip, and a
  // heartbeat tells the head; one that finds us behind at the same place as the one before means that nothing will come.
  #follow(type, data) {
    const held = this.#seq;
    if (type === 'reset') return null;
    if (type === 'heartbeat' && held !== null) {
      if (data.head > held && this.#behind === held) throw new Error(`behind: ${held} of ${data.head}`);
      this.#behind = data.head > held ? held : null;
    }
    const [from, to] = type === 'skip' ? [data.from, data.to] : eventTypes.includes(type) ? [data.seq, data.seq] : [];
    if (from === undefined) return held;
    if (held !== null && from !== held + 1) throw new Error(`gap: ${from} after ${held}`);
    return to;
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
    this.#wait(this.world.random() * most, askFirst);
  }

  #wait(ms, askFirst) {
    this.#timer = this.world.setTimeout(() => this.#again(), ms);
    this.#askFirst = askFirst;
    this.onState({phase: 'waiting', untilMs: this.world.now() + ms});
  }

  // The browser shows no status: where it gave up, an ordinary request tells what is final from what passes.
  async #again() {
    this.world.clearTimeout(this.#timer);
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
    this.world.clearTimeout(this.#watchdog);
    this.#watchdog = this.world.setTimeout(() => this.#lost(false), ms);
  }

  #close() {
    this.world.clearTimeout(this.#timer);
    this.world.clearTimeout(this.#watchdog);
    this.#timer = null;
    if (this.#liveSince !== null && this.world.now() - this.#liveSince >= healthyMs) this.#attempts = 0;
    this.#liveSince = null;
    ++this.#turn;
    this.#source?.close();
    this.#source = null;
  }
}
