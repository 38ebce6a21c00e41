import type {Client, Company, Employee} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useId, useState} from 'preact/hooks';

import {useForm} from '../auth/form.ts';
import {FormAlert} from '../auth/form_alert.tsx';
import {isAdmin, isOwner} from '../team/rights.ts';
import {Button, Dialog, TextField} from '../ui/index.ts';
import {Card} from './card.tsx';
import {CompanyForm} from './company_form.tsx';

/** The company itself: its name, and its end. */
export function CompanySection({client, me, company}: {client: Client; me: Employee; company: Company}): JSX.Element {
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <Card title="Company" lead="Your customers see this name in the widget.">
        <CompanyForm client={client} company={company} field="name" disabled={!isAdmin(me)} />
      </Card>
      {isOwner(me) && (
        <Card title="Delete the company" lead="With its customers, conversations, notes and team. This can’t be undone."
          action={<Button kind="danger" onClick={() => setDeleting(true)}>Delete …</Button>} />
      )}
      {deleting && <DeleteDialog client={client} company={company} onClose={() => setDeleting(false)} />}
    </>
  );
}

function DeleteDialog({client, company, onClose}: {client: Client; company: Company; onClose(): void}) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const form = useForm({}, async () => {
    if (typed.trim() === company.name.trim()) await client.request('DELETE', `/companies/${company.id}`);
  });
  return (
    <Dialog title="Delete the company?" size="s" onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" form={id} kind="danger" busy={form.busy} disabled={typed.trim() !== company.name.trim()}>
          Delete for ever
        </Button>
      </>
    )}>
      <form id={id} class="form" noValidate onSubmit={form.onSubmit}>
        <FormAlert faults={form.faults} />
        <p class="quiet">Everything in <strong dir="auto">{company.name}</strong> is deleted, for everyone, at once.</p>
        <TextField label="Type the company’s name to confirm" name="confirmation" autoComplete="off" value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)} />
      </form>
    </Dialog>
  );
}
