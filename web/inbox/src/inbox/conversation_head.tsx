import type {Client, Customer, Id} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

import {navigate} from '../router.ts';
import {isFocusLost} from '../ui/focus.ts';
import {Avatar, IconButton} from '../ui/index.ts';
import {AssigneeMenu, StatusMenu} from './details.tsx';
import type {CustomerEditing} from './use_customer.tsx';

/** Who the conversation is with, who looks after it, and its state. */
export function ConversationHead({client, customer, company, paused, editing, showsSide, onSide}: {
  client: Client;
  customer: Customer;
  company: Id;
  paused: boolean;
  editing: CustomerEditing;
  showsSide: boolean;
  /** Shows or hides the columns beside the messages; null where there are none. */
  onSide: (() => void) | null;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the list made way for the conversation, the focus was lost with it.
  useEffect(() => { if (isFocusLost()) heading.current?.focus({preventScroll: true}); }, []);
  const about = [customer.organization, customer.email].filter(Boolean).join(' · ');
  return (
    <header class="conversation-head">
      {onSide === null && (
        <IconButton icon="chevron-left" label="Back to the list" class="conversation-back"
          onClick={() => navigate({view: 'inbox', company, customer: null})} />
      )}
      <Avatar person={customer} />
      <div class="conversation-who">
        <h1 ref={heading} class="ellipsis" dir="auto" tabIndex={-1}>{customer.name}</h1>
        <p class="ellipsis" dir="auto">{about || 'No e-mail'}</p>
      </div>
      <div class="conversation-tools">
        <AssigneeMenu client={client} customer={customer} disabled={paused} editing={editing} />
        <StatusMenu customer={customer} disabled={paused} editing={editing} />
        {onSide && <IconButton icon="details" label="Notes and details" pressed={showsSide} onClick={onSide} />}
      </div>
    </header>
  );
}
