import './conversation_list.css';

import type {Client, Customer, Id} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useEffect, useMemo, useReducer, useRef, useState} from 'preact/hooks';

import {navigate} from '../router.ts';
import {useKeys} from '../shell/shortcuts.tsx';
import {isFocusLost} from '../ui/focus.ts';
import {Button, EmptyState, Icon, IconButton, Spinner, VirtualList, type VirtualListHandle} from '../ui/index.ts';
import {useStoreKeys} from '../watch.ts';
import {ConversationRow} from './conversation_row.tsx';
import {Feed} from './feed.ts';
import {type Filter, everything, isNarrowed, tagsOf} from './filter.ts';
import {Filters} from './filters.tsx';

/** What the list is told, and tells. */
export interface ConversationListProps {
  client: Client;
  company: Id;
  selected: Id | null;
  unread: number;
  onNew(): void;
}

const watched = ['customer', 'employee', 'messages:*', 'activity', 'reads', 'typing', 'presence'] as const;
const searchDelayMs = 200;
const loadAhead = 30;

// What is typed, once there was a moment without typing.
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), searchDelayMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function useFeed(client: Client, filter: Filter): Feed {
  const [epoch, reload] = useReducer((n: number) => n + 1, 0);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const feed = useMemo(() => new Feed(filter, client, () => redraw(undefined)),
    [client, filter.who, filter.status, filter.tag, filter.q, epoch]);
  useEffect(() => {
    void feed.more();
    return () => feed.close();
  }, [feed]);
  useEffect(() => client.on('reset', () => reload(undefined)), [client]);   // the store was discarded
  useEffect(() => client.on('state', ({status}) => {
    if (status === 'live' && feed.status === 'failed') void feed.more();
  }), [client, feed]);
  return feed;
}

// Focus moves over the rows without opening them; a row that isn't there yet is waited for.
function useCursor(items: readonly Customer[], selected: Id | null, list: {current: VirtualListHandle | null}) {
  const [cursor, setCursor] = useState<Id | null>(selected);
  const rowOf = (id: Id) => document.querySelector<HTMLElement>(`[data-customer="${CSS.escape(id)}"]`);
  const focus = (id: Id, tries = 6) => {
    const row = rowOf(id);
    if (row) row.focus({preventScroll: true});
    else if (tries > 0) requestAnimationFrame(() => focus(id, tries - 1));
  };
  // Coming back from a conversation, one is at its row again.
  useEffect(() => {
    if (selected !== null) setCursor(selected);
    else if (cursor !== null && isFocusLost()) focus(cursor);
  }, [selected]);
  const move = (step: number) => {
    if (items.length === 0) return;
    const at = items.findIndex(({id}) => id === cursor);
    const to = Math.max(0, Math.min(items.length - 1, at < 0 ? 0 : at + step));
    const {id} = items[to]!;
    setCursor(id);
    list.current?.reveal(to);
    focus(id);
  };
  return {cursor: items.some(({id}) => id === cursor) ? cursor : items[0]?.id ?? null, move};
}

function Nothing({feed, filter, onNew, onClear}: {feed: Feed; filter: Filter; onNew(): void; onClear(): void}) {
  if (feed.status === 'loading' || feed.status === 'idle') return <Spinner label="Loading conversations" />;
  if (feed.status === 'failed') {
    return (
      <EmptyState icon="offline" title="The list could not be read"
        action={<Button icon="refresh" onClick={() => void feed.more()}>Try again</Button>} />
    );
  }
  if (isNarrowed(filter)) {
    return (
      <EmptyState icon="search" title="Nothing matches" action={<Button onClick={onClear}>Show all</Button>}>
        No conversation fits these filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="message" title="No conversations yet"
      action={<Button kind="primary" icon="plus" onClick={onNew}>New customer</Button>}>
      Messages from your site’s widget appear here by themselves.
    </EmptyState>
  );
}

function More({feed}: {feed: Feed}) {
  if (feed.status === 'loading') return <Spinner label="Loading more" />;
  if (feed.status !== 'failed') return null;
  return <Button size="s" icon="refresh" class="load-again" onClick={() => void feed.more()}>Load more</Button>;
}

function Search({value, onChange, onDown}: {value: string; onChange(text: string): void; onDown(): void}) {
  const field = useRef<HTMLInputElement>(null);
  useKeys({'/': () => field.current?.focus()});
  const clear = () => {
    onChange('');
    field.current?.focus();
  };
  return (
    <label class="search">
      <span class="visually-hidden">Search customers</span>
      <Icon name="search" size={16} />
      <input ref={field} type="search" placeholder="Search" value={value} autoComplete="off" spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            if (value) onChange('');
            else field.current?.blur();
          } else if (event.key === 'ArrowDown' || event.key === 'Enter') onDown();
          else return;
          event.preventDefault();
        }} />
      {value
        ? <IconButton icon="close" label="Clear search" size="s" onClick={clear} /> : <kbd aria-hidden="true">/</kbd>}
    </label>
  );
}

/** Every conversation, the latest active first: searched, filtered, and of any number. */
export function ConversationList({client, company, selected, unread, onNew}: ConversationListProps): JSX.Element {
  const {store} = client;
  useStoreKeys(store, watched);
  const [filter, setFilter] = useState<Filter>(everything);
  const [text, setText] = useState('');
  const q = useSettled(text.trim());
  const wanted = {...filter, q};
  const feed = useFeed(client, wanted);
  const items = feed.items();
  useEffect(() => { if (items.length === 0) feed.ahead(); });   // none of this page: perhaps of the next
  const list = useRef<VirtualListHandle>(null);
  const {cursor, move} = useCursor(items, selected, list);
  const tags = useMemo(() => tagsOf(store.all('customer')), [store.all('customer')]);
  useKeys({'j': () => move(1), 'k': () => move(-1), 'c': onNew});
  const open = (id: Id | null) => { if (id) navigate({view: 'inbox', company, customer: id}); };
  const clear = () => { setFilter(everything); setText(''); };
  return (
    <section class="conversations" aria-label="Conversations">
      <header class="conversations-head">
        <div class="conversations-title">
          <h1>Inbox</h1>
          {unread > 0 && <span class="conversations-unread">{unread} unread</span>}
          <IconButton icon="plus" label="New customer" onClick={onNew} />
        </div>
        <Search value={text} onChange={setText} onDown={() => move(0)} />
        <Filters filter={filter} tags={tags} onChange={setFilter} />
      </header>
      {items.length === 0 ? <Nothing feed={feed} filter={wanted} onNew={onNew} onClear={clear} /> : (
        <VirtualList label="Conversations" handle={list} count={items.length} padding={6}
          keyOf={(index) => items[index]?.id ?? String(index)} estimate={() => 68}
          onRange={({last}) => { if (last >= items.length - loadAhead) feed.ahead(); }}
          onKeyDown={(event) => {
            const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
            if (step) move(step);
            else if (event.key === ' ') open(cursor);
            else return;
            event.preventDefault();
          }}
          render={(index) => {
            const customer = items[index]!;
            return <ConversationRow store={store} customer={customer} selected={customer.id === selected}
              tabbable={customer.id === cursor} />;
          }}
          after={<More feed={feed} />} />
      )}
      <p class="visually-hidden" role="status">{q && feed.status !== 'loading' ? `${items.length} found` : ''}</p>
    </section>
  );
}
