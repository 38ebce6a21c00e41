import type {Clock} from './clock.ts';
import type {ChangeEvent, Employee, EntityName, Id, ObjectOf, Page, ReadEvent, ReadMark, Scalar, Time} from './objects.ts';
import {epochOf, seqOf} from './objects.ts';
import {ApiError, type Answer, type RequestOptions, randomToken, send} from './request.ts';
import type {CompanyStore, Rows} from './store.ts';
import type {Patch} from './table.ts';

/** What a request needs to know of its client. */
export interface Io {
  baseUrl: string;
  company: Id;
  token: string | undefined;
  fetch: typeof fetch;
  clock: Clock;
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

type Json = Record<string, unknown>;

// As a write's fields will probably show in the object. A merge patch takes away the attributes that it has as null.
function withFields(object: object, fields: object, whole: boolean): object {
  const shown: Json = {...object, ...fields};
  if (!whole && 'attributes' in fields) {
    const attributes = {...(object as Json).attributes as Json, ...fields.attributes as Json};
    shown.attributes = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
  }
  return shown;
}

interface Pending {
  entity: string;
  id: Id | undefined;
  held: (ChangeEvent | ReadEvent)[];
}

/** Requests of one company, told to its store: shown at once, taken back where they are refused. */
export class Writes {
  /** Names this client to the server, in its memory only. */
  readonly clientToken = randomToken();
  #io: Io;
  #store: CompanyStore;
  #epoch: () => string;
  #tell: (event: ChangeEvent | ReadEvent) => void;
  #pending = new Set<Pending>();

  /** `epoch`: of the history that the store holds. `tell`: an event that turned out not to be of a write of this client. */
  constructor(io: Io, store: CompanyStore, epoch: () => string, tell: (event: ChangeEvent | ReadEvent) => void) {
    this.#io = io;
    this.#store = store;
    this.#epoch = epoch;
    this.#tell = tell;
  }

  /** A request below the base URL with this client's right. */
  send<T>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer<T>> {
    return send<T>(this.#io.baseUrl, method, path, body, {...this.#io, ...options});
  }

  #path(entity: EntityName, id?: Id): string {
    return `/companies/${this.#io.company}` + (entity === 'company' ? '' : `/${entity}s${id ? `/${id}` : ''}`);
  }

  async create<E extends Creatable>(entity: E, fields: FieldsOf[E]): Promise<Created<E>> {
    return this.#write<Created<E>>(entity, undefined, 'POST', this.#path(entity), fields, {'Idempotency-Key': randomToken()});
  }

  change<E extends Writable>(
    entity: E, id: Id, method: 'PATCH' | 'PUT', fields: object, {ifMatch}: WriteOptions = {},
  ): Promise<ObjectOf[E]> {
    const patch: Patch<Rows[E]> = object => {
      if (!object) return object;
      const shown = withFields(object, fields, method === 'PUT') as ObjectOf['customer'];
      if ('assigned_employee_id' in fields) {
        shown.assigned_employee = this.#store.get('employee', shown.assigned_employee_id ?? '') ?? null;
      }
      return shown as unknown as Rows[E];
    };
    return this.#shown(entity, id, patch, () => this.#write<ObjectOf[E]>(
      entity, id, method, this.#path(entity, id), fields, ifMatch ? {'If-Match': `"${ifMatch}"`} : {},
    ));
  }

  remove(entity: Writable, id: Id): Promise<void> {
    return this.#shown(entity, id, () => undefined, () => this.#write<void>(entity, id, 'DELETE', this.#path(entity, id)));
  }

  markRead(customerId: Id, messageId: Id): Promise<void> {
    const patch: Patch<ReadMark> = mark => mark && mark.message_id >= messageId
      ? mark : {...mark, customer_id: customerId, message_id: messageId} as ReadMark;
    const path = `${this.#path('customer', customerId)}/read`;
    return this.#shown('read', customerId, patch, () => this.#write<void>('read', undefined, 'PUT', path, {message_id: messageId}));
  }

  async list<E extends EntityName>(entity: E, query: ListQuery = {}): Promise<ListPage<E>> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][];
    const {body} = await this.send<ListPage<E>>('GET', `${this.#path(entity)}?${new URLSearchParams(given)}`);
    this.#merge(body.cursor, seq => {
      this.#store.merge<EntityName>(entity, body.items, seq, body.activity);
      this.#store.merge('message', body.messages ?? [], seq);
      this.#store.merge('read', body.reads ?? [], seq);
    });
    return body;
  }

  /** Whether an event may be of a write under way here; it is told then when that write's answer says so. */
  holds(event: ChangeEvent | ReadEvent): boolean {
    for (const each of this.#pending) {
      if (each.entity === event.entity && (!each.id || each.id === event.object.id) && this.#isMine(event)) {
        each.held.push(event);
        return true;
      }
    }
    return false;
  }

  #isMine({by}: ChangeEvent | ReadEvent): boolean {
    const {me} = this.#store;
    return me ? by.id === me.id : by.kind === 'token';
  }

  async #shown<E extends keyof Rows, R>(
    entity: E, key: Id, patch: Patch<Rows[E]>, write: () => Promise<R>,
  ): Promise<R> {
    const takeBack = this.#store.table(entity).patch(key, patch);
    try {
      return await write();
    } finally {
      takeBack();
    }
  }

  async #write<T>(
    entity: EntityName | 'read', id: Id | undefined, method: string, path: string, fields?: object,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const pending: Pending = {entity, id, held: []};
    this.#pending.add(pending);
    let object: ObjectOf['customer'] | undefined;   // any object will do
    let gone = false;
    try {
      const answer = await this.#safely(method, path, fields, {'Chatmesh-Client': this.clientToken, ...headers});
      object = answer.body ?? undefined;
      gone = method === 'DELETE';
      this.#merge(answer.headers.get('Chatmesh-Cursor') ?? '', seq => {
        const {invitation: _, ...stored} = (object ?? {}) as Json;
        if (gone) this.#store.drop(entity as EntityName, id!, seq);
        else if (object) this.#store.merge(entity, [stored as never], seq);
      });
      return object as T;
    } finally {
      this.#pending.delete(pending);
      for (const event of pending.held) {
        const own = gone ? event.action === 'deleted' : event.object.id === object?.id && event.object.version === object.version;
        if (!own) this.#tell(event);
      }
    }
  }

  // A write that is repeated, because its answer was lost, may find that it was done.
  async #safely(
    method: string, path: string, fields: object | undefined, headers: Record<string, string>,
  ): Promise<Answer<ObjectOf['customer'] | null>> {
    let lost = false;
    const watched: typeof fetch = async (...args) => {
      try {
        return await this.#io.fetch(...args);
      } catch (error) {
        lost = true;
        throw error;
      }
    };
    try {
      return await this.send(method, path, fields, {headers, repeat: true, fetch: watched});
    } catch (error) {
      const {status, current} = error as ApiError;
      if (lost && status === 404 && method === 'DELETE') return {body: null, headers: new Headers(), repeated: true};
      if (lost && status === 412 && fields &&
          JSON.stringify(withFields(current as object, fields, method === 'PUT')) === JSON.stringify(current)) {
        return {body: current as ObjectOf['customer'], headers: new Headers(), repeated: true};
      }
      throw error;
    }
  }

  #merge(cursor: string, merge: (seq: number) => void): void {
    if (cursor && epochOf(cursor) === this.#epoch()) merge(seqOf(cursor));
  }
}
