import type {Customer, Message, Store} from '@chatmesh/client';
import {memo} from 'preact/compat';
import type {JSX} from 'preact';

import {hrefOf} from '../router.ts';
import {Avatar, Icon} from '../ui/index.ts';
import {fullTime, shortTime} from './dates.ts';
import {statuses} from './filters.tsx';
import {isUnread} from './unread.ts';

const previewLength = 160;

// One line of what was written last.
function preview(customer: Customer, latest: Message | undefined, me: string): string {
  if (!latest) return customer.organization ?? customer.email ?? 'No messages yet';
  const words = latest.body.slice(0, previewLength).replaceAll(/\s+/gu, ' ');
  if (latest.direction === 'inbound') return words;
  return `${latest.author.id === me ? 'You' : latest.author.name}: ${words}`;
}

interface RowProps {
  customer: Customer;
  latest: Message | undefined;
  activity: string;
  me: string;
  unread: boolean;
  typing: boolean;
  selected: boolean;
  tabbable: boolean;
}

const Row = memo(({customer, latest, activity, me, unread, typing, selected, tabbable}: RowProps): JSX.Element => {
  const {assigned_employee: assignee, status} = customer;
  return (
    <a class="conversation-row" data-customer={customer.id} data-unread={unread} data-status={status}
      href={hrefOf({view: 'inbox', company: customer.company_id, customer: customer.id})}
      aria-current={selected ? 'true' : undefined} tabIndex={tabbable ? 0 : -1}>
      <Avatar person={customer} />
      <span class="row-text">
        <span class="row-top">
          <span class="row-name ellipsis" dir="auto">{customer.name}</span>
          {unread && <span class="visually-hidden">unread</span>}
          <time dateTime={activity} title={fullTime(activity)}>{shortTime(activity)}</time>
        </span>
        <span class="row-bottom">
          <span class={`row-preview ellipsis${typing ? ' is-typing' : ''}`} dir="auto">
            {typing ? 'Typing…' : preview(customer, latest, me)}
          </span>
          {status !== 'open' && (
            <span class="row-status" title={statuses[status].label}>
              <Icon name={statuses[status].icon} size={15} />
              <span class="visually-hidden">{statuses[status].label}</span>
            </span>
          )}
          {assignee && (
            <span class="row-assignee" title={`Assigned to ${assignee.name}`}>
              <Avatar person={assignee} size="xs" />
              <span class="visually-hidden">assigned to {assignee.name}</span>
            </span>
          )}
          {unread && <span class="row-dot" aria-hidden="true" />}
        </span>
      </span>
    </a>
  );
});

/** One conversation in the list: who, when, what was written last, and what it needs. */
export function ConversationRow({store, customer, selected, tabbable}: {
  store: Store;
  customer: Customer;
  selected: boolean;
  tabbable: boolean;
}): JSX.Element {
  return (
    <Row customer={customer} latest={store.messagesOf(customer.id).at(-1)} activity={store.activityOf(customer.id)}
      me={store.me?.id ?? ''} unread={isUnread(store, customer.id)} selected={selected} tabbable={tabbable}
      typing={store.typingAt(customer.id).some(({kind}) => kind === 'customer')} />
  );
}
