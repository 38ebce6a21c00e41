// One company on screen: its store, its stream and the parts that show them.

import {Problem, clientToken, get} from './api.js';
import {Connection} from './connection.js';
import {Customer} from './customer.js';
import {Customers} from './customers.js';
import {byId, setText} from './dom.js';
import {showFace} from './faces.js';
import {Log} from './log.js';
import {Store} from './store.js';
import {Stream} from './stream.js';
import {Team} from './team.js';

const snapshotRetryMs = 1_000;
const snapshotRetryMaxMs = 30_000;

// Why a failed request makes further ones useless, or null where trying again makes sense.
function finalReason(problem) {
  return {401: 'your session has ended', 403: 'access was refused', 404: 'you are no member of this company'}[problem.status] ?? null;
}

export class Desk {
  #stream = null;
  #over = new AbortController();   // ends every listener of this desk
  #timer = null;
  #drawing = false;
  #adopting = new Set();

  // onLogin(): the user wants to log in again after the stream has stopped.
  constructor(companyId, onLogin) {
    this.path = `/companies/${companyId}`;
    this.companyId = companyId;
    this.store = new Store();
    const {signal} = this.#over;
    this.connection = new Connection(signal, () => this.#stream?.retryNow(), onLogin);
    this.log = new Log();
    this.customer = new Customer(this, signal);
    this.customers = new Customers(this, signal);
    this.team = new Team(this, signal);
    this.#wirePanes(signal);
    window.addEventListener('online', () => this.#stream?.retryNow(), {signal});
  }

  async start() {
    this.connection.show({phase: 'connecting'});
    const snapshot = await this.#readSnapshot(new Store());
    if (!snapshot) return;
    this.#stream = new Stream({
      path: `/api/v1${this.path}/events`,
      client: clientToken,
      cursor: snapshot.cursor,
      onFrame: (type, data) => this.#take(type, data),
      onState: (state) => this.connection.show(state),
      probe: () => this.#probe(),
    });
    this.#stream.start();
  }

  leave() {
    clearTimeout(this.#timer);
    this.#over.abort();
    this.#stream?.stop();
    this.customer.leave();
    this.log.clear();
  }

  // What a write of this page made: its own stream only brings a skip for it.
  wrote(entity, action, object, cursor) {
    for (const store of new Set([this.store, this.fresh()])) store.apply({entity, action, object});
    if (cursor) this.log.own(entity, action, object, cursor);
    this.draw();
  }

  // Draws at most once a frame, however much came.
  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      if (this.#over.signal.aborted || !this.store.me) return;
      const {store} = this;
      const me = store.myself();
      showFace(byId('me-face'), me, 'small');
      setText(byId('me-name'), me.name);
      const option = byId('company-select').selectedOptions[0];
      if (option) setText(option, store.company.name);
      const title = this.customer.title();
      document.title = title ? `${title} · ${store.company.name}` : `${store.company.name} · ChatMesh`;
      this.customers.draw();
      this.customer.draw();
      this.team.draw();
    });
  }

  select(customerId) {
    this.customer.show(customerId);
    this.showPane(customerId ? 'customer' : 'customers');
    this.draw();
  }

  showPane(pane) {
    byId('desk').dataset.pane = pane;
    for (const button of document.querySelectorAll('.panes button')) {
      button.setAttribute('aria-pressed', String(button.dataset.pane === pane));
    }
  }

  // Reads a customer who is not among those that were read so far (the snapshot has the latest 200).
  async adopt(customerId) {
    const store = this.fresh();
    if (store !== this.store || store.customers.has(customerId) || store.deleted.has(customerId)) return;
    if (this.#adopting.has(customerId)) return;
    this.#adopting.add(customerId);
    try {
      store.put('customer', await get(`${this.path}/customers/${customerId}`));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 404) store.deleted.add(customerId);
    }
    this.#adopting.delete(customerId);
    this.draw();
  }

  #wirePanes(signal) {
    for (const button of document.querySelectorAll('.panes button')) {
      button.addEventListener('click', () => this.showPane(button.dataset.pane), {signal});
    }
    this.showPane('customers');
  }

  #take(type, data) {
    if (type === 'reset') return this.#reset(data);
    if (type === 'presence') {
      if (data.full) this.fresh().takePresence(data.online);
      else this.fresh().changePresence(data.changes);
    } else if (type === 'typing') {
      this.customer.someoneTypes(data);
    } else if (type === 'skip') {
      this.log.skip(data);
    } else if (type === 'hello') {
      this.log.hello(data);
    } else if (type === 'heartbeat') {
      this.log.heartbeat(data);
    } else {
      this.fresh().apply(data);
      this.log.event(data);
      if (data.object.customer_id) this.adopt(data.object.customer_id);
    }
    this.draw();
  }

  // The store that the stream goes to: after a reset that is the new one, which is shown when its snapshot is there.
  fresh() {
    return this.next ?? this.store;
  }

  #reset({reason, after_ms: afterMs}) {
    this.log.reset(reason);
    const next = new Store();
    next.online = this.store.online;
    this.next = next;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      if (await this.#readSnapshot(next)) this.customer.reload();
    }, Math.random() * afterMs);
  }

  // Fills the store and shows it. Tries until it works, until it can't, or until this store isn't wanted any more.
  async #readSnapshot(store) {
    this.next = store;
    for (let attempt = 0; ; ++attempt) {
      try {
        const snapshot = await get(`${this.path}/snapshot`);
        if (this.next !== store || this.#over.signal.aborted) return null;
        store.takeSnapshot(snapshot);
        this.store = store;
        this.next = null;
        this.draw();
        return snapshot;
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (this.next !== store || this.#over.signal.aborted) return null;
        const reason = finalReason(problem);
        if (reason) {
          this.#stream?.stop();
          this.connection.show({phase: 'stopped', reason});
          return null;
        }
        const waitMs = problem.retryAfterMs ?? Math.random() * Math.min(snapshotRetryMaxMs, snapshotRetryMs * 2 ** attempt);
        if (!this.#stream) this.connection.show({phase: 'waiting', untilMs: Date.now() + waitMs});
        await new Promise((done) => { this.#timer = setTimeout(done, waitMs); });
      }
    }
  }

  // Tells what is final from what passes, where the browser gave up on the stream.
  async #probe() {
    try {
      const {memberships} = await get('/sessions/current');
      return memberships.some(({company}) => company.id === this.companyId) ? null : finalReason({status: 404});
    } catch (problem) {
      const reason = finalReason(problem);
      if (reason) return reason;
      throw problem;
    }
  }
}
