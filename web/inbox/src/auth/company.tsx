import type {JSX} from 'preact';
import {useId} from 'preact/hooks';

import {Button, Dialog, TextField} from '../ui/index.ts';
import {type Form, useForm} from './form.ts';
import {FormAlert} from './form_alert.tsx';
import {AuthFrame} from './frame.tsx';
import {type Membership, createCompany} from './session.ts';

interface Creating {
  onCreated(membership: Membership): void;
}

const useCreation = (onCreated: Creating['onCreated']): Form =>
  useForm({'/name': 'name'}, async ({name = ''}) => onCreated(await createCompany(name)));

function NameField({form}: {form: Form}) {
  return <TextField label="Company" name="name" autoComplete="organization" required error={form.faults.fields.name} />;
}

/** A company for someone who is signed in, but a member of none (any more). */
export function NewCompanyPage({onCreated, onLogOut}: Creating & {onLogOut(): void}): JSX.Element {
  const form = useCreation(onCreated);
  return (
    <AuthFrame title="Start a company" lead="You are logged in, but not a member of a company." fault={form.faults.form}
      foot={<Button kind="ghost" onClick={onLogOut}>Log out</Button>}>
      <form class="form" noValidate onSubmit={form.onSubmit}>
        <NameField form={form} />
        <Button type="submit" kind="primary" busy={form.busy}>Start</Button>
      </form>
    </AuthFrame>
  );
}

/** A further company for someone who is in one. */
export function NewCompanyDialog({onCreated, onClose}: Creating & {onClose(): void}): JSX.Element {
  const id = useId();
  const form = useCreation((membership) => { onClose(); onCreated(membership); });
  return (
    <Dialog title="Start another company" size="s" onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" form={id} kind="primary" busy={form.busy}>Start</Button>
      </>
    )}>
      <form id={id} class="form" noValidate onSubmit={form.onSubmit}>
        <FormAlert faults={form.faults} />
        <NameField form={form} />
      </form>
    </Dialog>
  );
}
