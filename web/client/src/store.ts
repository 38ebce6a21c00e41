import {Emitter} from './emitter.ts';
import {
  type By, type ChangeEvent, type Company, type Customer, type Employee, type EntityName, type Id, type Message,
  type Note, type ObjectOf, type Presence, type ReadEvent, type ReadMark, type Snapshot, type Time, seqOf,
} from './objects.ts';
import {Table} from './table.ts';

const enum Limit {
  typingMs = 6_000,
  maxTombstones = 10_000,
}

/** Who types. */
export interface Typist {
  kind: By['kind'];
  id: Id | null;
  name: string;
}

/** A company's objects as far as they were read, kept at the newest state. Objects are never changed in place. */
export interface Store {
  readonly company: Company | null;
  /** The reading employee; null for an API token. */
  readonly me: Employee | null;
  get<E extends EntityName>(entity: E, id: Id): ObjectOf[E] | undefined;
  /** By id; the same array until something of that entity changes. */
  all<E extends EntityName>(entity: E): readonly ObjectOf[E][];
  /** Oldest first. */
  messagesOf(customerId: Id): readonly Message[];
  /** Oldest first. */
  notesOf(customerId: Id): readonly Note[];
  /** When a customer was last active: what `sort=activity` sorts by. */
  activityOf(customerId: Id): Time;
  /** Employees who have a stream. */
  readonly online: ReadonlySet<Id>;
  /** Who types to a customer, or the customer; forgotten after 6 s. */
  typingAt(customerId: Id): readonly Typist[];
  /** How far the reading employee has read. */
  readMark(customerId: Id): ReadMark | undefined;
  /** Inbound messages after the mark, of those held. */
  unread(customerId: Id): number;
  /**
   * Tells once per batch of changes what is shown otherwise: 'company', 'employee', 'customer', 'customer:ID',
   * 'messages:CUSTOMER', 'notes:CUSTOMER', 'activity', 'presence', 'typing', 'reads'. (And as finely of every entity:
   * 'note', 'note:ID', 'notes'.) Returns: no more.
   */
  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void;
}

export interface Rows extends ObjectOf {
  read: ReadMark;
}
const none: readonly never[] = [];

