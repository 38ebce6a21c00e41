import {Backoff} from './backoff.ts';
import {type Clock, Pause, systemClock} from './clock.ts';
import {Connection, type Link, isFinal, lostStatus} from './connection.ts';
import {watchPage} from './lifecycle.ts';
import {
  type ChangeEvent, type ChangeOf, type Changes, type Cursor, type EntityName, type Goodbye, type Heartbeat, type Hello,
  type Id, type ObjectOf, type Presence, type ReadEvent, type ReadMark, type Reset, type Skip, type Snapshot, type Typing,
  epochOf, seqOf,
} from './objects.ts';
import {type Frame, framesOf} from './poll.ts';
import {ApiError} from './request.ts';
import {CompanyStore, type Store} from './store.ts';
import {type Tabs, canShare, joinTabs, stayAlone} from './tabs.ts';
import {
  type Creatable, type Created, type FieldsOf, type Io, type ListPage, type ListQuery, type Writable, type WriteOptions, Writes,
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
  /** For tests. */
  clock?: Clock;
}

/** How the client stands. Replaced as a whole with every change. */
export interface State extends Link {
  /** This tab holds the one connection. */
  leader: boolean;
  /** How often a gap in `seq` was found and repaired. */
  holes: number;
}

type NamedChanges = {[E in EntityName as `${E}.${'created' | 'updated' | 'deleted'}`]: ChangeOf<E>};

/** What `on` tells, by name. */
export interface Events extends NamedChanges {
  state: State;
  /** Each event that told something new, but not those of this client's own writes. Also by its type: 'customer.updated'. */
  change: ChangeEvent;
  presence: ReadonlySet<Id>;
  typing: Typing;
  /** History was lost: the store was discarded and holds a new snapshot now. */
  reset: Reset;
  goodbye: Goodbye;
  /** For good. `status`: the server's final answer, 0 after close(). */
  stopped: {status: number; reason: string};
  read: ReadMark;
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

// Between the tabs that share.
type TabMessage =
  | {kind: 'frame'; frame: Frame}
  | {kind: 'link'; link: Link}
  | {kind: 'joined'}
  | {kind: 'at'; cursor: Cursor; online: Id[]}
  | {kind: 'stopped'; status: number; reason: string};

const typingEveryMs = 2_000;

/** Takes a snapshot, then follows the company until close(). */
export function connect(options: Options): Client {
  return new CompanyClient(options);
}

class CompanyClient implements Client {
  readonly store: CompanyStore;
  readonly ready: Promise<void>;
  #state: State = {status: 'connecting', transport: null, retryAt: null, reason: null, leader: false, holes: 0};
  #io: Io;
  #options: Options;
  #writes: Writes;
  #pause: Pause;
  #tabs: Tabs | undefined;
  #connection: Connection | undefined;
  #listeners = new Map<string, Set<(value: never) => void>>();
  #unwatch: () => void;
  #settle!: {resolve(): void; reject(error: Error): void};
  #cursor: Cursor = '';
  #target = 0;          // the highest seq heard of
  #loaded = false;      // the store stands at the cursor
  #loading = false;
  #catching = false;
  #behindAt = -1;       // the position at a heartbeat that told of more
  #typedAt = -Infinity;

