import './team.css';

import type {Client, Employee} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {Avatar, Button, EmptyState, IconButton, Menu, type MenuItem, Tag, TextField} from '../ui/index.ts';
import {InviteDialog} from './invite_dialog.tsx';
import {ProfileDialog} from './profile_dialog.tsx';
import {RemoveDialog} from './remove_dialog.tsx';
import {isAdmin, mayEdit, mayManage} from './rights.ts';
import {roleWords} from './role_words.ts';
import {useStoreKeys} from '../watch.ts';

const keys = ['employee', 'presence'];
const searchFrom = 8;   // people; fewer are found by looking

type Open = {dialog: 'invite'} | {dialog: 'profile' | 'remove'; employee: Employee} | null;

/** The people of the company: who is there, as what, and how to reach them; admins invite, change and remove. */
export function TeamPage({client}: {client: Client}): JSX.Element {
  useStoreKeys(client.store, keys);
  const [open, setOpen] = useState<Open>(null);
  const [wanted, setWanted] = useState('');
  const {me, online} = client.store;
  const everyone = sorted(client.store.all('employee').filter(({status}) => status !== 'removed'), online);
  const shown = everyone.filter((each) => matches(each, wanted));
  if (!me) return <main class="page" />;
  const close = () => setOpen(null);
  return (
    <main class="page scroll">
      <div class="page-width">
        <header class="page-head">
          <div>
            <h1>Team</h1>
            <p class="quiet">{count(everyone.length)}, {online.size} online</p>
          </div>
          {isAdmin(me) && <Button kind="primary" icon="plus" onClick={() => setOpen({dialog: 'invite'})}>Invite</Button>}
        </header>
        {everyone.length >= searchFrom && (
          <TextField label="Find someone" hideLabel type="search" placeholder="Find someone" autoComplete="off"
            value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        )}
        {shown.length === 0 && (
          <EmptyState icon="team" title="Nobody found">No one’s name, title or e-mail has this.</EmptyState>
        )}
        <ul class="people card">
          {shown.map((each) => (
            <Person key={each.id} employee={each} me={me} online={online.has(each.id)}
              onEdit={() => setOpen({dialog: 'profile', employee: each})}
              onRemove={() => setOpen({dialog: 'remove', employee: each})} />
          ))}
        </ul>
      </div>
      {open?.dialog === 'invite' && <InviteDialog me={me} onClose={close} />}
      {open?.dialog === 'profile' && <ProfileDialog client={client} me={me} employee={open.employee} onClose={close} />}
      {open?.dialog === 'remove' && <RemoveDialog me={me} employee={open.employee} onClose={close} />}
    </main>
  );
}

function Person({employee, me, online, onEdit, onRemove}: {
  employee: Employee;
  me: Employee;
  online: boolean;
  onEdit(): void;
  onRemove(): void;
}) {
  const own = employee.id === me.id;
  const items: MenuItem[] = [{label: own ? 'Edit profile' : 'Edit', icon: 'edit', onSelect: onEdit}];
  if (mayManage(me, employee.role)) {
    const label = own ? 'Leave the company' : 'Remove';
    items.push({label, icon: 'trash', danger: true, separated: true, onSelect: onRemove});
  }
  return (
    <li class="person">
      <Avatar person={employee} size="l" {...(employee.status === 'active' && {online})} />
      <div class="person-text">
        <p class="person-name"><span dir="auto">{employee.name}</span>{own && <Tag>You</Tag>}
          {employee.status === 'invited' && <Tag tone="warning">Invited</Tag>}</p>
        {employee.title && <p class="quiet small" dir="auto">{employee.title}</p>}
        <p class="person-reach small">
          {employee.email && <a href={`mailto:${encodeURIComponent(employee.email)}`}>{employee.email}</a>}
          {employee.phone && <a href={`tel:${encodeURIComponent(employee.phone)}`}>{employee.phone}</a>}
        </p>
      </div>
      <Tag tone={employee.role === 'agent' ? 'plain' : 'accent'}>{roleWords[employee.role].name}</Tag>
      {mayEdit(me, employee) ? (
        <Menu label={`What to do with ${employee.name}`} align="end" items={items} trigger={(attributes) => (
          <IconButton icon="more" label={`More for ${employee.name}`} {...attributes} />
        )} />
      ) : <span class="person-end" />}
    </li>
  );
}

// Who is online first, then by name; the invited last.
function sorted(all: readonly Employee[], online: ReadonlySet<string>): readonly Employee[] {
  const rank = ({id, status}: Employee) => status === 'invited' ? 2 : online.has(id) ? 0 : 1;
  return [...all].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
}

function matches({name, email, title}: Employee, wanted: string): boolean {
  const words = wanted.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  const text = `${name} ${email ?? ''} ${title ?? ''}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function count(people: number): string {
  return people === 1 ? '1 person' : `${people} people`;
}
