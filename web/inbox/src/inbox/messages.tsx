import './messages.css';

import type {Client, Customer, Message} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {isAdmin} from '../team/rights.ts';
import {Button, ConfirmDialog, EmptyState, Spinner, VirtualList, type VirtualListHandle, toast} from '../ui/index.ts';
import {useStoreKeys} from '../watch.ts';
import {ClashDialog} from './clash_dialog.tsx';
import {sameDay} from './dates.ts';
import {DayLine, type MessageActions, MessageRow, NewLine, SendingRow} from './message_row.tsx';
import {type Sending, outboxOf, reasonOf} from './outbox.ts';
import {type Clash, save} from './save.ts';
import {useThread} from './thread.ts';

const joinedWithinMs = 5 * 60_000;
const loadAhead = 15;

type Row = Message | Sending;
const isSent = (row: Row | undefined): row is Message => row !== undefined && 'direction' in row;
const timeOf = (row: Row) => isSent(row) ? row.created_at : row.at;
const authorOf = (row: Row, me: string) => isSent(row) ? row.author.id : me;

// Whether a row goes on from the one above: same author, same day, soon after.
function isJoined(rows: readonly Row[], index: number, me: string, newAt: string | null): boolean {
  const [above, row] = [rows[index - 1], rows[index]];
  if (!above || !row || (isSent(row) && row.id === newAt)) return false;
  const [before, after] = [timeOf(above), timeOf(row)];
  return authorOf(above, me) === authorOf(row, me) && sameDay(before, after)
    && Date.parse(after) - Date.parse(before) < joinedWithinMs;
}

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

type Edit = {id: string; base: Message; busy: boolean} | null;

function useActions(client: Client) {
  const [edit, setEdit] = useState<Edit>(null);
  const [removing, setRemoving] = useState<{message: Message; busy: boolean} | null>(null);
  const [clash, setClash] = useState<Clash<Message> | null>(null);
  const {me} = client.store;
  const store = async (base: Message, body: string) => {
    setEdit({id: base.id, base, busy: true});
    try {
      setClash(await save(client, 'message', base, {body}));
      setEdit(null);
    } catch (thrown) {
      setEdit({id: base.id, base, busy: false});
      toast(`Not saved. ${reasonOf(thrown)}`, {tone: 'danger'});
    }
  };
  const remove = async (message: Message) => {
    setRemoving({message, busy: true});
    try {
      await client.remove('message', message.id);
    } catch (thrown) {
      toast(`Not deleted. ${reasonOf(thrown)}`, {tone: 'danger'});
    }
    setRemoving(null);
  };
  const of = (message: Message, paused: boolean): MessageActions => {
    const mine = message.author.kind === 'employee' && message.author.id === me?.id;
    const admin = me !== null && isAdmin(me);
    return {
      canEdit: !paused && message.direction === 'outbound' && (mine || admin),
      canDelete: !paused && (admin || (mine && message.direction === 'outbound')),
      editing: edit?.id === message.id,
      busy: edit?.busy ?? false,
      onEdit: () => setEdit({id: message.id, base: message, busy: false}),
      onDelete: () => setRemoving({message, busy: false}),
      onSave: (text) => { if (edit) void store(edit.base, text); },
      onCancel: () => setEdit(null),
    };
  };
  const dialogs = (
    <>
      {removing && (
        <ConfirmDialog title="Delete this message?" action="Delete" busy={removing.busy} onClose={() => setRemoving(null)}
          onConfirm={() => void remove(removing.message)}>
          It disappears for everyone, the customer too.
        </ConfirmDialog>
      )}
      {clash && (
        <ClashDialog clash={clash} labels={{body: 'Message'}} onClose={() => setClash(null)}
          onChoose={(fields) => void save(client, 'message', clash.theirs, fields).then(setClash)} />
      )}
    </>
  );
  return {of, dialogs};
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

/** A customer's messages, the latest in sight; more of them come as one scrolls up. */
export function Messages({client, customer, paused, onTakeBack}: {
  client: Client;
  customer: Customer;
  paused: boolean;
  onTakeBack(text: string): void;
}): JSX.Element {
  const {store} = client;
  useStoreKeys(store, [`messages:${customer.id}`, 'reads', 'typing', 'employee']);
  const thread = useThread('message', customer.id, client);
  const outbox = outboxOf(client);
  const sending = outbox.of(customer.id);
  const messages = thread.items();
  const rows: readonly Row[] = [...messages, ...sending];
  const list = useRef<VirtualListHandle>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [seen, setSeen] = useState<string | undefined>(undefined);
  const [firstNew] = useState<string | null>(() => store.readMark(customer.id)?.message_id ?? null);
  const actions = useActions(client);
  const me = store.me?.id ?? '';
  const latest = messages.at(-1);
  useReading(client, customer, latest, atEnd);
  useEffect(() => { if (atEnd) setSeen(latest?.id); }, [atEnd, latest?.id]);
  useLayoutEffect(() => list.current?.toEnd(), [sending.length > 0 && sending.at(-1)?.key]);
  const unseen = seen === undefined ? 0 : messages.filter(({id, direction}) => id > seen && direction === 'inbound').length;
  const newAt = firstNew === null ? null : messages.find(({id, direction}) => id > firstNew && direction === 'inbound')?.id ?? null;
  if (rows.length === 0) {
    if (thread.status === 'failed') {
      return (
        <div class="messages"><EmptyState icon="offline" title="The messages could not be read"
          action={<Button icon="refresh" onClick={() => void thread.older()}>Try again</Button>} /></div>
      );
    }
    return (
      <div class="messages">
        {thread.begun ? <EmptyState icon="message" title="No messages yet">Write the first one below.</EmptyState> : <Spinner />}
        <Typists client={client} customer={customer} />
      </div>
    );
  }
  const render = (index: number) => {
    const row = rows[index]!;
    const above = rows[index - 1];
    const joined = isJoined(rows, index, me, newAt);
    return (
      <>
        {(!above || !sameDay(timeOf(above), timeOf(row))) && <DayLine time={timeOf(row)} />}
        {isSent(row) && row.id === newAt && <NewLine />}
        {isSent(row) ? <MessageRow message={row} me={me} joined={joined} actions={actions.of(row, paused)} /> : (
          <SendingRow entry={row} joined={joined} paused={paused} onRetry={() => outbox.retry(customer.id, row.key)}
            name={store.me ?? {id: '', name: 'You', avatar_url: null}}
            onDiscard={() => onTakeBack(outbox.discard(customer.id, row.key))} />
        )}
      </>
    );
  };
  return (
    <div class="messages">
      <VirtualList label="Messages" anchor="end" tabIndex={0} handle={list} count={rows.length} padding={12}
        keyOf={(index) => { const row = rows[index]; return row ? (isSent(row) ? row.id : row.key) : String(index); }}
        estimate={() => 64} render={render}
        before={thread.status === 'failed' ? (
          <Button size="s" icon="refresh" class="load-again" onClick={() => void thread.older()}>Load older messages</Button>
        ) : undefined}
        onRange={({first, atEnd: end}) => {
          setAtEnd(end);
          if (first <= loadAhead) thread.ahead();
        }} />
      {unseen > 0 && (
        <Button class="new-pill" kind="primary" size="s" icon="arrow-down" onClick={() => list.current?.toEnd(true)}>
          {unseen === 1 ? '1 new message' : `${unseen} new messages`}
        </Button>
      )}
      <Typists client={client} customer={customer} />
      {actions.dialogs}
    </div>
  );
}
