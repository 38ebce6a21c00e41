import {type Employee, request} from '@chatmesh/client';
import type {JSX} from 'preact';

import {useSending} from '../auth/form.ts';
import {FormAlert} from '../auth/form_alert.tsx';
import {ConfirmDialog, toast} from '../ui/index.ts';

/** Asks before someone loses their place in the company. */
export function RemoveDialog({me, employee, onClose}: {
  me: Employee;
  employee: Employee;
  onClose(): void;
}): JSX.Element {
  const {faults, busy, run} = useSending();
  const own = employee.id === me.id;
  const remove = () => void run(async () => {
    // Not by the client, which takes it for done at once: whoever leaves would see the refusal no more.
    await request('/api/v1', 'DELETE', `/companies/${employee.company_id}/employees/${employee.id}`);
    toast(own ? 'You have left the company' : `${employee.name} was removed`);
    onClose();
  });
  return (
    <ConfirmDialog title={own ? 'Leave the company?' : `Remove ${employee.name}?`} action={own ? 'Leave' : 'Remove'}
      busy={busy} onConfirm={remove} onClose={onClose}>
      <FormAlert faults={faults} />
      <p>{own ? 'You lose' : 'They lose'} access at once, everywhere. {own ? 'Your' : 'Their'} customers are assigned to
        nobody then; notes and messages stay.</p>
    </ConfirmDialog>
  );
}
