import {Connection} from './connection.ts';
import type {Events, State} from './events.ts';
import {watchPage} from './lifecycle.ts';
import {
  type ChangeEvent, type Cursor, type EntityName, type Heartbeat, type Hello, type Id, type ObjectOf, type Reset, type Skip,
  type Snapshot, type Typing, epochOf, seqOf,
} from './objects.ts';
import {wait} from './pause.ts';
import type {Frame} from './poll.ts';
import {ApiError} from './request.ts';
import type {Store} from './store.ts';
import {type Tabs, joinTabs} from './tabs.ts';
import {
  type Creatable, type Created, type FieldsOf, type ListPage, type ListQuery, type Writable, type WriteOptions
} from './writes.ts';

export interface Options {
  company: Id;
  /** Default: '/api/v1'; absolute where there is no page. */
  baseUrl?: string;
  /** Bearer; without it the browser's cookie. */
  token?: string;
  /** Default: all. */
  types?: (EntityName | 'read')[];
  /** Default: true where Web Locks and BroadcastChannel exist and the right is the cookie's. */
  shareTabs?: boolean;
  /** For tests and scripts. */
  fetch?: typeof fetch;
}

/** A live copy of one company. */
export interface Client {
  readonly store: Store;
  readonly state: State;
  /** The first snapshot is in the store. Rejects where the client stopped before. */
  readonly ready: Promise<void>;
  /** Returns: no more. */
  on<K extends keyof Events>(name: K, listener: (value: Events[K]) => void): () => void;
  /** It is in the store when this resolves. */
  create<E extends Creatable>(entity: E, fields: FieldsOf[E]): Promise<Created<E>>;
  /** PATCH. Shown at once, taken back where it is refused. */
  update<E extends Writable>(entity: E, id: Id, fields: Partial<FieldsOf[E]>, options?: WriteOptions): Promise<ObjectOf[E]>;
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
  link?: Partial<State>;
  online?: Id[];
  at?: Cursor;
}

/** Takes a snapshot, then follows the company until close(). */
export function connect(options: Options): Client {
  return new CompanyClient(options);
}

class CompanyClient extends Connection implements Client {
  readonly ready: Promise<void>;
  #shareTabs: boolean;
  #tabs: Tabs | undefined;
  #unwatch: () => void;
  #isReady!: () => void;
  #reset: Reset | undefined;   // why nothing is loaded
  #askedAt = -1;               // the position at which another tab was asked for what is missing
  #behindAt = -1;              // the position at a heartbeat that told of more

