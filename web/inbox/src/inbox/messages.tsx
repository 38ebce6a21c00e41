import './messages.css';

import type {Client, Customer, Message} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {Button, EmptyState, Spinner, VirtualList, type VirtualListHandle} from '../ui/index.ts';
import {useStoreKeys} from '../watch.ts';
import {DayLine, MessageRow, NewLine, SendingRow} from './message_row.tsx';
import {outboxOf} from './outbox.ts';
import {type Row, beginsDay, inboundAfter, isJoined, isSent, keyOf, timeOf} from './rows.ts';
import {type Thread, useThread} from './thread.ts';
import {useMessageActions} from './use_message_actions.tsx';

const loadAhead = 15;

// Marks as read what is in sight while someone looks.
function useReading(client: Client, customer: Customer, latest: Message | undefined, atEnd: boolean) {
  const unseen = latest?.direction === 'inbound' && latest.id > (client.store.readMark(customer.id)?.message_id ?? '');
  const told = useRef<string | null>(null);   // each message once, so that a refusal isn't asked for again and again
  useEffect(() => {
    if (!unseen || !atEnd || !latest || told.current === latest.id) return;
    const read = () => {
      if (document.visibilityState !== 'visible' || !document.hasFocus()) return;
      stop();
      told.current = latest.id;
      client.markRead(customer.id, latest.id).catch(() => undefined);   // the next message or visit tells it again
    };
    const stop = () => {
      document.removeEventListener('visibilitychange', read);
      removeEventListener('focus', read);
    };
    document.addEventListener('visibilitychange', read);
    addEventListener('focus', read);
    read();
    return stop;
  }, [client, customer.id, latest?.id, unseen, atEnd]);
}

function Typists({client, customer}: {client: Client; customer: Customer}) {
  const names = client.store.typingAt(customer.id).filter(({id}) => id !== client.store.me?.id).map(({name}) => name);
  return (
    <p class="typists" aria-live="polite">
      {names.length > 0 && (
        <>
          <span class="typing-dots" aria-hidden="true"><i /><i /><i /></span>
          <span class="ellipsis" dir="auto">{names.join(', ')} {names.length > 1 ? 'are' : 'is'} typing…</span>
        </>
      )}
    </p>
  );
}

// Where there is no message: because there is none, none yet, or none could be read.
function Nothing({thread}: {thread: Thread<'message'>}) {
  if (thread.status === 'failed') {
    return (
      <EmptyState icon="offline" title="The messages could not be read"
        action={<Button icon="refresh" onClick={() => void thread.older()}>Try again</Button>} />
    );
  }
  if (!thread.begun) return <Spinner label="Loading messages" />;
  return <EmptyState icon="message" title="No messages yet">Write the first one below.</EmptyState>;
}

/** What the messages of a conversation are told, and tell. */
export interface MessagesProps {
  client: Client;
  customer: Customer;
  paused: boolean;
  /** A message that did not get there goes back to where it was written. */
  onTakeBack(text: string): void;
}

// Draws one row, with the lines that belong above it.
function useRowDrawing(props: MessagesProps, rows: readonly Row[], newAt: string | undefined) {
  const {client, customer, paused, onTakeBack} = props;
  const actions = useMessageActions(client);
  const outbox = outboxOf(client);
  const {me} = client.store;
  const draw = (index: number) => {
    const row = rows[index]!;
    const above = rows[index - 1];
    const joined = keyOf(row) !== newAt && isJoined(above, row, me?.id ?? '');
    return (
      <>
        {beginsDay(above, row) && <DayLine time={timeOf(row)} />}
        {keyOf(row) === newAt && <NewLine />}
        {isSent(row)
          ? <MessageRow message={row} me={me?.id ?? ''} joined={joined} actions={actions.of(row, paused)} />
          : (
            <SendingRow entry={row} joined={joined} paused={paused} author={me}
              onRetry={() => outbox.retry(customer.id, row.key)}
              onDiscard={() => onTakeBack(outbox.discard(customer.id, row.key))} />
          )}
      </>
    );
  };
  return {draw, dialogs: actions.dialogs};
}

/** A customer's messages, the latest in sight; more of them come as one scrolls up. */
export function Messages(props: MessagesProps): JSX.Element {
  const {client, customer} = props;
  const {store} = client;
  useStoreKeys(store, [`messages:${customer.id}`, 'reads', 'typing', 'employee']);
  const thread = useThread('message', customer.id, client);
  const sending = outboxOf(client).of(customer.id);
  const messages = thread.items();
  const rows: readonly Row[] = [...messages, ...sending];
  const list = useRef<VirtualListHandle>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [seen, setSeen] = useState<string | undefined>(undefined);   // the latest that was in sight
  const [readBefore] = useState(() => store.readMark(customer.id)?.message_id);
  const {draw, dialogs} = useRowDrawing(props, rows, inboundAfter(messages, readBefore)[0]?.id);
  const latest = messages.at(-1);
  useReading(client, customer, latest, atEnd);
  useEffect(() => { if (atEnd) setSeen(latest?.id); }, [atEnd, latest?.id]);
  useLayoutEffect(() => list.current?.toEnd(), [sending.at(-1)?.key]);
  const unseen = atEnd ? 0 : inboundAfter(messages, seen).length;
  const again = (
    <Button size="s" icon="refresh" class="load-again" onClick={() => void thread.older()}>Load older messages</Button>
  );
  return (
    <div class="messages">
      {rows.length === 0 ? <Nothing thread={thread} /> : (
        // Until its latest page is here a thread is the latest message alone: the list begins anew with what is read.
        <VirtualList key={String(thread.begun)} label="Messages" anchor="end" tabIndex={0} handle={list} count={rows.length} padding={12}
          keyOf={(index) => keyOf(rows[index]!)} estimate={() => 64} render={draw}
          before={thread.status === 'failed' ? again : undefined}
          onRange={({first, atEnd: end}) => {
            setAtEnd(end);
            if (first <= loadAhead) thread.ahead();
          }} />
      )}
      {unseen > 0 && (
        <Button class="new-pill" kind="primary" size="s" icon="arrow-down" onClick={() => list.current?.toEnd(true)}>
          {unseen === 1 ? '1 new message' : `${unseen} new messages`}
        </Button>
      )}
      <Typists client={client} customer={customer} />
      {dialogs}
    </div>
  );
}
