import {ApiError, type Client, type Company} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {useForm} from '../auth/form.ts';
import {FormAlert} from '../auth/form_alert.tsx';
import {ConflictBanner} from '../team/conflict.tsx';
import {type Difference, differences} from '../team/differences.ts';
import {Button, TextArea, TextField, toast} from '../ui/index.ts';

const fields = {
  name: {label: 'Name', textOf: ({name}: Company) => name, valueOf: (text: string) => text},
  widget_origins: {
    label: 'Sites that may show the widget',
    textOf: ({widget_origins: origins}: Company) => origins.join('\n'),
    valueOf: (text: string) => text.split(/\s+/u).filter(Boolean),
  },
};

/** A form for one of the company's fields; it tells when someone else changed that field first. */
export function CompanyForm({client, company, field, hint, disabled}: {
  client: Client;
  company: Company;
  field: keyof typeof fields;
  hint?: string;
  disabled: boolean;
}): JSX.Element {
  const {label, textOf, valueOf} = fields[field];
  const [base, setBase] = useState(company);
  const [theirs, setTheirs] = useState<readonly Difference[]>([]);
  const form = useForm({[`/${field}`]: field}, async (values) => {
    const text = values[field] ?? '';
    try {
      setBase(await client.update('company', base.id, {[field]: valueOf(text)}, {ifMatch: base.version}));
      setTheirs([]);
      toast('Saved');
    } catch (thrown) {
      if (!(thrown instanceof ApiError && thrown.status === 412)) throw thrown;
      const current = thrown.current as Company;
      setBase(current);
      setTheirs(differences({[field]: label}, {[field]: textOf(current)}, {[field]: text}));
    }
  });
  const common = {label, hint, name: field, disabled, error: form.faults.fields[field]};
  return (
    <form key={theirs.length > 0 ? 'yours' : textOf(base)} class="form" noValidate onSubmit={form.onSubmit}>
      <FormAlert faults={form.faults} />
      {theirs.length > 0 && <ConflictBanner found={theirs} onTakeTheirs={() => setTheirs([])} />}
      {field === 'name' ? <TextField {...common} defaultValue={textOf(base)} required autoComplete="organization" />
        : <TextArea {...common} defaultValue={textOf(base)} rows={3} spellcheck={false} />}
      {!disabled && <p><Button type="submit" kind="primary" busy={form.busy}>Save</Button></p>}
    </form>
  );
}
