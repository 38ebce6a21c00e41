import './conversation.css';

import type {Client, Customer, Id} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';

import {navigate} from '../router.ts';
import {usePausedReason} from '../shell/connection.tsx';
import {useKeys} from '../shell/shortcuts.tsx';
import {isFocusLost} from '../ui/focus.ts';
import {Avatar, ConfirmDialog, EmptyState, IconButton, Spinner, TabPanel, Tabs, toast} from '../ui/index.ts';
import {useStoreKeys} from '../watch.ts';
import {Composer, type ComposerHandle} from './composer.tsx';
import {AssigneeMenu, Details, StatusMenu} from './details.tsx';
import {maxMessageLength} from './message_row.tsx';
import {Messages} from './messages.tsx';
import {Notes} from './notes.tsx';
import {outboxOf, reasonOf} from './outbox.ts';
import {useCustomer} from './use_customer.tsx';
import {usePanes} from './use_panes.ts';

type Pane = 'messages' | 'notes' | 'details';

// A customer that the list has not come to yet, such as one that was linked to.
function useKnown(client: Client, id: Id): 'known' | 'asking' | 'missing' {
  const known = client.store.get('customer', id) !== undefined;
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    if (known) return setMissing(false);
    let over = false;
    client.request<Customer>('GET', `/companies/${client.store.company?.id}/customers/${encodeURIComponent(id)}`)
      // Lists alone go into the store, so it is searched for by what tells it best from others.
      .then(({email, phone, name}) => client.list('customer', {q: email ?? phone ?? name, limit: 500, include: 'messages,reads'}))
      .catch(() => undefined)
      .finally(() => { if (!over) setMissing(true); });
    return () => { over = true; };
  }, [client, id, known]);
  return known ? 'known' : missing ? 'missing' : 'asking';
}