/** The store as the client fills it. */
export class CompanyStore extends Emitter<{changed: ReadonlySet<string>}> implements Store {
  online: ReadonlySet<Id> = new Set();
  #meId: Id = '';
  readonly tables_ = Object.fromEntries(['company', 'employee', 'customer', 'note', 'message', 'read'].map(name => [
    name, new Table((key, group) => this.#mark(name, `${name}:${key}`, `${name}s`, `${name}s:${group}`)),
  ])) as unknown as {[E in keyof Rows]: Table<Rows[E]>};
  #tombstones = new Map<Id, number>();
  #since = 0;   // of the snapshot; a page that is older is not taken
  #activity = new Map<Id, Time>();
  #typing = new Map<Id, readonly Typist[]>();
  #changed = new Set<string>();

  get company(): Company | null {
    return this.all('company')[0] ?? null;
  }

  get me(): Employee | null {
    return this.get('employee', this.#meId) ?? null;
  }

  get<E extends EntityName>(entity: E, id: Id): ObjectOf[E] | undefined {
    return this.tables_[entity].get(id);
  }

  all<E extends EntityName>(entity: E): readonly ObjectOf[E][] {
    return this.tables_[entity].of_('');
  }

  messagesOf(customerId: Id): readonly Message[] {
    return this.tables_.message.of_(customerId);
  }

  notesOf(customerId: Id): readonly Note[] {
    return this.tables_.note.of_(customerId);
  }

  activityOf(customerId: Id): Time {
    return this.#activity.get(customerId) ?? this.get('customer', customerId)?.created_at ?? '';
  }

  typingAt(customerId: Id): readonly Typist[] {
    return this.#typing.get(customerId) ?? none;
  }

  readMark(customerId: Id): ReadMark | undefined {
    return this.tables_.read.get(customerId);
  }

  unread(customerId: Id): number {
    const read = this.readMark(customerId)?.message_id ?? '';
    return this.messagesOf(customerId).filter(each => each.direction === 'inbound' && each.id > read).length;
  }

  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void {
    return this.on('changed', listener);
  }

  // From here on: for the client.

  /** Discards all; holds the snapshot from now on. */
  load_({cursor, company, me, employees, customers, activity, messages, reads, presence}: Snapshot): void {
    for (const table of Object.values(this.tables_)) table.clear_('');
    this.#tombstones.clear();
    this.#activity.clear();
    const seq = this.#since = seqOf(cursor);
    this.#meId = me?.id ?? '';
    this.merge_('company', [company], seq);
    this.merge_('employee', employees, seq);
    this.merge_('customer', customers, seq, activity);
    this.merge_('message', messages, seq);
    this.merge_('read', reads, seq);
    this.setPresence_({full: true, ...presence});
  }

  /** Takes objects that were read at `seq`; older knowledge than what is held is dropped. */
  merge_<E extends keyof Rows>(
    entity: E, objects: readonly Rows[E][] = none, seq: number, activity: Time[] = [],
  ): void {
    if (seq < this.#since) return;
    objects.forEach((object, index) => {
      this.#put(entity, object, seq);
      this.#active(object.id, activity[index]);
    });
  }

  /** Takes an event. False where it told nothing new. */
  take_({entity, action, object, seq}: ChangeEvent | ReadEvent): boolean {
    if (action !== 'deleted') return this.#put(entity, object, seq);
    return this.drop_(entity as EntityName, object.id, seq, object);
  }

  /** An object is gone, since `seq`. False where that was known. */
  drop_(entity: EntityName, id: Id, seq: number, last?: object): boolean {
    const known = this.#tombstones.has(id);
    this.#tombstones.set(id, seq);
    if (this.#tombstones.size > Limit.maxTombstones) {   // without them, no page from before now can be taken
      this.#tombstones.clear();
      this.#since = seq;
    }
    if (entity === 'employee') {
      this.#setEmployee({...this.tables_.employee.told_.get(id)!, ...last, id, status: 'removed'});
    } else {
      this.tables_[entity].set(id, undefined);
    }
    if (entity === 'customer') {
      for (const name of ['note', 'message', 'read'] as const) this.tables_[name].clear_(id);
      this.#activity.delete(id);
    }
    return !known;
  }

  setPresence_(presence: Presence): void {
    const online = new Set(presence.full ? presence.online : this.online);
    if (!presence.full) {
      for (const each of presence.changes) online[each.online ? 'add' : 'delete'](each.employee_id);
    }
    this.online = online;
    this.#mark('presence');
  }

  /** Somebody types now. */
  setTyping_(customerId: Id, {kind, id, name}: By): void {
    const typist = {kind, id, name};
    this.#keepTyping(customerId, each => each.id !== id, typist);
    setTimeout(() => this.#keepTyping(customerId, each => each !== typist), Limit.typingMs);
  }

  #keepTyping(customerId: Id, keeps: (typist: Typist) => boolean, ...more: Typist[]): void {
    const typists = [...this.typingAt(customerId).filter(keeps), ...more];
    if (typists.length) this.#typing.set(customerId, typists);
    else this.#typing.delete(customerId);
    this.#mark('typing');
  }

  #put<E extends keyof Rows>(entity: E, told: Rows[E], seq: number): boolean {
    const {customer_id: customerId = ''} = told as Partial<Message>;
    if ([told.id, customerId].some(id => this.#tombstones.get(id)! > seq)) return false;
    const key = entity === 'read' ? customerId : told.id;
    const object = this.#link(told, seq);
    const held = this.tables_[entity].told_.get(key);
    if (held && held.version >= object.version) return false;
    if (entity === 'employee') this.#setEmployee(object as Employee);
    else this.tables_[entity].set(key, object);
    if (entity === 'message') {
      const {created_at: at, author} = object as Message;
      this.#active(customerId, at);
      this.#keepTyping(customerId, each => each.id !== author.id);
    } else if (entity === 'customer' && held) {
      const [before, after] = [held as Customer, object as Customer];
      const moved = before.status !== after.status || before.assigned_employee_id !== after.assigned_employee_id;
      if (moved) this.#active(key, after.updated_at);
    }
    return true;
  }

  // The object with the newest that is known of the employee that it embeds.
  #link<T extends object>(object: T, seq: number): T {
    for (const field of ['assigned_employee', 'author']) {
      const employee = (object as Record<string, unknown>)[field] as Employee | null;
      if (employee?.version) {   // a message's author is who they were then
        this.#put('employee', employee, seq);
        return {...object, [field]: this.tables_.employee.told_.get(employee.id) ?? employee};
      }
    }
    return object;
  }

  #setEmployee(employee: Employee): void {
    const {id} = employee;
    this.tables_.employee.set(id, employee);
    for (const table of [this.tables_.customer, this.tables_.note] as Table<Partial<Customer & Note>>[]) {
      for (const [key, each] of table.told_) {
        if ((each.assigned_employee ?? each.author)?.id === id) table.set(key, this.#link(each, 0));
      }
    }
  }

  #active(customerId: Id, at = ''): void {
    if (at <= this.activityOf(customerId) || !this.tables_.customer.told_.has(customerId)) return;
    this.#activity.set(customerId, at);
    this.#mark('activity');
  }

  // Listeners hear once of all that one piece of the stream, or one answer, changed.
  #mark(...keys: string[]): void {
    if (!this.#changed.size) {
      queueMicrotask(() => {
        const changed = this.#changed;
        this.#changed = new Set();
        this.emit_('changed', changed);
      });
    }
    for (const key of keys) this.#changed.add(key);
  }
}
