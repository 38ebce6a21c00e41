import './details.css';

import type {Client, Customer} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useMemo} from 'preact/hooks';

import {Avatar, Button, Icon, Menu, type MenuItem} from '../ui/index.ts';
import {Attributes} from './attributes.tsx';
import {fullTime} from './dates.ts';
import {tagsOf} from './filter.ts';
import {statuses} from './filters.tsx';
import {InlineField} from './inline_field.tsx';
import {TagEditor} from './tag_editor.tsx';
import type {CustomerEditing} from './use_customer.tsx';

/** Who looks after a customer, as a button that changes it. */
export function AssigneeMenu({client, customer, disabled, editing}: {
  client: Client;
  customer: Customer;
  disabled: boolean;
  editing: CustomerEditing;
}): JSX.Element {
  const {store} = client;
  const {assigned_employee: assignee, assigned_employee_id: assigned} = customer;
  const me = store.me?.id;
  const people = [...store.all('employee')].sort((a, b) =>
    Number(b.id === me) - Number(a.id === me) || a.name.localeCompare(b.name));
  const items: MenuItem[] = [
    {
      label: 'Nobody', icon: 'user', checked: assigned === null,
      onSelect: () => editing.set({assigned_employee_id: null}),
    },
    ...people.map((person) => ({
      label: person.id === me ? `${person.name} (you)` : person.name,
      lead: <Avatar person={person} size="xs" online={store.online.has(person.id)} />,
      checked: assigned === person.id,
      onSelect: () => editing.set({assigned_employee_id: person.id}),
    })),
  ];
  return (
    <Menu label="Assign to" items={items} align="end" trigger={(attributes) => (
      <button type="button" class="pick" disabled={disabled} {...attributes}
        aria-label={`Assigned to: ${assignee?.name ?? 'nobody'}`}>
        {assignee ? <Avatar person={assignee} size="xs" /> : <Icon name="user" size={16} />}
        <span class="ellipsis" dir="auto">{assignee?.name ?? 'Nobody'}</span>
        <Icon name="chevron-down" size={14} />
      </button>
    )} />
  );
}

/** A customer's status, as a button that changes it. */
export function StatusMenu({customer, disabled, editing}: {
  customer: Customer;
  disabled: boolean;
  editing: CustomerEditing;
}): JSX.Element {
  const {label, icon} = statuses[customer.status];
  const items: MenuItem[] = (Object.keys(statuses) as Customer['status'][]).map((status) => ({
    ...statuses[status], checked: status === customer.status, onSelect: () => editing.set({status}),
  }));
  return (
    <Menu label="Status" items={items} align="end" trigger={(attributes) => (
      <button type="button" class="pick" data-status={customer.status} disabled={disabled} {...attributes}
        aria-label={`Status: ${label}`}>
        <Icon name={icon} size={16} />
        <span>{label}</span>
        <Icon name="chevron-down" size={14} />
      </button>
    )} />
  );
}

const contact = [
  {field: 'name', label: 'Name', icon: 'user', type: 'text'},
  {field: 'email', label: 'E-mail', icon: 'mail', type: 'email'},
  {field: 'phone', label: 'Phone', icon: 'phone', type: 'tel'},
  {field: 'organization', label: 'Organization', icon: 'building', type: 'text'},
] as const;

/** Everything that is known of a customer, each thing to be changed where it stands. */
export function Details({client, customer, paused, editing, onDelete}: {
  client: Client;
  customer: Customer;
  paused: boolean;
  editing: CustomerEditing;
  onDelete(): void;
}): JSX.Element {
  const everyone = client.store.all('customer');
  const known = useMemo(() => tagsOf(everyone), [everyone]);
  return (
    <div class="details scroll" tabIndex={0} role="region" aria-label="Details">
      <section class="details-card">
        <Avatar person={customer} size="l" />
        <div class="details-who">
          <h2 class="ellipsis" dir="auto">{customer.name}</h2>
          <p class="ellipsis quiet small" dir="auto">{customer.organization ?? customer.email ?? 'Customer'}</p>
        </div>
      </section>
      <section class="details-rows">
        <div class="inline-field"><span class="inline-label">Assigned to</span>
          <AssigneeMenu client={client} customer={customer} disabled={paused} editing={editing} /></div>
        <div class="inline-field"><span class="inline-label">Status</span>
          <StatusMenu customer={customer} disabled={paused} editing={editing} /></div>
      </section>
      <section>
        <h3>Contact</h3>
        {contact.map(({field, label, icon, type}) => (
          <InlineField key={`${customer.id} ${field}`} label={label} icon={icon} type={type}
            value={customer[field] ?? ''} base={customer} disabled={paused} required={field === 'name'}
            onSave={(value, base) => editing.change(base, {[field]: value || null})} />
        ))}
      </section>
      <section>
        <h3>Tags</h3>
        <TagEditor key={customer.id} tags={customer.tags} known={known} disabled={paused}
          onChange={(tags) => editing.set({tags})} />
      </section>
      <section>
        <h3>Attributes</h3>
        <Attributes key={customer.id} customer={customer} disabled={paused}
          onChange={(attributes, base) => editing.change(base, {attributes})} />
      </section>
      <footer class="details-foot">
        <p>Customer since {fullTime(customer.created_at)}</p>
        <Button size="s" kind="ghost" icon="trash" class="details-delete" disabled={paused} onClick={onDelete}>
          Delete customer
        </Button>
      </footer>
    </div>
  );
}
