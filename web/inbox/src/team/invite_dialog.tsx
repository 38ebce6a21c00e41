import {type Employee, type Id, request} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useId, useState} from 'preact/hooks';

import {useForm} from '../auth/form.ts';
import {Button} from '../ui/button.tsx';
import {CopyField} from '../ui/copy.tsx';
import {Dialog} from '../ui/dialog.tsx';
import {Select, TextField} from '../ui/field.tsx';
import {Banner} from '../ui/small.tsx';
import {RoleOptions} from './role_options.tsx';
import {rolesToGrant} from './rights.ts';

interface Invited extends Employee {
  invitation: {url: string; expires_at: string};
}

/** Adds someone to the team, and shows the link that lets them in: this once, for the server keeps only its hash. */
export function InviteDialog({me, onClose}: {me: Employee; onClose(): void}): JSX.Element {
  const [invited, setInvited] = useState<Invited | null>(null);
  return invited ? <LinkDialog invited={invited} onClose={onClose} />
    : <WhoDialog company={me.company_id} me={me} onInvited={setInvited} onClose={onClose} />;
}

function WhoDialog({company, me, onInvited, onClose}: {
  company: Id;
  me: Employee;
  onInvited(invited: Invited): void;
  onClose(): void;
}) {
  const id = useId();
  const form = useForm({'/name': 'name', '/email': 'email', '/role': 'role'}, async ({name, email = '', role}) => {
    // Not by the client: it would not be told of its own write, and the answer has the link in it.
    const fields = {name, email: email.trim(), role};
    onInvited(await request<Invited>('/api/v1', 'POST', `/companies/${company}/employees`, fields));
  });
  const {fields} = form.faults;
  return (
    <Dialog title="Invite someone" size="s" onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" form={id} kind="primary" busy={form.busy}>Make the link</Button>
      </>
    )}>
      <form id={id} class="form" noValidate onSubmit={form.onSubmit}>
        <div role="alert">{form.faults.form && <Banner tone="danger" icon="alert">{form.faults.form}</Banner>}</div>
        <TextField label="Name" name="name" autoComplete="off" required error={fields.name} />
        <TextField label="E-mail" name="email" type="email" autoComplete="off" required error={fields.email}
          hint="They log in with it. ChatMesh sends no mail: you pass the link on." />
        <Select label="Role" name="role" error={fields.role}>
          <RoleOptions roles={rolesToGrant(me)} />
        </Select>
      </form>
    </Dialog>
  );
}

function LinkDialog({invited, onClose}: {invited: Invited; onClose(): void}) {
  const until = new Date(invited.invitation.expires_at).toLocaleDateString(undefined, {dateStyle: 'long'});
  return (
    <Dialog title={`The link for ${invited.name}`} onClose={onClose}
      footer={<Button kind="primary" onClick={onClose}>Done</Button>}>
      <div class="form">
        <p class="quiet">Send it to them yourself, by a way that you trust. Whoever has it can join as them.</p>
        <CopyField label="Invitation link" value={invited.invitation.url}
          hint={`Shown this once. It works once, until ${until}.`} />
      </div>
    </Dialog>
  );
}