  constructor({baseUrl = '/api/v1', company, token, types = [], shareTabs, fetch}: Options) {
    super({baseUrl, company, token, types: `${types}`, fetch});
    this.#shareTabs = shareTabs ?? (!token && !!globalThis.navigator?.locks);
    this.ready = new Promise((resolve, reject) => {
      this.#isReady = resolve;
      this.on('stopped', ({status, reason}) => reject(new ApiError(status, reason)));
    });
    this.ready.catch(() => {});   // who wants to know waits for it
    const retry = () => this.retryNow();
    const suspend = () => this.#leave();
    const resume = () => { if (this.cursor) this.#join(); };
    this.#unwatch = watchPage({
      online: retry, visibilitychange: retry, offline: () => this.drop(),
      freeze: suspend, pagehide: suspend, resume, pageshow: resume,
    });
    void this.run();
  }

  close(): void {
    this.end(0, 'closed');
  }

  protected override async load(): Promise<void> {
    const reset = this.#reset;
    if (reset) await wait(Math.random() * reset.after_ms);
    const {body} = await this.send<Snapshot>('GET', `${this.root}/snapshot`);
    if (this.cursor && epochOf(body.cursor) !== epochOf(this.cursor)) throw new ApiError(0, 'other_history');
    this.store.load(body);
    this.cursor = body.cursor;
    this.loaded = true;
    this.#isReady();
    if (reset) this.emit('reset', reset);
    this.#reset = undefined;
    if (this.#tabs) this.#tellPlace();
    else this.#join();
  }

  // Takes its place among the tabs of the same employee.
  #join(): void {
    if (this.#tabs || this.stopped) return;
    const lead = (leader: boolean) => this.lead(leader);
    if (!this.#shareTabs) {
      this.#tabs = {send() {}, leave() {}};
      return lead(true);
    }
    const name = ['chatmesh', this.io.baseUrl + this.root, this.store.me?.id, this.io.types].join(' ');
    this.#tabs = joinTabs(name, lead, message => this.#hear(message as TabMessage));
    this.#tellPlace();
  }

  #leave(): void {
    this.lead(false);
    this.#tabs?.leave();
    this.#tabs = undefined;
  }

  #tellPlace(): void {
    this.#tabs?.send({at: this.cursor});
  }

  #hear({frame, link, online, at}: TabMessage): void {
    if (this.state.leader) {
      if (!at) return;
      this.#tellLink();
      if (isBefore(at, this.cursor)) {
        this.cursor = at;   // what this tab has, it knows by version
        this.drop();
      }
    } else if (frame) {
      this.#apply(frame);
    } else if (link) {
      this.setState(link);
      this.store.setPresence({full: true, online: online!});
    }
  }

  #tellLink(): void {
    const {leader: _, holes: __, ...link} = this.state;
    this.#tabs?.send({link, online: [...this.store.online]});
  }

  protected override setState(change: Partial<State>): void {
    super.setState(change);
    if (this.state.leader) this.#tellLink();
  }

  protected override take(frame: Frame): boolean {
    const whole = this.#apply(frame);
    if (whole) this.#tabs?.send({frame});
    return whole;
  }

  // False: something before this frame is missing, and the connection should go on from the cursor anew.
  #apply(frame: Frame): boolean {
    const {store} = this;
    const {type} = frame;
    const data = frame.data as never;
    const myId = store.me?.id ?? null;
    if (type === 'hello') {
      if ((data as Hello).employee_id === myId) return true;
      this.end(401, 'other_employee');   // the cookie is somebody else's now
      return false;
    }
    if (type === 'reset') {
      this.cursor = frame.id;
      this.loaded = false;
      this.#reset = data;
      this.pause.end();
    } else if (type === 'heartbeat') {
      return this.#beat(data);
    } else if (type === 'presence') {
      store.setPresence(data);
      this.emit(type, store.online);
    } else if (type === 'typing') {
      const {customer_id: customerId, by} = data as Typing;
      if (by.id === myId) return true;
      store.setTyping(customerId, by);
      this.emit(type, data);
    } else if (type === 'goodbye') {
      this.emit(type, data);
    } else {
      return this.#advance(frame);
    }
    return true;
  }

  // An event, or a skip.
  #advance({type, data, id}: Frame): boolean {
    const event = data as ChangeEvent;
    const from = type === 'skip' ? (data as Skip).from : event.seq;
    if (!this.loaded || !isBefore(this.cursor, id)) return true;
    if (epochOf(id) !== epochOf(this.cursor) || from > seqOf(this.cursor) + 1) return this.#missing();
    this.cursor = id;
    if (type !== 'skip' && this.store.take(event)) this.tellOrHold(event);
    return true;
  }

  // A heartbeat that finds us behind at the same place as the one before means that nothing will come by itself.
  #beat({head, epoch}: Heartbeat): boolean {
    const seq = seqOf(this.cursor);
    if (!this.loaded || !isBefore(this.cursor, `${epoch}-${head}`)) return true;
    const still = this.#behindAt === seq;
    this.#behindAt = seq;
    if (!still) return true;
    this.#askedAt = -1;
    return this.#missing();
  }

  // The one who holds the connection goes on from its cursor anew; another tab asks for that, once at one place.
  #missing(): boolean {
    const {leader, holes} = this.state;
    const seq = seqOf(this.cursor);
    if (!leader && this.#askedAt === seq) return true;
    this.setState({holes: holes + 1});
    this.#askedAt = seq;
    if (!leader) this.#tellPlace();
    return !leader;
  }

  protected override end(status: number, reason: string): void {
    if (this.stopped) return;
    this.#leave();
    this.setState({status: 'stopped', transport: null, retryAt: null, reason});
    this.pause.end();
    this.#unwatch();
    this.emit('stopped', {status, reason});
  }
}

// Also where they are of different histories: then the server will tell.
function isBefore(cursor: Cursor, other: Cursor): boolean {
  return epochOf(cursor) !== epochOf(other) || seqOf(cursor) < seqOf(other);
}
