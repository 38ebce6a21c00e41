import {Emitter} from './emitter.ts';
import type {Events} from './events.ts';
import {
  type ChangeEvent, type Cursor, type Customer, type Employee, type EntityName, type Id, type ObjectOf, type Page,
  type ReadEvent, type ReadMark, type Scalar, type Time, epochOf, seqOf,
} from './objects.ts';
import {type Answer, type RequestOptions, bearer, randomToken, send} from './request.ts';
import {CompanyStore, type Rows} from './store.ts';
import type {Patch} from './table.ts';

const enum Limit {
  typingEveryMs = 2_000,
}

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

/** What may be created below a company. */
export type Creatable = Exclude<EntityName, 'company'>;
export type Writable = EntityName;

interface PersonFields {
  name: string;
  email?: string | null;
  phone?: string | null;
  avatar_url?: string | null;
}
/** The fields that a write may carry. */
export interface FieldsOf {
  company: {name: string; widget_origins?: string[]};
  employee: PersonFields & {title?: string | null; role?: Employee['role']};
  customer: PersonFields & {
    organization?: string | null;
    status?: ObjectOf['customer']['status'];
    tags?: string[];
    attributes?: Record<string, Scalar>;
    assigned_employee_id?: Id | null;
  };
  note: {customer_id: Id; body: string; pinned?: boolean};
  message: {customer_id: Id; body: string};
}

/** What creating answers: an employee's invitation is told there alone. */
export type Created<E extends Creatable> =
  ObjectOf[E] & (E extends 'employee' ? {invitation?: {token: string; url: string; expires_at: Time}} : unknown);

export interface WriteOptions {
  /** Refused with 412 where the object's version is another one. */
  ifMatch?: number;
}

export interface ListQuery {
  limit?: number;
  after?: string;
  q?: string;
  status?: string;
  tag?: string;
  assigned_employee_id?: Id;
  sort?: 'activity' | 'name';
  /** 'messages,reads': with each customer its latest message and the reader's mark. */
  include?: string;
  customer_id?: Id;
  before?: Id;
}

/** A page, and what came along with it. */
export type ListPage<E extends EntityName> = Page<ObjectOf[E]> & {
  activity?: Time[]; messages?: ObjectOf['message'][]; reads?: ReadMark[];
};

type AnyEvent = ChangeEvent | ReadEvent;

interface Pending {
  entity: string;
  /** '': not known before the answer. */
  id: Id;
  held_: AnyEvent[];
}

/** What a client does: requests, told to its store. A write is shown at once, and taken back where it is refused. */
export abstract class Writes extends Emitter<Events> {
  readonly store = new CompanyStore();
  protected readonly options_: Options;
  protected readonly base_: string;
  /** `/companies/<id>`, below the base. */
  protected readonly root_: string;
  /** Of the last frame that was applied. */
  protected cursor_: Cursor = '';
  /** Of every request: the right, and a token that names this client to the server, in its memory only. */
  protected readonly headers_: Record<string, string>;
  #pending = new Set<Pending>();
  #typedAt = 0;

  constructor(options: Options) {
    super();
    this.options_ = options;
    this.base_ = options.baseUrl ?? '/api/v1';
    this.root_ = `/companies/${options.company}`;
    this.headers_ = {'Chatmesh-Client': randomToken(), ...bearer(options.token)};
  }

  /** A request below the base URL with this client's right. */
  protected send_<T>(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer<T>> {
    return send<T>(this.base_ + path, method, body, {
      fetch: this.options_.fetch, ...options, headers: {...this.headers_, ...options.headers},
    });
  }

  async request<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    return (await this.send_<T>(method, path, body, {headers})).body;
  }

  create<E extends Creatable>(entity: E, fields: FieldsOf[E], key = randomToken()): Promise<Created<E>> {
    return this.#write('POST', entity, '', fields, {'Idempotency-Key': key});
  }

  update<E extends Writable>(
    entity: E, id: Id, fields: Partial<FieldsOf[E]>, options?: WriteOptions,
  ): Promise<ObjectOf[E]> {
    return this.#change('PATCH', entity, id, fields, options);
  }

  replace<E extends Writable>(entity: E, id: Id, fields: FieldsOf[E], options?: WriteOptions): Promise<ObjectOf[E]> {
    return this.#change('PUT', entity, id, fields, options);
  }

