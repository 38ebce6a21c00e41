import type {Customer, CustomerStatus, Id, ListQuery, Time} from '@chatmesh/client';

/** What the list of conversations is narrowed to. */
export interface Filter {
  who: 'all' | 'mine' | 'unassigned';
  status: CustomerStatus | null;
  tag: string | null;
  /** What is searched for; empty for everything. */
  q: string;
}

/** Everything. */
export const everything: Filter = {who: 'all', status: null, tag: null, q: ''};

/** Whether anything is left out. */
export function isNarrowed({who, status, tag, q}: Filter): boolean {
  return who !== 'all' || status !== null || tag !== null || q !== '';
}

// The fields that the server searches.
function contains({name, email, phone, organization}: Customer, q: string): boolean {
  const wanted = q.toLocaleLowerCase();
  return [name, email, phone, organization].some((text) => text?.toLocaleLowerCase().includes(wanted));
}

/** Whether a customer is among them. `found`: whom the server found for `q`, which folds case in its own way. */
export function matches(customer: Customer, filter: Filter, me: Id, found: ReadonlySet<Id>): boolean {
  const {who, status, tag, q} = filter;
  if (status && customer.status !== status) return false;
  if (tag !== null && !customer.tags.includes(tag)) return false;
  if (who === 'mine' && customer.assigned_employee_id !== me) return false;
  if (who === 'unassigned' && customer.assigned_employee_id !== null) return false;
  return q === '' || found.has(customer.id) || contains(customer, q);
}

/** The filter as the server takes it. It has none for unassigned: those are picked here. */
export function queryOf({who, status, tag, q}: Filter, me: Id): ListQuery {
  return {
    sort: 'activity',
    include: 'messages,reads',
    ...(q && {q}),
    ...(status && {status}),
    ...(tag !== null && {tag}),
    ...(who === 'mine' && {assigned_employee_id: me}),
  };
}

/** The order of the list: the latest active first, of equals the newer customer. */
export function byActivity(activityOf: (id: Id) => Time): (a: Customer, b: Customer) => number {
  return (a, b) => {
    const [first, second] = [activityOf(a.id), activityOf(b.id)];
    if (first !== second) return first < second ? 1 : -1;
    return a.id < b.id ? 1 : -1;
  };
}

/** Every tag that is in use, alphabetically. */
export function tagsOf(customers: readonly Customer[]): readonly string[] {
  return [...new Set(customers.flatMap(({tags}) => tags))].sort((a, b) => a.localeCompare(b));
}
