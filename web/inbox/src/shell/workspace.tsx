import './workspace.css';

import {type Client, connect} from '@chatmesh/client';
import type {ComponentChildren, JSX} from 'preact';
import {useEffect, useState} from 'preact/hooks';

import {NewCompanyDialog} from '../auth/company.tsx';
import type {Membership, Session} from '../auth/session.ts';
import {Inbox} from '../inbox/inbox.tsx';
import {followNewcomers} from '../inbox/newcomers.ts';
import {unreadCount} from '../inbox/unread.ts';
import {type Route, navigate} from '../router.ts';
import {SettingsPage} from '../settings/settings_page.tsx';
import {TeamPage} from '../team/team_page.tsx';
import {Spinner} from '../ui/index.ts';
import {useStoreKeys} from '../watch.ts';
import {ConnectionBanner, useConnection} from './connection.tsx';
import {Rail} from './rail.tsx';
import {ShortcutsDialog, useKeys} from './shortcuts.tsx';
import {Stopped} from './stopped.tsx';

/** A place inside a company. */
export type CompanyRoute = Extract<Route, {company: string}>;

/** What the frame around a company's views is told, and tells. */
export interface WorkspaceProps {
  at: CompanyRoute;
  session: Session;
  membership: Membership;
  onCreated(membership: Membership): void;
  onLogOut(): void;
  /** The session has ended. */
  onExpelled(): void;
}

const watched = ['company', 'employee', 'customer', 'messages:*', 'reads'] as const;
const titles = {inbox: 'Inbox', team: 'Team', settings: 'Settings'} as const;

function useTitle(name: string, unread: number) {
  useEffect(() => { document.title = `${unread ? `(${unread}) ` : ''}${name} · ChatMesh`; }, [name, unread]);
}

function View({props, client, unread}: {props: WorkspaceProps; client: Client; unread: number}) {
  const {at} = props;
  if (at.view === 'team') return <TeamPage client={client} />;
  if (at.view === 'settings') {
    return <SettingsPage client={client} section={at.section} onCreated={props.onCreated} onLogOut={props.onLogOut} />;
  }
  return <Inbox client={client} company={at.company} selected={at.customer} unread={unread} />;
}

function Live({props, client}: {props: WorkspaceProps; client: Client}): JSX.Element {
  const {at, session, membership} = props;
  const {store} = client;
  const connection = useConnection(client);
  useStoreKeys(store, watched);
  useEffect(() => followNewcomers(client), [client]);
  const [open, setOpen] = useState<'shortcuts' | 'company' | null>(null);
  const unread = unreadCount(store);
  const customer = at.view === 'inbox' && at.customer ? store.get('customer', at.customer) : undefined;
  useTitle(customer?.name ?? titles[at.view], unread);
  useKeys({
    'g i': () => navigate({view: 'inbox', company: at.company, customer: null}),
    'g t': () => navigate({view: 'team', company: at.company}),
    'g s': () => navigate({view: 'settings', company: at.company}),
    '?': () => setOpen('shortcuts'),
  });
  const company = store.company ?? membership.company;
  let view: ComponentChildren = <View props={props} client={client} unread={unread} />;
  if (connection.status === 'stopped') {
    view = <Stopped state={connection} company={company.name} onLogIn={props.onExpelled} onLogOut={props.onLogOut}
      others={session.memberships.filter((each) => each.company.id !== company.id)} />;
  } else if (!store.me) view = <main class="centre"><Spinner /></main>;
  return (
    <div class="shell" data-view={at.view} data-inside={at.view === 'inbox' && at.customer !== null}>
      <Rail at={at} session={session} company={company} me={store.me ?? membership.employee} connection={connection}
        unread={unread} onNewCompany={() => setOpen('company')} onShortcuts={() => setOpen('shortcuts')}
        onLogOut={props.onLogOut} />
      <div class="stage">
        <div role="status"><ConnectionBanner state={connection} /></div>
        {view}
      </div>
      {open === 'shortcuts' && <ShortcutsDialog onClose={() => setOpen(null)} />}
      {open === 'company' && <NewCompanyDialog onCreated={props.onCreated} onClose={() => setOpen(null)} />}
    </div>
  );
}

/** A company's application: its one connection, the rail, and the view that the address names. */
export function Workspace(props: WorkspaceProps): JSX.Element {
  const {company} = props.at;
  const [client, setClient] = useState<Client | null>(null);
  useEffect(() => {
    const made = connect({company});
    made.ready.catch(() => undefined);   // `state` tells it
    setClient(made);
    return () => made.close();
  }, [company]);
  return client ? <Live props={props} client={client} /> : <main class="centre"><Spinner /></main>;
}
