import './conversation.css';

import {ApiError, type Client, type Customer, type Id} from '@chatmesh/client';
import type {ComponentChildren, JSX} from 'preact';
import {useEffect, useReducer, useRef, useState} from 'preact/hooks';

import {navigate} from '../router.ts';
import {usePausedReason} from '../shell/connection.tsx';
import {useKeys} from '../shell/shortcuts.tsx';
import {Button, ConfirmDialog, EmptyState, Spinner, toast} from '../ui/index.ts';
import {useStoreKeys} from '../watch.ts';
import {Composer, type ComposerHandle} from './composer.tsx';
import {ConversationHead} from './conversation_head.tsx';
import {type Choice, ConversationPanes} from './conversation_panes.tsx';
import {Details} from './details.tsx';
import {maxMessageLength} from './message_row.tsx';
import {Messages} from './messages.tsx';
import {Notes} from './notes.tsx';
import {outboxOf, reasonOf} from './outbox.ts';
import {useCustomer} from './use_customer.tsx';
import {usePanes} from './use_panes.ts';

// A customer that the list has not come to yet, such as one that was linked to.
function useKnown(client: Client, id: Id): {state: 'known' | 'asking' | 'missing' | 'failed'; ask(): void} {
  const known = client.store.get('customer', id) !== undefined;
  const [answer, setAnswer] = useState<'missing' | 'failed' | null>(null);
  const [attempt, ask] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    setAnswer(null);
    if (known) return;
    let over = false;
    client.request<Customer>('GET', `/companies/${client.store.company?.id}/customers/${encodeURIComponent(id)}`)
      // Lists alone go into the store, so it is searched for by what tells it best from others.
      .then(({email, phone, name}) =>
        client.list('customer', {q: email ?? phone ?? name, limit: 500, include: 'messages,reads'}))
      .then(() => 'missing' as const, (thrown: unknown) =>
        thrown instanceof ApiError && thrown.status === 404 ? 'missing' as const : 'failed' as const)
      .then((told) => { if (!over) setAnswer(told); });
    return () => { over = true; };
  }, [client, id, known, attempt]);
  useEffect(() => client.on('state', ({status}) => {
    if (status === 'live' && answer === 'failed') ask(undefined);
  }), [client, answer]);
  return {state: known ? 'known' : answer ?? 'asking', ask: () => ask(undefined)};
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
        onTakeBack={(text) => composer.current?.giveBack(text)} />
      <Composer key={`composer ${customer.id}`} handle={composer} draft={customer.id}
        label={`Message to ${customer.name}`} placeholder="Write a message…" sendLabel="Send" paused={paused}
        maxLength={maxMessageLength} onSend={(body) => outboxOf(client).send(customer.id, body)}
        onTyping={() => client.typing(customer.id)}
        hint={<span class="composer-keys"><kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> new line</span>} />
    </div>
  );
}

// Deleting the customer, with its question.
function useRemoval(client: Client, customer: Customer, company: Id): {ask(): void; dialog: ComponentChildren} {
  const [state, setState] = useState<'asked' | 'busy' | null>(null);
  const remove = async () => {
    setState('busy');
    try {
      await client.remove('customer', customer.id);
      navigate({view: 'inbox', company, customer: null}, {replace: true});
      toast(`${customer.name} was deleted.`);
    } catch (thrown) {
      toast(`Not deleted. ${reasonOf(thrown)}`, {tone: 'danger'});
      setState(null);
    }
  };
  const dialog = state && (
    <ConfirmDialog title={`Delete ${customer.name}?`} action="Delete" busy={state === 'busy'}
      onClose={() => setState(null)} onConfirm={() => void remove()}>
      All messages and notes go with them, for everyone.
    </ConfirmDialog>
  );
  return {ask: () => setState('asked'), dialog};
}

const fields = {messages: '.messages-pane textarea', notes: '.notes > .composer textarea'} as const;

function Open({client, customer, company}: {client: Client; customer: Customer; company: Id}) {
  useStoreKeys(client.store, [`notes:${customer.id}`, 'customer', 'employee', 'presence']);
  const reason = usePausedReason(client);
  const paused = reason !== null;
  const editing = useCustomer(client, customer);
  const removal = useRemoval(client, customer, company);
  const panes = usePanes();
  const [choice, setChoice] = useState<Choice>({alone: 'messages', side: 'notes', showsSide: true});
  const composer = useRef<ComposerHandle>(null);
  const toggleSide = () => setChoice({...choice, showsSide: !choice.showsSide});
  const write = (part: 'messages' | 'notes') => {
    setChoice({...choice, alone: part, ...(part === 'notes' && {side: part, showsSide: true})});
    requestAnimationFrame(() => document.querySelector<HTMLElement>(fields[part])?.focus());
  };
  useKeys({
    'r': () => write('messages'),
    'n': () => write('notes'),
    'i': () => panes === 'one'
      ? setChoice({...choice, alone: choice.alone === 'details' ? 'messages' : 'details'}) : toggleSide(),
    'Escape': () => navigate({view: 'inbox', company, customer: null}),
  });
  return (
    <section class="conversation" data-panes={panes} aria-label={`Conversation with ${customer.name}`}>
      <ConversationHead client={client} customer={customer} company={company} paused={paused} editing={editing}
        showsSide={choice.showsSide} onSide={panes === 'one' ? null : toggleSide} />
      <ConversationPanes panes={panes} choice={choice} onChoose={setChoice}
        notesCount={client.store.notesOf(customer.id).length} parts={{
          messages: <MessagesPane client={client} customer={customer} paused={reason} composer={composer} />,
          notes: <Notes client={client} customer={customer} pausedReason={reason} />,
          details: (
            <Details client={client} customer={customer} paused={paused} editing={editing} onDelete={removal.ask} />
          ),
        }} />
      {editing.dialog}
      {removal.dialog}
    </section>
  );
}

/** The chosen customer: messages, notes and details. */
export function Conversation({client, company, id}: {client: Client; company: Id; id: Id}): JSX.Element {
  useStoreKeys(client.store, [`customer:${id}`]);
  const known = useKnown(client, id);
  const customer = client.store.get('customer', id);
  if (customer) return <Open client={client} customer={customer} company={company} />;
  if (known.state === 'failed') {
    return (
      <div class="centre">
        <EmptyState icon="offline" title="The conversation could not be read"
          action={<Button icon="refresh" onClick={known.ask}>Try again</Button>} />
      </div>
    );
  }
  if (known.state !== 'missing') return <div class="centre"><Spinner label="Loading the conversation" /></div>;
  return (
    <div class="centre">
      <EmptyState icon="search" title="This customer isn’t here"
        action={<a class="button secondary" href={`#/c/${company}/inbox`}>Back to the list</a>}>
        They may have been deleted.
      </EmptyState>
    </div>
  );
}
