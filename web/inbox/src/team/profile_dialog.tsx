import type {Client, Employee} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useId, useState} from 'preact/hooks';

import {useForm, useSending} from '../auth/form.ts';
import {FormAlert} from '../auth/form_alert.tsx';
import {ClashDialog} from '../inbox/clash_dialog.tsx';
import {type Clash, save} from '../inbox/save.ts';
import {Button} from '../ui/button.tsx';
import {Dialog} from '../ui/dialog.tsx';
import {Select, TextField} from '../ui/field.tsx';
import {AvatarField} from './avatar_field.tsx';
import {changes} from './changes.ts';
import {rolesToGive} from './rights.ts';
import {RoleOptions} from './role_options.tsx';

const labels = {name: 'Name', title: 'Title', email: 'Contact e-mail', phone: 'Phone', role: 'Role'};
const pointers = Object.fromEntries(Object.keys(labels).map((name) => [`/${name}`, name]));

const textsOf = ({name, title, email, phone, role}: Employee) => ({name, title, email, phone, role});

/** One's own profile, or that of someone whom one may manage. */
export function ProfileDialog({client, me, employee, onClose}: {
  client: Client;
  me: Employee;
  employee: Employee;
  onClose(): void;
}): JSX.Element {
  const [base] = useState(employee);   // what the form began with, whatever others save meanwhile
  const [clash, setClash] = useState<Clash<Employee> | null>(null);
  const id = useId();
  const write = async (from: Employee, fields: Partial<Employee>) => {
    const met = await save(client, 'employee', from, fields);
    setClash(met);
    if (!met) onClose();
  };
  const form = useForm(pointers, (values) => write(base, changes(textsOf(base), values, ['name', 'role'])));
  const choice = useSending(pointers);
  return (
    <Dialog title={employee.id === me.id ? 'Your profile' : `Edit ${employee.name}`} onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" form={id} kind="primary" busy={form.busy || choice.busy}>Save</Button>
      </>
    )}>
      <div class="form">
        <FormAlert faults={form.faults.form ? form.faults : choice.faults} />
        <AvatarField employee={client.store.get('employee', employee.id) ?? base} />
        <Fields id={id} me={me} employee={base} errors={form.faults.fields} onSubmit={form.onSubmit} />
      </div>
      {clash && (
        <ClashDialog clash={clash} labels={labels} onClose={() => setClash(null)}
          onChoose={(fields) => void choice.run(() => write(clash.theirs, fields))} />
      )}
    </Dialog>
  );
}

function Fields({id, me, employee, errors, onSubmit}: {
  id: string;
  me: Employee;
  employee: Employee;
  errors: Readonly<Record<string, string>>;
  onSubmit(event: Event): void;
}) {
  const own = employee.id === me.id;
  const roles = rolesToGive(me, employee);
  const complete = (token: string) => own ? token : 'off';
  return (
    <form id={id} class="form" noValidate onSubmit={onSubmit}>
      <TextField label={labels.name} name="name" defaultValue={employee.name} autoComplete={complete('name')} required
        error={errors.name} />
      <TextField label={labels.title} name="title" defaultValue={employee.title ?? ''} error={errors.title}
        autoComplete={complete('organization-title')} />
      <TextField label={labels.email} name="email" type="email" defaultValue={employee.email ?? ''} error={errors.email}
        autoComplete={complete('email')} hint="For your team and customers. It does not change the login." />
      <TextField label={labels.phone} name="phone" type="tel" defaultValue={employee.phone ?? ''} error={errors.phone}
        autoComplete={complete('tel')} />
      {roles.length > 1 && (
        <Select label={labels.role} name="role" error={errors.role}>
          <RoleOptions roles={roles} chosen={employee.role} />
        </Select>
      )}
    </form>
  );
}
