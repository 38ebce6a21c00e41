import type {Client, Employee} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {NewCompanyDialog} from '../auth/company.tsx';
import type {Membership} from '../auth/session.ts';
import {ProfileDialog} from '../team/profile_dialog.tsx';
import {roleWords} from '../team/role_words.ts';
import {type Theme, theme} from '../theme.ts';
import {Avatar, Button, Segmented} from '../ui/index.ts';
import {Card} from './card.tsx';

const themes = [
  {value: 'auto', label: 'As the system'}, {value: 'light', label: 'Light'}, {value: 'dark', label: 'Dark'},
] as const;

/** What is done here beyond the company's data. */
export interface AccountActions {
  onCreated(membership: Membership): void;
  onLogOut(): void;
}

/** One's own profile, the look, a further company, signing out. */
export function AccountSection({client, me, onCreated, onLogOut}: AccountActions & {
  client: Client;
  me: Employee;
}): JSX.Element {
  const [open, setOpen] = useState<'profile' | 'company' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Card title="Profile" action={<Button icon="edit" onClick={() => setOpen('profile')}>Edit profile</Button>}>
        <div class="setting-row">
          <Avatar person={me} size="l" />
          <div class="grow">
            <p><strong dir="auto">{me.name}</strong></p>
            <p class="quiet small">{[roleWords[me.role].name, me.title, me.email].filter(Boolean).join(' · ')}</p>
          </div>
        </div>
      </Card>
      <Card title="Look" action={(
        <Segmented<Theme> label="Look" choices={themes} value={theme.value} onChange={(next) => { theme.value = next; }} />
      )} />
      <Card title="Another company" lead="One login can be in several, each with a team of its own."
        action={<Button icon="building" onClick={() => setOpen('company')}>Start a company</Button>} />
      <Card title="Log out" lead="In every tab of this browser."
        action={<Button icon="logout" onClick={onLogOut}>Log out</Button>} />
      {open === 'profile' && <ProfileDialog client={client} me={me} employee={me} onClose={close} />}
      {open === 'company' && <NewCompanyDialog onCreated={onCreated} onClose={close} />}
    </>
  );
}
