import {Connection} from './connection.ts';
import type {Events, State} from './events.ts';
import {onPage} from './lifecycle.ts';
import {
  type ChangeEvent, type Cursor, type EntityName, type Heartbeat, type Hello, type Id, type ObjectOf, type Reset,
  type Skip, type Snapshot, type Typing, epochOf, seqOf,
} from './objects.ts';
import {wait} from './pause.ts';
import type {Frame} from './poll.ts';
import {ApiError} from './request.ts';
import type {Store} from './store.ts';
import {type Tabs, joinTabs} from './tabs.ts';
import type {
  Creatable, Created, FieldsOf, ListPage, ListQuery, Options, Writable, WriteOptions,
} from './writes.ts';

/** A live copy of one company. */
export interface Client {
  readonly store: Store;
  readonly state: State;
  /** The first snapshot is in the store. Rejects where the client stopped before. */
  readonly ready: Promise<void>;
  /** Returns: no more. */
  on<K extends keyof Events>(name: K, listener: (value: Events[K]) => void): () => void;
  /** It is in the store when this resolves. */
  /** Given the `key` of an attempt whose answer was lost, answers what that one made, if it did. */
  create<E extends Creatable>(entity: E, fields: FieldsOf[E], key?: string): Promise<Created<E>>;
  /** PATCH. Shown at once, taken back where it is refused. */
  update<E extends Writable>(
    entity: E, id: Id, fields: Partial<FieldsOf[E]>, options?: WriteOptions,
  ): Promise<ObjectOf[E]>;
  /** PUT: an optional field that is missing goes to its default. */
  replace<E extends Writable>(entity: E, id: Id, fields: FieldsOf[E], options?: WriteOptions): Promise<ObjectOf[E]>;
  remove(entity: Writable, id: Id): Promise<void>;
  /** One page, which goes into the store too. */
  list<E extends EntityName>(entity: E, query?: ListQuery): Promise<ListPage<E>>;
  /** Any other request below the base URL, with the same right and the same errors. */
  request<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  /** Tells the others that somebody types here; call it as often as you like. */
  typing(customerId: Id): void;
  /** All messages up to this one are read. */
  markRead(customerId: Id, messageId: Id): Promise<void>;
  close(): void;
}

// Between the tabs that share: a frame; the leader's state; where a tab stands that joins or misses something.
interface TabMessage {
  frame?: Frame;
  link?: State;
  online?: Id[];
  at?: Cursor;
}

/** Takes a snapshot, then follows the company until close(). */
export function connect(options: Options): Client {
  return new CompanyClient(options);
}

class CompanyClient extends Connection implements Client {
  readonly ready: Promise<void>;
  #tabs: Tabs | undefined;
  #page = new AbortController();   // ends listening to it
  #reset: Reset | undefined;   // why nothing is loaded
  #askedAt = -1;               // the position at which another tab was asked for what is missing
  #behindAt = -1;              // the position at a heartbeat that told of more

  constructor(options: Options) {
    super(options);
    this.ready = new Promise((resolve, reject) => {
      this.on('ready', resolve);
      this.on('stopped', ({status, reason}) => reject(new ApiError(status, reason)));
    });
    this.ready.catch(() => {});   // who wants to know waits for it
    const retry = () => this.retryNow_();
    const suspend = () => this.#leave();
    const resume = () => { if (this.cursor_) this.#join(); };
    onPage({
      online: retry, visibilitychange: retry, offline: () => this.drop_(),
      freeze: suspend, pagehide: suspend, resume, pageshow: resume,
    }, this.#page.signal);
    void this.run_();
  }

  close(): void {
    this.end_(0, 'closed');
  }

  protected override async load_(): Promise<void> {
    const reset = this.#reset;
    if (reset) await wait(Math.random() * reset.after_ms);
    const snapshot = await this.request<Snapshot>('GET', `${this.root_}/snapshot`);
    if (this.cursor_ && epochOf(snapshot.cursor) !== epochOf(this.cursor_)) throw new ApiError(0, 'reset');
    this.store.load_(snapshot);
    this.cursor_ = snapshot.cursor;
    this.loaded_ = true;
    this.emit_('ready', undefined);
    if (reset) this.emit_('reset', reset);
    this.#reset = undefined;
    if (this.#tabs) this.#tellPlace();
    else this.#join();
  }

  // Takes its place among the tabs of the same employee.
  #join(): void {
    if (this.#tabs || this.stopped_) return;
    const {token, types, shareTabs = !token && globalThis.navigator?.locks} = this.options_;
    const lead = () => this.lead_(true);
    if (!shareTabs) {
      this.#tabs = {send_() {}, leave_() {}};
      return lead();
    }
    const name = this.base_ + this.root_ + this.store.me?.id + types;
    this.#tabs = joinTabs(name, lead, message => this.#hear(message as TabMessage));
    this.#tellPlace();
  }

  #leave(): void {
    this.lead_(false);
    this.#tabs?.leave_();
    this.#tabs = undefined;
  }

  #tellPlace(): void {
    this.#tabs?.send_({at: this.cursor_});
  }

  #hear({frame, link, online, at}: TabMessage): void {
    if (this.state.leader) {
      if (!at) return;
      this.#tellLink();
      if (isBefore(at, this.cursor_)) {
        this.cursor_ = at;   // what this tab has, it knows by version
        this.drop_();
      }
    } else if (frame) {
      this.#apply(frame);
    } else if (link) {
      this.setState_({...link, leader: false, holes: this.state.holes});
      this.store.setPresence_({full: true, online: online!});
    }
  }

