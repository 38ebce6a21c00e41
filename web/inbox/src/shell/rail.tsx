import './rail.css';

import type {Company, Employee, State} from '@chatmesh/client';
import type {JSX} from 'preact';

import type {Session} from '../auth/session.ts';
import {type Route, hrefOf, navigate} from '../router.ts';
import {type Theme, theme} from '../theme.ts';
import {Avatar, Icon, type IconName, Menu, type MenuItem} from '../ui/index.ts';
import {ConnectionMark} from './connection.tsx';

/** What the rail shows and does. */
export interface RailProps {
  at: Route & {company: string};
  session: Session;
  company: Company;
  me: Employee;
  connection: State;
  unread: number;
  onNewCompany(): void;
  onShortcuts(): void;
  onLogOut(): void;
}

function Place({to, at, icon, label, count = 0}: {
  to: Route;
  at: Route;
  icon: IconName;
  label: string;
  count?: number;
}) {
  return (
    <a class="rail-place" href={hrefOf(to)} aria-current={to.view === at.view ? 'page' : undefined}>
      <span class="rail-icon">
        <Icon name={icon} size={20} />
        {count > 0 && (
          <span class="rail-count">{count > 99 ? '99+' : count}<span class="visually-hidden"> unread</span></span>
        )}
      </span>
      <span>{label}</span>
    </a>
  );
}

function CompanyMenu({session, company, onNewCompany}: Pick<RailProps, 'session' | 'company' | 'onNewCompany'>) {
  const items: MenuItem[] = [
    ...session.memberships.map((each) => ({
      label: each.company.name,
      lead: <Avatar person={each.company} size="xs" />,
      checked: each.company.id === company.id,
      onSelect: () => navigate({view: 'inbox', company: each.company.id, customer: null}),
    })),
    {label: 'New company', icon: 'plus', separated: true, onSelect: onNewCompany},
  ];
  return (
    <Menu label="Company" items={items} trigger={(attributes) => (
      <button type="button" class="rail-company" aria-label={`${company.name}: switch company`} title={company.name}
        {...attributes}>
        <Avatar person={company} />
      </button>
    )} />
  );
}

const themes: readonly {value: Theme; label: string; icon: IconName}[] = [
  {value: 'auto', label: 'Theme of the system', icon: 'auto'},
  {value: 'light', label: 'Light', icon: 'sun'},
  {value: 'dark', label: 'Dark', icon: 'moon'},
];

function SelfMenu({me, company, online, onShortcuts, onLogOut}: {
  me: Employee;
  company: Company;
  online: boolean;
} & Pick<RailProps, 'onShortcuts' | 'onLogOut'>) {
  const items: MenuItem[] = [
    {label: 'Your account', icon: 'user', onSelect: () => navigate({view: 'settings', company: company.id, section: 'account'})},
    ...themes.map(({value, label, icon}, index) => ({
      label, icon, checked: theme.value === value, separated: index === 0,
      onSelect: () => { theme.value = value; },
    })),
    {label: 'Keyboard shortcuts', icon: 'keyboard', separated: true, onSelect: onShortcuts},
    {label: 'Log out', icon: 'logout', onSelect: onLogOut},
  ];
  return (
    <Menu label="You" items={items} trigger={(attributes) => (
      <button type="button" class="rail-self" aria-label={`${me.name}: your menu`} title={me.name} {...attributes}>
        <Avatar person={me} online={online} />
      </button>
    )} />
  );
}

/** The ways to every part of the application: at the side, or at the foot of a narrow window. */
export function Rail(props: RailProps): JSX.Element {
  const {at, session, company, me, connection, unread} = props;
  return (
    <header class="rail">
      <CompanyMenu session={session} company={company} onNewCompany={props.onNewCompany} />
      <nav class="rail-places" aria-label="Main">
        <Place to={{view: 'inbox', company: at.company, customer: null}} at={at} icon="inbox" label="Inbox"
          count={unread} />
        <Place to={{view: 'team', company: at.company}} at={at} icon="team" label="Team" />
        <Place to={{view: 'settings', company: at.company}} at={at} icon="settings" label="Settings" />
      </nav>
      <div class="rail-end">
        <ConnectionMark state={connection} />
        <SelfMenu me={me} company={company} online={connection.status === 'live'} onShortcuts={props.onShortcuts}
          onLogOut={props.onLogOut} />
      </div>
    </header>
  );
}