function Head({client, customer, paused, editing, hasBack, onDetails, company, showsDetails}: {
  client: Client;
  customer: Customer;
  company: Id;
  paused: boolean;
  editing: ReturnType<typeof useCustomer>;
  hasBack: boolean;
  onDetails: (() => void) | null;
  showsDetails: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Where the list made way for the conversation, the focus was lost with it.
  useEffect(() => { if (isFocusLost()) heading.current?.focus({preventScroll: true}); }, []);
  return (
    <header class="conversation-head">
      {hasBack && (
        <IconButton icon="chevron-left" label="Back to the list" class="conversation-back"
          onClick={() => navigate({view: 'inbox', company, customer: null})} />
      )}
      <Avatar person={customer} />
      <div class="conversation-who">
        <h1 ref={heading} class="ellipsis" dir="auto" tabIndex={-1}>{customer.name}</h1>
        <p class="ellipsis" dir="auto">{[customer.organization, customer.email].filter(Boolean).join(' · ') || 'No e-mail'}</p>
      </div>
      <div class="conversation-tools">
        <AssigneeMenu client={client} customer={customer} disabled={paused} editing={editing} />
        <StatusMenu customer={customer} disabled={paused} editing={editing} />
        {onDetails && <IconButton icon="details" label="Notes and details" pressed={showsDetails} onClick={onDetails} />}
      </div>
    </header>
  );
}

function MessagesPane({client, customer, paused, composer}: {
  client: Client;
  customer: Customer;
  paused: string | null;
  composer: {current: ComposerHandle | null};
}) {
  return (
    <div class="pane messages-pane">
      <Messages key={customer.id} client={client} customer={customer} paused={paused !== null}
        onTakeBack={(text) => composer.current?.fill(text)} />
      <Composer key={`composer ${customer.id}`} handle={composer} draft={customer.id} label={`Message to ${customer.name}`}
        placeholder="Write a message…" sendLabel="Send" paused={paused} maxLength={maxMessageLength}
        onSend={(body) => outboxOf(client).send(customer.id, body)} onTyping={() => client.typing(customer.id)}
        hint={<span class="composer-keys"><kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> new line</span>} />
    </div>
  );
}

function Open({client, customer, company}: {client: Client; customer: Customer; company: Id}) {
  useStoreKeys(client.store, [`notes:${customer.id}`, 'customer', 'employee', 'presence']);
  const reason = usePausedReason(client);
  const paused = reason !== null;
  const editing = useCustomer(client, customer);
  const panes = usePanes();
  const [pane, setPane] = useState<Pane>('messages');
  const [side, setSide] = useState<'notes' | 'details'>('notes');
  const [showsSide, setShowsSide] = useState(true);
  const [removing, setRemoving] = useState<'asked' | 'busy' | null>(null);
  const composer = useRef<ComposerHandle>(null);
  useEffect(() => setPane('messages'), [customer.id]);
  const write = (which: 'messages' | 'notes') => {
    setPane(which);
    if (which === 'notes') { setSide('notes'); setShowsSide(true); }
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`.${which === 'notes' ? 'notes' : 'messages-pane'} textarea`)?.focus());
  };
  useKeys({
    'r': () => write('messages'),
    'n': () => write('notes'),
    'i': () => panes === 'one' ? setPane(pane === 'details' ? 'messages' : 'details') : setShowsSide(!showsSide),
    'Escape': () => navigate({view: 'inbox', company, customer: null}),
  });
  const remove = async () => {
    setRemoving('busy');
    try {
      await client.remove('customer', customer.id);
      navigate({view: 'inbox', company, customer: null}, {replace: true});
      toast(`${customer.name} was deleted.`);
    } catch (thrown) {
      toast(`Not deleted. ${reasonOf(thrown)}`, {tone: 'danger'});
      setRemoving(null);
    }
  };
  const messages = <MessagesPane client={client} customer={customer} paused={reason} composer={composer} />;
  const notes = <Notes client={client} customer={customer} pausedReason={reason} />;
  const details = <Details client={client} customer={customer} paused={paused} editing={editing} onDelete={() => setRemoving('asked')} />;
  const counts = {notes: client.store.notesOf(customer.id).length || undefined};
  return (
    <section class="conversation" data-panes={panes} aria-label={`Conversation with ${customer.name}`}>
      <Head client={client} customer={customer} company={company} paused={paused} editing={editing} hasBack={panes === 'one'}
        onDetails={panes === 'one' ? null : () => setShowsSide(!showsSide)} showsDetails={showsSide} />
      {panes === 'one' ? (
        <>
          <Tabs id="pane" label="Parts of the conversation" value={pane} onChange={(value: Pane) => setPane(value)} choices={[
            {value: 'messages', label: 'Messages'}, {value: 'notes', label: 'Notes', ...(counts.notes && {count: counts.notes})},
            {value: 'details', label: 'Details'},
          ]} />
          <TabPanel id="pane" value={pane} class="pane">
            {pane === 'messages' ? messages : pane === 'notes' ? notes : details}
          </TabPanel>
        </>
      ) : (
        <div class="conversation-columns">
          {messages}
          {showsSide && panes === 'two' && (
            <aside class="side" aria-label="Notes and details">
              <Tabs id="side" label="Notes and details" value={side} onChange={(value: 'notes' | 'details') => setSide(value)} choices={[
                {value: 'notes', label: 'Notes', ...(counts.notes && {count: counts.notes})}, {value: 'details', label: 'Details'},
              ]} />
              <TabPanel id="side" value={side} class="pane">{side === 'notes' ? notes : details}</TabPanel>
            </aside>
          )}
          {showsSide && panes === 'three' && (
            <>
              <aside class="side" aria-label="Notes"><h3 class="side-title">Notes</h3>{notes}</aside>
              <aside class="side" aria-label="Details">{details}</aside>
            </>
          )}
        </div>
      )}
      {editing.dialog}
      {removing && (
        <ConfirmDialog title={`Delete ${customer.name}?`} action="Delete" busy={removing === 'busy'}
          onClose={() => setRemoving(null)} onConfirm={() => void remove()}>
          All messages and notes go with them, for everyone.
        </ConfirmDialog>
      )}
    </section>
  );
}

/** The chosen customer: messages, notes and details. */
export function Conversation({client, company, id}: {client: Client; company: Id; id: Id}): JSX.Element {
  useStoreKeys(client.store, [`customer:${id}`]);
  const known = useKnown(client, id);
  const customer = client.store.get('customer', id);
  if (customer) return <Open client={client} customer={customer} company={company} />;
  if (known === 'asking') return <div class="centre"><Spinner label="Loading the conversation" /></div>;
  return (
    <div class="centre">
      <EmptyState icon="search" title="This customer isn’t here"
        action={<a class="button secondary" href={`#/c/${company}/inbox`}>Back to the list</a>}>
        They may have been deleted.
      </EmptyState>
    </div>
  );
}
