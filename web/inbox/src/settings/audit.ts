import type {Action, By, EntityName} from '@chatmesh/client';

/** One line of `GET /audit`: who did what, when; `before` and `after` are null where they are not kept. */
export interface AuditEntry {
  seq: number;
  at: string;
  entity: EntityName | 'read';
  action: Action;
  object_id: string;
  by: By;
  before: Readonly<Record<string, unknown>> | null;
  after: Readonly<Record<string, unknown>> | null;
}

/** A field that an entry changed, as text. */
export interface Changed {
  field: string;
  before: string;
  after: string;
}

const unnamed = new Set(['id', 'company_id', 'version', 'created_at', 'updated_at', 'assigned_employee', 'author']);

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What differs between before and after, without what the server writes itself. */
export function changedFields({before, after}: AuditEntry): readonly Changed[] {
  if (!before || !after) return [];
  return Object.keys({...before, ...after})
    .filter((field) => !unnamed.has(field))
    .map((field) => ({field, before: text(before[field]), after: text(after[field])}))
    .filter((each) => each.before !== each.after);
}

const subjectLength = 120;

/** What the entry is about, in a word or the beginning of its text. */
export function subject({before, after, entity}: AuditEntry): string {
  const object = after ?? before;
  const name = object?.name ?? object?.body;
  if (typeof name !== 'string' || name.trim() === '') return `a ${entity}`;
  return name.length > subjectLength ? `${name.slice(0, subjectLength)}…` : name;
}

/** Who did it. */
export function actor({by}: AuditEntry): string {
  return by.kind === 'system' ? 'ChatMesh' : by.name || by.kind;
}