  #tellLink(): void {
    this.#tabs?.send_({link: this.state, online: [...this.store.online]});
  }

  protected override setState_(change: Partial<State>): void {
    super.setState_(change);
    if (this.state.leader) this.#tellLink();
  }

  protected override take_(frame: Frame): boolean {
    const whole = this.#apply(frame);
    if (whole) this.#tabs?.send_({frame});
    return whole;
  }

  // False: something before this frame is missing, and the connection should go on from the cursor anew.
  #apply(frame: Frame): boolean {
    const {store} = this;
    const {type} = frame;
    const data = frame.data as never;
    const myId = store.me?.id ?? null;
    if (type === 'hello') {
      if ((data as Hello).employee_id !== myId) this.end_(401, 'other_employee');   // the cookie is somebody else's now
    } else if (type === 'reset') {
      this.cursor_ = frame.id;
      this.loaded_ = false;
      this.#reset = data;
      this.pause_.end_();
    } else if (type === 'heartbeat') {
      return this.#beat(data);
    } else if (type === 'presence') {
      store.setPresence_(data);
      this.emit_(type, store.online);
    } else if (type === 'typing') {
      const {customer_id: customerId, by} = data as Typing;
      if (by.id === myId) return true;
      store.setTyping_(customerId, by);
      this.emit_(type, data);
    } else if (type === 'goodbye') {
      this.emit_(type, data);
    } else {
      return this.#advance(frame);
    }
    return true;
  }

  // An event, or a skip.
  #advance({data, id}: Frame): boolean {
    const {from, ...event} = data as ChangeEvent & Partial<Skip>;
    if (!this.loaded_ || !isBefore(this.cursor_, id)) return true;
    if (epochOf(id) !== epochOf(this.cursor_) || (from ?? event.seq) > seqOf(this.cursor_) + 1) return this.#missing();
    this.cursor_ = id;
    if (event.object && this.store.take_(event)) this.tellOrHold_(event);
    return true;
  }

  // A heartbeat that finds us behind at the same place as the one before means that nothing will come by itself.
  #beat({head, epoch}: Heartbeat): boolean {
    const seq = seqOf(this.cursor_);
    if (!this.loaded_ || !isBefore(this.cursor_, `${epoch}-${head}`)) return true;
    const still = this.#behindAt === seq;
    this.#behindAt = seq;
    if (!still) return true;
    return this.#missing(true);
  }

  // The one who holds the connection goes on from its cursor anew; another tab asks for that, once at one place.
  #missing(again = false): boolean {
    const {leader, holes} = this.state;
    const seq = seqOf(this.cursor_);
    if (!leader && !again && this.#askedAt === seq) return true;
    this.setState_({holes: holes + 1});
    this.#askedAt = seq;
    if (!leader) this.#tellPlace();
    return !leader;
  }

  protected override end_(status: number, reason: string): void {
    if (this.stopped_) return;
    this.#leave();
    this.setState_({status: 'stopped', transport: null, retryAt: null, reason});
    this.pause_.end_();
    this.#page.abort();
    this.emit_('stopped', {status, reason});
  }
}

// Also where they are of different histories: then the server will tell.
function isBefore(cursor: Cursor, other: Cursor): boolean {
  return epochOf(cursor) !== epochOf(other) || seqOf(cursor) < seqOf(other);
}
