import './inbox.css';

import type {Client, Id} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {hrefOf, navigate} from '../router.ts';
import {EmptyState} from '../ui/index.ts';
import {Conversation} from './conversation.tsx';
import {ConversationList} from './conversation_list.tsx';
import {CustomerDialog} from './customer_dialog.tsx';

// Before the first customer. The frame draws this again whenever the customers change.
function Welcome({company}: {company: Id}) {
  return (
    <EmptyState icon="settings" title="Put the chat on your site" action={(
      <a class="button secondary" href={hrefOf({view: 'settings', company, section: 'widget'})}>Show me how</a>
    )}>
      One line of HTML, and whoever visits it can write to you here.
    </EmptyState>
  );
}

/** The list of conversations and the chosen one; one after the other where the window is narrow. */
export function Inbox({client, company, selected, unread}: {
  client: Client;
  company: Id;
  selected: Id | null;
  unread: number;
}): JSX.Element {
  const [making, setMaking] = useState(false);
  return (
    <main class="inbox" data-selected={selected !== null}>
      <ConversationList client={client} company={company} selected={selected} unread={unread}
        onNew={() => setMaking(true)} />
      {selected === null ? (
        <div class="inbox-empty centre">
          {client.store.all('customer').length > 0 ? (
            <EmptyState icon="message" title="Choose a conversation">
              <kbd>J</kbd> and <kbd>K</kbd> move through the list, <kbd>Enter</kbd> opens, <kbd>?</kbd> shows all keys.
            </EmptyState>
          ) : <Welcome company={company} />}
        </div>
      ) : <Conversation key={selected} client={client} company={company} id={selected} />}
      {making && (
        <CustomerDialog client={client} onClose={() => setMaking(false)}
          onMade={(customer) => { setMaking(false); navigate({view: 'inbox', company, customer}); }} />
      )}
    </main>
  );
}