  #change<E extends Writable, T>(
    method: string, entity: E, id: Id, fields: object, {ifMatch}: WriteOptions = {},
  ): Promise<T> {
    return this.#write(method, entity, id, fields, ifMatch ? {'If-Match': `"${ifMatch}"`} : {}, object => {
      const {attributes, assigned_employee_id: assignee} = fields as Partial<Customer>;
      return object && {
        ...object, ...fields,
        ...attributes && {attributes: {...(object as Partial<Customer>).attributes, ...attributes}},
        ...assignee !== undefined && {assigned_employee: this.store.get('employee', assignee!) ?? null},
      };
    });
  }

  remove(entity: Writable, id: Id): Promise<void> {
    return this.#write('DELETE', entity, id, undefined, {}, () => undefined);
  }

  async markRead(customerId: Id, messageId: Id): Promise<void> {
    await this.#write('PUT', 'read', customerId, {message_id: messageId}, {}, mark =>
      mark && mark.message_id >= messageId
        ? mark : {...mark, customer_id: customerId, message_id: messageId} as ReadMark);
  }

  async list<E extends EntityName>(entity: E, query: ListQuery = {}): Promise<ListPage<E>> {
    const given = JSON.parse(JSON.stringify(query)) as Record<string, string>;   // without what is undefined
    const page = await this.request<ListPage<E>>('GET', `${this.#path(entity, '')}?${new URLSearchParams(given)}`);
    this.#merge(page.cursor, seq => {
      this.store.merge_<EntityName>(entity, page.items, seq, page.activity);
      this.store.merge_('message', page.messages, seq);
      this.store.merge_('read', page.reads, seq);
    });
    return page;
  }

  typing(customerId: Id): void {
    const now = Date.now();
    if (now - this.#typedAt < Limit.typingEveryMs) return;
    this.#typedAt = now;
    this.request('POST', `${this.root_}/typing`, {customer_id: customerId}).catch(() => {});   // nobody misses it
  }

  /** Tells the listeners, but not while the event may be of a write under way here: its answer will show. */
  protected tellOrHold_(event: AnyEvent): void {
    for (const {entity, id, held_: held} of this.#pending) {
      if (entity === event.entity && (!id || id === event.object.id)) {
        held.push(event);
        return;
      }
    }
    if (event.entity === 'read') return this.emit_('read', event.object);
    this.emit_('change', event);
    this.emit_(event.type, event as never);
  }

  #path(entity: keyof Rows, id: Id): string {
    if (entity === 'read') return `${this.root_}/customers/${id}/read`;
    return this.root_ + (entity === 'company' ? '' : `/${entity}s${id && `/${id}`}`);
  }

  async #write<E extends keyof Rows, T>(
    method: string, entity: E, id: Id, fields: object | undefined, headers: Record<string, string>,
    patch?: Patch<Rows[E]>,
  ): Promise<T> {
    const pending: Pending = {entity, id: entity === 'read' ? '' : id, held_: []};
    const takeBack = patch && this.store.tables_[entity].patch_(id, patch);
    let own = (_: AnyEvent) => false;
    this.#pending.add(pending);
    try {
      // A second removal, or one with If-Match, would be refused for what the first did.
      const repeat = fields && !headers['If-Match'];
      const answer = await this.send_<T>(method, this.#path(entity, id), fields, {headers, repeat});
      const {invitation: _, ...object} = (answer.body ?? {}) as unknown as Rows[E] & {invitation?: unknown};
      own = event => !answer.body || event.object.id === object.id && event.object.version === object.version;
      this.#merge(answer.headers.get('Chatmesh-Cursor'), seq => {
        if (answer.body) this.store.merge_(entity, [object as unknown as Rows[E]], seq);
        else this.store.drop_(entity as EntityName, id, seq);
      });
      return answer.body;
    } finally {
      takeBack?.();
      this.#pending.delete(pending);
      for (const event of pending.held_) if (!own(event)) this.tellOrHold_(event);
    }
  }

  #merge(cursor: Cursor | null, merge: (seq: number) => void): void {
    if (cursor && epochOf(cursor) === epochOf(this.cursor_)) merge(seqOf(cursor));
  }
}