  constructor(options: Options) {
    const {baseUrl = '/api/v1', company, token, clock = systemClock} = options;
    this.#options = options;
    this.#io = {baseUrl, company, token, clock, fetch: options.fetch ?? ((...args) => fetch(...args))};
    this.store = new CompanyStore(clock);
    this.#writes = new Writes(this.#io, this.store, () => epochOf(this.#cursor), event => this.#tell(event));
    this.#pause = new Pause(clock);
    this.ready = new Promise((resolve, reject) => { this.#settle = {resolve, reject}; });
    this.ready.catch(() => {});   // who wants to know waits for it
    this.#unwatch = watchPage({
      suspend: () => this.#leave(),
      resume: () => { if (this.#loaded) this.#join(); },
      retry: () => {
        this.#pause.end();
        this.#connection?.retryNow();
      },
      offline: () => this.#connection?.restart(),
    });
    void this.#load();
  }

  get state(): State {
    return this.#state;
  }

  on<K extends keyof Events>(name: K, listener: (value: Events[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  create<E extends Creatable>(entity: E, fields: FieldsOf[E]): Promise<Created<E>> {
    return this.#writes.create(entity, fields);
  }

  update<E extends Writable>(entity: E, id: Id, fields: Partial<FieldsOf[E]>, options?: WriteOptions): Promise<ObjectOf[E]> {
    return this.#writes.change(entity, id, 'PATCH', fields, options);
  }

  replace<E extends Writable>(entity: E, id: Id, fields: FieldsOf[E], options?: WriteOptions): Promise<ObjectOf[E]> {
    return this.#writes.change(entity, id, 'PUT', fields, options);
  }

  remove(entity: Writable, id: Id): Promise<void> {
    return this.#writes.remove(entity, id);
  }

  list<E extends EntityName>(entity: E, query?: ListQuery): Promise<ListPage<E>> {
    return this.#writes.list(entity, query);
  }

  async request<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    return (await this.#writes.send<T>(method, path, body, headers && {headers})).body;
  }

  typing(customerId: Id): void {
    const now = this.#io.clock.now();
    if (now - this.#typedAt < typingEveryMs) return;
    this.#typedAt = now;
    this.#writes.send('POST', this.#path('typing'), {customer_id: customerId}).catch(() => {});   // nobody misses it
  }

  markRead(customerId: Id, messageId: Id): Promise<void> {
    return this.#writes.markRead(customerId, messageId);
  }

  close(): void {
    this.#stop(0, 'closed');
  }

  #path(resource: string): string {
    return `/companies/${this.#io.company}/${resource}`;
  }

  get #types(): string | undefined {
    return this.#options.types?.join();
  }

  get #stopped(): boolean {
    return this.#state.status === 'stopped';
  }

  // Takes a snapshot, however long that takes.
  async #load(reset?: Reset): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const {clock} = this.#io;
    const backoff = new Backoff(clock.random);
    if (reset) await this.#pause.wait(clock.random() * reset.after_ms);
    while (!this.#stopped) {
      let waitMs;
      try {
        const {body} = await this.#writes.send<Snapshot>('GET', this.#path('snapshot'));
        if (this.#stopped) return;
        if (!this.#cursor || epochOf(body.cursor) === epochOf(this.#cursor)) {
          this.#loading = false;
          return this.#take(body, reset);
        }
      } catch (error) {
        const {status, code, retryAfterMs} = error as ApiError;
        if (isFinal(status)) return this.#stop(status, code);
        waitMs = retryAfterMs;
      }
      waitMs ??= backoff.next();
      if (!this.#tabs) this.#setState({status: lostStatus(), retryAt: clock.now() + waitMs});
      await this.#pause.wait(waitMs);
    }
  }

  #take(snapshot: Snapshot, reset?: Reset): void {
    this.store.load(snapshot);
    this.#cursor = snapshot.cursor;
    this.#loaded = true;
    this.#settle.resolve();
    if (reset) this.#emit('reset', reset);
    if (!this.#tabs) this.#join();
    void this.#catchUp();
  }

  // Takes its place among the tabs of the same employee.
  #join(): void {
    if (this.#tabs || this.#stopped) return;
    const {clock, baseUrl, company, token} = this.#io;
    const {shareTabs = !token && canShare()} = this.#options;
    const hooks = {
      lead: () => this.#lead(),
      follow: () => this.#follow(),
      message: (message: unknown) => this.#hear(message as TabMessage),
    };
    const name = ['chatmesh', baseUrl, company, this.store.me?.id, this.#types].join(' ');
    this.#tabs = shareTabs ? joinTabs(name, hooks, clock) : stayAlone(hooks);
    this.#send({kind: 'joined'});
  }

  #leave(): void {
    this.#connection?.stop();
    this.#connection = undefined;
    this.#tabs?.leave();
    this.#tabs = undefined;
    if (this.#state.leader) this.#setState({leader: false});
  }

  #lead(): void {
    if (!this.#tabs) return;
    this.#setState({leader: true});
    this.#connection = new Connection(this.#io, this.#types, {
      cursor: () => this.#cursor,
      take: frame => {
        const whole = this.#apply(frame);
        if (whole) this.#send({kind: 'frame', frame});
        return whole;
      },
      tell: link => this.#setState(link),
      stop: (status, reason) => this.#stop(status, reason),
    });
  }

  #follow(): void {
    this.#connection?.stop();
    this.#connection = undefined;
    this.#setState({leader: false});
  }

  #send(message: TabMessage): void {
    this.#tabs?.send(message);
  }

  #hear(message: TabMessage): void {
    if (message.kind === 'stopped') return this.#stop(message.status, message.reason);
    if (message.kind === 'joined') {
      if (!this.#state.leader) return;
      this.#send({kind: 'at', cursor: this.#cursor, online: [...this.store.online]});
      return this.#sendLink();
    }
    if (this.#state.leader) return;   // from a leader whose lock was taken
    if (message.kind === 'link') return this.#setState(message.link);
    if (message.kind === 'frame') return void this.#apply(message.frame);
    this.store.setPresence({full: true, online: message.online});
    this.#hearOf(message.cursor);
    void this.#catchUp();
  }

  #sendLink(): void {
    const {status, transport, retryAt, reason} = this.#state;
    this.#send({kind: 'link', link: {status, transport, retryAt, reason}});
  }

  // False: something before this frame is missing, and the connection should go on from the cursor anew.
  #apply({type, data, id}: Frame): boolean {
    switch (type) {
      case 'hello': {
        if (!this.#loaded || (data as Hello).employee_id === (this.store.me?.id ?? null)) return true;
        this.#stop(401, 'other_employee');   // the cookie is somebody else's now
        return false;
      }
      case 'reset':
        this.#cursor = id;
        this.#target = seqOf(id);
        this.#loaded = false;
        void this.#load(data as Reset);
        return true;
      case 'heartbeat':
        return this.#beat(data as Heartbeat);
      case 'presence':
        this.store.setPresence(data as Presence);
        this.#emit('presence', this.store.online);
        return true;
      case 'typing': {
        const {customer_id: customerId, by} = data as Typing;
        if (by.kind !== 'employee' || by.id !== this.store.me?.id) {
          this.store.setTyping(customerId, by);
          this.#emit('typing', data as Typing);
        }
        return true;
      }
      case 'goodbye':
        this.#emit('goodbye', data as Goodbye);
        return true;
      case 'skip':
        return this.#advance((data as Skip).from, id);
      default:
        return this.#advance((data as ChangeEvent).seq, id, data as ChangeEvent);
    }
  }

  #advance(from: number, id: Cursor, event?: ChangeEvent | ReadEvent): boolean {
    const seq = seqOf(this.#cursor);
    const known = epochOf(id) === epochOf(this.#cursor);
    if (known && seqOf(id) <= seq) return true;
    if (!known || from > seq + 1 || !this.#loaded) {
      this.#hearOf(id);
      return this.#missing();
    }
    this.#cursor = id;
    if (event && this.store.take(event) && !this.#writes.holds(event)) this.#tell(event);
    return true;
  }

  // A heartbeat that finds us behind at the same place as the one before means that nothing will come by itself.
  #beat({head, epoch}: Heartbeat): boolean {
    const seq = seqOf(this.#cursor);
    const behind = this.#loaded && (epoch !== epochOf(this.#cursor) || head > seq);
    const still = behind && this.#behindAt === seq;
    this.#behindAt = behind ? seq : -1;
    if (!still) return true;
    this.#hearOf(`${epoch}-${head}`);
    return this.#missing();
  }

  #hearOf(cursor: Cursor): void {
    const seq = epochOf(cursor) === epochOf(this.#cursor) ? seqOf(cursor) : Infinity;
    this.#target = Math.max(this.#target, seq);
  }

  #missing(): boolean {
    if (!this.#loaded || this.#catching) return true;
    this.#setState({holes: this.#state.holes + 1});
    if (this.#connection) return false;
    void this.#catchUp();
    return true;
  }

  // Reads what other tabs or the stream told before this one could take it.
  async #catchUp(): Promise<void> {
    const {clock} = this.#io;
    if (this.#catching) return;
    this.#catching = true;
    const backoff = new Backoff(clock.random);
    while (this.#loaded && !this.#stopped && seqOf(this.#cursor) < this.#target) {
      const from = this.#cursor;
      let waitMs;
      try {
        const query = new URLSearchParams({cursor: from, limit: '500', ...this.#types && {types: this.#types}});
        const {body} = await this.#writes.send<Changes>('GET', this.#path(`changes?${query}`));
        for (const frame of framesOf(body)) this.#apply(frame);
        if (body.cursor === from) this.#target = 0;   // there is no more
      } catch (error) {
        const {status, code, retryAfterMs} = error as ApiError;
        if (isFinal(status)) return this.#stop(status, code);
        waitMs = retryAfterMs;
      }
      if (this.#cursor === from) await this.#pause.wait(waitMs ?? backoff.next());
    }
    this.#catching = false;
  }

  #tell(event: ChangeEvent | ReadEvent): void {
    if (event.entity === 'read') return this.#emit('read', event.object);
    this.#emit('change', event);
    this.#emit(event.type, event as never);
  }

  #emit<K extends keyof Events>(name: K, value: Events[K]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(value as never);
      } catch (error) {
        queueMicrotask(() => { throw error; });   // its own matter, told where the page's other faults are told
      }
    }
  }

  #setState(change: Partial<State>): void {
    if (this.#stopped) return;
    const next = {...this.#state, ...change};
    if (Object.entries(next).every(([key, value]) => this.#state[key as keyof State] === value)) return;
    this.#state = next;
    this.#emit('state', next);
    if (next.leader) this.#sendLink();
  }

  #stop(status: number, reason: string): void {
    if (this.#stopped) return;
    if (status && this.#state.leader) this.#send({kind: 'stopped', status, reason});
    this.#leave();
    this.#setState({status: 'stopped', transport: null, retryAt: null, reason});
    this.#unwatch();
    this.#pause.end();
    this.#settle.reject(new ApiError(status, reason));
    this.#emit('stopped', {status, reason});
  }
}
