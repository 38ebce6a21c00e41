// A company as the server keeps it: objects, their log, and what the server's rules make of a change.
import type {
  Action, ChangeEvent, Changes, Company, Customer, Employee, Message, Note, ObjectOf, ReadMark, Snapshot,
} from '@chatmesh/client';

export type Entity = 'employee' | 'customer' | 'note' | 'message';
type Fields = Record<string, unknown>;
type Stored = Record<string, unknown> & {id: string; version: number; updated_at: string};

const time = (count: number) => new Date(Date.UTC(2026, 0, 1) + count).toISOString();

export class TestCompany {
  epoch = '00000001';
  /** Events up to it are no longer kept. */
  pruned = 0;
  log: ChangeEvent[] = [];
  online: string[] = [];
  reads: ReadMark[] = [];
  /** In a snapshot; the others are left out. */
  snapshotCustomers = 200;
  company: Company = {
    id: 'company', name: 'Acme', widget_key: 'key', widget_origins: [], version: 1, created_at: time(0),
    updated_at: time(0),
  };
  me = '';
  #objects: Record<Entity, Map<string, Stored>> = {
    employee: new Map(), customer: new Map(), note: new Map(), message: new Map(),
  };
  #count = 0;

  constructor() {
    this.me = this.create('employee', {name: 'Ann', role: 'owner'}).id;
  }

  get head(): number {
    return this.log.length;
  }

  get cursor(): string {
    return `${this.epoch}-${this.head}`;
  }

  /** Complete, as a GET would give it. */
  get<E extends Entity>(entity: E, id: string): ObjectOf[E] | undefined {
    const object = this.#objects[entity].get(id);
    if (!object || entity === 'employee' && object.status === 'removed') return undefined;
    return this.#complete(entity, object) as unknown as ObjectOf[E];
  }

  all<E extends Entity>(entity: E): ObjectOf[E][] {
    return [...this.#objects[entity].keys()].sort().map(id => this.get(entity, id)).filter(each => each !== undefined);
  }

  create<E extends Entity>(entity: E, fields: Fields): ObjectOf[E] {
    const id = `${entity}-${String(++this.#count).padStart(6, '0')}`;
    const defaults: Record<Entity, Fields> = {
      employee: {
        user_id: null, email: null, phone: null, title: null, avatar_url: null, role: 'agent', status: 'active',
      },
      customer: {
        email: null, phone: null, avatar_url: null, organization: null, status: 'open', tags: [], attributes: {},
        assigned_employee_id: null,
      },
      note: {pinned: false, author_id: this.me},
      message: {direction: 'inbound', author: {kind: 'customer', id: fields.customer_id, name: 'C', avatar_url: null}},
    };
    const at = time(this.#count);
    const stored: Stored = {
      id, company_id: 'company', ...defaults[entity], ...fields, version: 1, created_at: at, updated_at: at,
    };
    this.#objects[entity].set(id, stored);
    return this.#tell(entity, 'created', stored) as unknown as ObjectOf[E];
  }

  update<E extends Entity>(entity: E, id: string, fields: Fields): ObjectOf[E] {
    const stored = this.#objects[entity].get(id)!;
    Object.assign(stored, fields, {version: stored.version + 1, updated_at: time(++this.#count)});
    return this.#tell(entity, 'updated', stored) as unknown as ObjectOf[E];
  }

  remove(entity: Entity, id: string): void {
    const stored = this.#objects[entity].get(id)!;
    if (entity === 'employee') {
      for (const customer of this.#objects.customer.values()) {
        if (customer.assigned_employee_id === id) this.update('customer', customer.id, {assigned_employee_id: null});
      }
      Object.assign(stored, {status: 'removed', version: stored.version + 1, updated_at: time(++this.#count)});
    } else {
      this.#objects[entity].delete(id);
    }
    if (entity === 'customer') {
      for (const each of [this.#objects.note, this.#objects.message]) {
        for (const [key, object] of each) if (object.customer_id === id) each.delete(key);
      }
    }
    this.#tell(entity, 'deleted', stored);
  }

  /** A restore from a backup: other objects, another history. */
  rewrite(): void {
    this.epoch = String(Number(this.epoch) + 1).padStart(8, '0');
    for (const customer of this.all('customer').slice(-2)) this.#objects.customer.delete(customer.id);
    for (const entity of ['note', 'message'] as const) {
      for (const [id, object] of this.#objects[entity]) {
        if (!this.#objects.customer.has(object.customer_id as string)) this.#objects[entity].delete(id);
      }
    }
    this.log = this.log.slice(0, Math.max(0, this.log.length - 3));
    this.pruned = this.log.length;
  }

  snapshot(): Snapshot {
    const customers = this.all('customer').slice(-this.snapshotCustomers);
    const messages = this.all('message');
    const latest = customers.map(({id}) => messages.filter(each => each.customer_id === id).at(-1));
    return structuredClone({
      cursor: this.cursor, company: this.company, me: this.get('employee', this.me) ?? null,
      employees: this.all('employee'), customers, messages: latest.filter(each => each !== undefined), reads: this.reads,
      presence: {online: this.online}, truncated: customers.length < this.all('customer').length,
    });
  }

  list(entity: Entity, customerId: string | null): {items: unknown[]; next: null; cursor: string} {
    const items = (this.all(entity) as (Customer | Employee | Note | Message)[])
      .filter(each => !customerId || (each as Note).customer_id === customerId);
    return structuredClone({items, next: null, cursor: this.cursor});
  }

  /** Why a cursor can't be honoured, if so. */
  refusal(cursor: string): 'unknown_epoch' | 'expired' | 'ahead' | null {
    const [epoch, seq] = cursor.split('-');
    if (epoch !== this.epoch) return 'unknown_epoch';
    if (Number(seq) < this.pruned) return 'expired';
    return Number(seq) > this.head ? 'ahead' : null;
  }

  /** `GET /changes` without a wait. */
  changes(cursor: string, limit = 500): Changes {
    const reason = this.refusal(cursor);
    if (reason) {
      const reset = {reason, cursor: this.cursor, snapshot: '/snapshot', after_ms: 1000};
      return {events: [], cursor: this.cursor, head: this.head, reset};
    }
    const from = Number(cursor.split('-')[1]);
    const events = structuredClone(this.log.slice(from, from + limit));
    return {events, cursor: `${this.epoch}-${from + events.length}`, head: this.head};
  }

  #complete(entity: Entity, object: Stored): Fields {
    const employee = (id: unknown) => structuredClone(this.#objects.employee.get(id as string) ?? null);
    if (entity === 'customer') return {...object, assigned_employee: employee(object.assigned_employee_id)};
    if (entity !== 'note') return object;
    const {author_id: authorId, ...note} = object;
    return {...note, author: employee(authorId)};
  }

  #tell(entity: Entity, action: Action, stored: Stored): Fields {
    const object = structuredClone(this.#complete(entity, stored));
    this.log.push({
      seq: this.head + 1, type: `${entity}.${action}`, entity, action, company_id: 'company', at: stored.updated_at,
      by: {kind: 'employee', id: 'somebody', name: 'Somebody'}, object,
    } as unknown as ChangeEvent);
    return structuredClone(object);
  }
}
