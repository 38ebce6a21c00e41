import type {Clock} from './clock.ts';
import {
  type By, type ChangeEvent, type Company, type Customer, type Employee, type EntityName, type Id, type Message, type Note,
  type ObjectOf, type Presence, type ReadEvent, type ReadMark, type Snapshot, type Time, seqOf,
} from './objects.ts';
import {Table} from './table.ts';

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
  /** In no particular order; the same array until something of that entity changes. */
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
   * 'messages:CUSTOMER', 'notes:CUSTOMER', 'activity', 'presence', 'typing', 'reads'. Returns: no more.
   */
  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void;
}

const typingMs = 6_000;
const maxTombstones = 10_000;

export interface Rows extends ObjectOf {
  read: ReadMark;
}
const none: readonly never[] = [];

/** The store as the client fills it. */
export class CompanyStore implements Store {
  online: ReadonlySet<Id> = new Set();
  #meId: Id | null = null;
  #tables: {[E in keyof Rows]: Table<Rows[E]>} = {
    company: new Table(() => this.#mark('company')),
    employee: new Table(() => this.#mark('employee')),
    customer: new Table(id => this.#mark('customer', `customer:${id}`)),
    note: new Table((_, customer) => this.#mark(`notes:${customer}`)),
    message: new Table((_, customer) => this.#mark(`messages:${customer}`)),
    read: new Table(() => this.#mark('reads')),
  };
  #tombstones = new Map<Id, number>();
  #since = 0;   // of the snapshot: what is older was read before it
  #activity = new Map<Id, Time>();
  #typing = new Map<Id, readonly Typist[]>();
  #timers = new Map<string, unknown>();
  #changed = new Set<string>();
  #listeners = new Set<(changed: ReadonlySet<string>) => void>();
  #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get company(): Company | null {
    return this.all('company')[0] ?? null;
  }

  get me(): Employee | null {
    return this.get('employee', this.#meId ?? '') ?? null;
  }

  get<E extends EntityName>(entity: E, id: Id): ObjectOf[E] | undefined {
    return this.table(entity).get(id);
  }

  all<E extends EntityName>(entity: E): readonly ObjectOf[E][] {
    return this.table(entity).all();
  }

  messagesOf(customerId: Id): readonly Message[] {
    return this.#tables.message.of(customerId);
  }

  notesOf(customerId: Id): readonly Note[] {
    return this.#tables.note.of(customerId);
  }

  activityOf(customerId: Id): Time {
    return this.#activity.get(customerId) ?? this.get('customer', customerId)?.created_at ?? '';
  }

  typingAt(customerId: Id): readonly Typist[] {
    return this.#typing.get(customerId) ?? none;
  }

  readMark(customerId: Id): ReadMark | undefined {
    return this.#tables.read.get(customerId);
  }

  unread(customerId: Id): number {
    const read = this.readMark(customerId)?.message_id ?? '';
    return this.messagesOf(customerId).filter(each => each.direction === 'inbound' && each.id > read).length;
  }

  subscribe(listener: (changed: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // From here on: for the client.

  table<E extends keyof Rows>(entity: E): Table<Rows[E]> {
    return this.#tables[entity];
  }

  /** Discards all; holds the snapshot from now on. */
  load(snapshot: Snapshot): void {
    for (const table of Object.values(this.#tables)) table.clear();
    this.#tombstones.clear();
    this.#activity.clear();
    this.#since = seqOf(snapshot.cursor);
    this.#meId = snapshot.me?.id ?? null;
    this.merge('company', [snapshot.company], this.#since);
    this.merge('employee', snapshot.employees, this.#since);
    this.merge('customer', snapshot.customers, this.#since, snapshot.activity);
    this.merge('message', snapshot.messages, this.#since);
    this.merge('read', snapshot.reads ?? [], this.#since);
    this.setPresence({full: true, online: snapshot.presence.online});
  }

  /** Takes objects that were read at `seq`; older knowledge than what is held is dropped. */
  merge<E extends keyof Rows>(entity: E, objects: readonly Rows[E][], seq: number, activity: Time[] = []): void {
    if (seq < this.#since) return;
    objects.forEach((object, index) => {
      this.#put(entity, object, seq);
      const at = activity[index];
      if (at && this.#tables.customer.told(object.id)) this.#active(object.id, at);
    });
  }

  /** Takes an event. False where it told nothing new. */
  take({entity, action, object, seq}: ChangeEvent | ReadEvent): boolean {
    return action === 'deleted' ? this.drop(entity as EntityName, object.id, seq, object) : this.#put(entity, object, seq);
  }

  /** An object is gone, since `seq`. False where that was known. */
  drop(entity: EntityName, id: Id, seq: number, last?: object): boolean {
    const known = this.#tombstones.has(id);
    this.#tombstones.set(id, seq);
    if (this.#tombstones.size > maxTombstones) this.#tombstones.delete(this.#tombstones.keys().next().value!);
    if (entity === 'employee') {
      const employee = (last ?? this.#tables.employee.told(id)) as Employee | undefined;
      if (employee) this.#setEmployee({...employee, status: 'removed'});
    } else {
      this.#tables[entity].set(id, undefined);
    }
    if (entity === 'customer') {
      for (const each of ['message', 'note', 'read'] as const) this.#tables[each].clearGroup(id);
      this.#activity.delete(id);
    }
    return !known;
  }

  setPresence(presence: Presence): void {
    const online = new Set(presence.full ? presence.online : this.online);
    if (!presence.full) {
      for (const each of presence.changes) online[each.online ? 'add' : 'delete'](each.employee_id);
    }
    this.online = online;
    this.#mark('presence');
  }

  /** Somebody types now. */
  setTyping(customerId: Id, {kind, id, name}: By): void {
    const key = customerId + id;
    if (!this.#timers.has(key)) this.#setTypists(customerId, [...this.typingAt(customerId), {kind, id, name}]);
    this.#clock.clearTimeout(this.#timers.get(key));
    this.#timers.set(key, this.#clock.setTimeout(() => this.#endTyping(customerId, id), typingMs));
  }

  #endTyping(customerId: Id, id: Id | null): void {
    const key = customerId + id;
    if (!this.#timers.has(key)) return;
    this.#clock.clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#setTypists(customerId, this.typingAt(customerId).filter(each => each.id !== id));
  }

  #setTypists(customerId: Id, typists: readonly Typist[]): void {
    if (typists.length) this.#typing.set(customerId, typists);
    else this.#typing.delete(customerId);
    this.#mark('typing');
  }

  #put<E extends keyof Rows>(entity: E, told: Rows[E], seq: number): boolean {
    const gone = (id: Id) => (this.#tombstones.get(id) ?? 0) > seq;
    const customerId = (told as Partial<Message>).customer_id;
    if (gone(told.id) || customerId && gone(customerId)) return false;
    const key = entity === 'read' ? customerId! : told.id;
    const object = this.#link(told, seq);
    const held = this.#tables[entity].told(key);
    if (held && held.version >= object.version) return false;
    if (entity === 'employee') this.#setEmployee(object as Employee);
    else this.#tables[entity].set(key, object);
    if (entity === 'message') {
      const {created_at: at, author} = object as Message;
      this.#active(customerId!, at);
      this.#endTyping(customerId!, author.id);
    } else if (entity === 'customer' && held) {
      const [before, after] = [held as Customer, object as Customer];
      if (before.status !== after.status || before.assigned_employee_id !== after.assigned_employee_id) {
        this.#active(key, after.updated_at);
      }
    }
    return true;
  }

  // The object with the newest that is known of the employee that it embeds.
  #link<T extends object>(object: T, seq: number): T {
    const {assigned_employee: assignee, author} = object as Partial<Customer & Note>;
    const newest = (employee: Employee) => {
      this.#put('employee', employee, seq);
      return this.#tables.employee.told(employee.id) ?? employee;
    };
    if (assignee) return {...object, assigned_employee: newest(assignee)};
    return author?.version ? {...object, author: newest(author)} : object;
  }

  #setEmployee(employee: Employee): void {
    const {customer, note} = this.#tables;
    this.#tables.employee.set(employee.id, employee);
    for (const [id, each] of customer.everyTold()) {
      if (each.assigned_employee_id === employee.id) customer.set(id, {...each, assigned_employee: employee});
    }
    for (const [id, each] of note.everyTold()) {
      if (each.author.id === employee.id) note.set(id, {...each, author: employee});
    }
  }

  #active(customerId: Id, at: Time): void {
    if (at <= this.activityOf(customerId)) return;
    this.#activity.set(customerId, at);
    this.#mark('activity');
  }

  // Listeners hear once of all that one piece of the stream, or one answer, changed.
  #mark(...keys: string[]): void {
    if (!this.#changed.size) queueMicrotask(() => this.#tell());
    for (const key of keys) this.#changed.add(key);
  }

  #tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(changed);
  }
}
