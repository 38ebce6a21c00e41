import type {Client, Id} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useId} from 'preact/hooks';

import {useForm} from '../auth/form.ts';
import {FormAlert} from '../auth/form_alert.tsx';
import {Button, Dialog, TextArea, TextField} from '../ui/index.ts';

const pointers = {
  '/name': 'name', '/email': 'email', '/phone': 'phone', '/organization': 'organization', '/body': 'message',
};

/** A customer who did not come by the widget: who they are, and perhaps a first message. */
export function CustomerDialog({client, onMade, onClose}: {
  client: Client;
  onMade(customer: Id): void;
  onClose(): void;
}): JSX.Element {
  const id = useId();
  const form = useForm(pointers, async ({name = '', email = '', phone = '', organization = '', message = ''}) => {
    const text = (value: string) => value.trim() || null;
    const made = await client.create('customer', {
      name: name.trim(), email: text(email), phone: text(phone), organization: text(organization),
      assigned_employee_id: client.store.me?.id ?? null,
    });
    onMade(made.id);
    if (message.trim() !== '') await client.create('message', {customer_id: made.id, body: message.trim()});
  });
  const {fields} = form.faults;
  return (
    <Dialog title="New customer" onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" type="submit" form={id} busy={form.busy}>Create</Button>
      </>
    )}>
      <form class="form" id={id} noValidate onSubmit={form.onSubmit}>
        <FormAlert faults={form.faults} />
        <TextField label="Name" name="name" required autoFocus autoComplete="off" error={fields.name} />
        <TextField label="E-mail" name="email" type="email" autoComplete="off" error={fields.email} />
        <TextField label="Phone" name="phone" type="tel" autoComplete="off" error={fields.phone} />
        <TextField label="Organization" name="organization" autoComplete="off" error={fields.organization} />
        <TextArea label="First message" name="message" hint="Optional." error={fields.message} />
      </form>
    </Dialog>
  );
}
