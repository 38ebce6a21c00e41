// What the server tells of a company, field for field (protocol §2 and §4).

export type Id = string;
/** A place in the company's sequence of events: `<epoch>-<seq>`. */
export type Cursor = string;
/** RFC 3339, UTC, milliseconds. */
export type Time = string;

/** What every object has. */
export interface Versioned {
  id: Id;
  version: number;
  created_at: Time;
  updated_at: Time;
}

export interface Company extends Versioned {
  name: string;
  widget_key: string;
  widget_origins: string[];
}

export type Role = 'owner' | 'admin' | 'agent';

/** A member of the company. */
export interface Employee extends Versioned {
  company_id: Id;
  user_id: Id | null;
  name: string;
  /** Contact data, not the login. */
  email: string | null;
  phone: string | null;
  title: string | null;
  avatar_url: string | null;
  role: Role;
  status: 'active' | 'invited' | 'removed';
}

export type Scalar = string | number | boolean | null;
export type CustomerStatus = 'open' | 'snoozed' | 'closed';

export interface Customer extends Versioned {
  company_id: Id;
  name: string;
  email: string | null;
  phone: string | null;
  avatar_url: string | null;
  organization: string | null;
  status: CustomerStatus;
  tags: string[];
  attributes: Record<string, Scalar>;
  assigned_employee_id: Id | null;
  /** Kept at the newest details that are known of that employee. */
  assigned_employee: Employee | null;
}

export interface Note extends Versioned {
  company_id: Id;
  customer_id: Id;
  body: string;
  pinned: boolean;
  /** Kept at the newest details that are known of that employee. */
  author: Employee;
}

/** Who wrote a message, as they were then. */
export interface MessageAuthor {
  kind: 'customer' | 'employee';
  id: Id;
  name: string;
  avatar_url: string | null;
}

export interface Message extends Versioned {
  company_id: Id;
  customer_id: Id;
  direction: 'inbound' | 'outbound';
  author: MessageAuthor;
  body: string;
}

/** How far an employee has read a customer's messages. It only moves forward; message ids compare as text. */
export interface ReadMark extends Versioned {
  company_id: Id;
  customer_id: Id;
  employee_id: Id;
  message_id: Id;
}

export interface ObjectOf {
  company: Company;
  employee: Employee;
  customer: Customer;
  note: Note;
  message: Message;
}
export type EntityName = keyof ObjectOf;
export type Action = 'created' | 'updated' | 'deleted';

/** Who did something. */
export interface By {
  kind: 'employee' | 'customer' | 'token' | 'system';
  id: Id | null;
  name: string;
}

interface Told<Entity extends string, Object, A extends string = Action> {
  seq: number;
  type: `${Entity}.${A}`;
  entity: Entity;
  action: A;
  company_id: Id;
  at: Time;
  by: By;
  /** Complete; a deleted one as it last was. */
  object: Object;
}
/** One event of one entity: ChangeOf<'customer'>. */
export type ChangeOf<E extends EntityName> = Told<E, ObjectOf[E]>;
/** An event of any entity; `entity` tells which. */
export type ChangeEvent = {[E in EntityName]: ChangeOf<E>}[EntityName];
/** An event of the reading employee's own marks. */
export type ReadEvent = Told<'read', ReadMark, 'created' | 'updated'>;

export interface Hello {
  connection_id: Id;
  company_id: Id;
  employee_id: Id | null;
  cursor: Cursor;
  head: number;
  resumed: boolean;
  heartbeat_ms: number;
  node: string;
  server_time: Time;
}
export interface Reset {
  reason: 'unknown_epoch' | 'expired' | 'ahead' | 'malformed';
  cursor: Cursor;
  snapshot: string;
  after_ms: number;
}
export interface Skip {
  from: number;
  to: number;
}
export interface Heartbeat {
  head: number;
  epoch: string;
}
export type Presence = {full: true; online: Id[]} | {full?: undefined; changes: {employee_id: Id; online: boolean}[]};
export interface Typing {
  customer_id: Id;
  by: By;
}
export interface Goodbye {
  reason: 'draining' | 'overloaded' | 'too_many_streams' | 'session_ended' | 'session_expired' | 'membership_ended'
    | 'token_revoked' | 'company_deleted';
  retry_ms: number;
}

export interface Snapshot {
  cursor: Cursor;
  company: Company;
  /** Null for an API token. */
  me: Employee | null;
  employees: Employee[];
  /** The latest active ones. */
  customers: Customer[];
  /** Parallel to `customers`: when each was last active. */
  activity?: Time[];
  /** The latest of each of those customers. */
  messages: Message[];
  reads?: ReadMark[];
  presence: {online: Id[]};
  truncated: boolean;
}

/** An answer of `GET /changes`. */
export interface Changes {
  events: (ChangeEvent | ReadEvent)[];
  skips?: Skip[];
  cursor: Cursor;
  head: number;
  reset?: Reset;
}

/** One page of a list. `cursor`: the items reflect exactly the events up to it. */
export interface Page<T> {
  items: T[];
  next: string | null;
  cursor: Cursor;
}

/** The number of a cursor's event. */
export function seqOf(cursor: Cursor): number {
  return Number(cursor.split('-')[1]);
}

/** The history that a cursor belongs to. */
export function epochOf(cursor: Cursor): string {
  return cursor.split('-')[0]!;
}
