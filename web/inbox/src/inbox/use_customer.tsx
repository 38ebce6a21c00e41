import {ApiError, type Client, type Customer} from '@chatmesh/client';
import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';

import {toast} from '../ui/index.ts';
import {ClashDialog} from './clash_dialog.tsx';
import {statuses} from './filters.tsx';
import type {Refusal} from './inline_field.tsx';
import {reasonOf} from './outbox.ts';
import {type Clash, save} from './save.ts';

const labels: Readonly<Record<string, string>> = {
  name: 'Name', email: 'E-mail', phone: 'Phone', organization: 'Organization', status: 'Status', tags: 'Tags',
  attributes: 'Attributes', assigned_employee_id: 'Assigned to',
};

/** Changing a customer in place, and the dialog where someone else changed the same thing. */
export interface CustomerEditing {
  /** Resolves to why it was refused; null where it was taken or the dialog asks. Tells nothing else. */
  change(base: Customer, fields: Partial<Customer>): Promise<Refusal>;
  /** The same for controls that have no room for the reason: a toast tells it. */
  set(fields: Partial<Customer>): void;
  dialog: ComponentChildren;
}

/** See `CustomerEditing`. */
export function useCustomer(client: Client, customer: Customer): CustomerEditing {
  const [clash, setClash] = useState<Clash<Customer> | null>(null);
  const change = async (base: Customer, fields: Partial<Customer>): Promise<Refusal> => {
    try {
      setClash(await save(client, 'customer', base, fields));
      return null;
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 404) return 'This customer is gone.';
      return reasonOf(thrown);
    }
  };
  const set = (fields: Partial<Customer>) => void change(customer, fields).then((refusal) => {
    if (refusal !== null) toast(`Not saved. ${refusal}`, {tone: 'danger'});
  });
  const show = (field: string, value: unknown): string => {
    if (field === 'status') return statuses[value as Customer['status']].label;
    if (field === 'assigned_employee_id') {
      return value === null ? 'Nobody' : client.store.get('employee', String(value))?.name ?? 'Someone who left';
    }
    if (Array.isArray(value)) return value.join(', ') || '(none)';
    if (typeof value === 'object' && value !== null) {
      return Object.entries(value).map(([name, each]) => `${name}: ${each ?? '(removed)'}`).join('\n') || '(none)';
    }
    return value === null || value === '' ? '(empty)' : String(value);
  };
  const dialog = clash && (
    <ClashDialog clash={clash} labels={labels} show={show} onClose={() => setClash(null)}
      onChoose={(fields) => void change(clash.theirs, fields).then((refusal) => {
        if (refusal !== null) toast(`Not saved. ${refusal}`, {tone: 'danger'});
      })} />
  );
  return {change, set, dialog};
}
