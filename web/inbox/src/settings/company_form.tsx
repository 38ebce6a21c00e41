import type {Client, Company} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {useForm, useSending} from '../auth/form.ts';
import {FormAlert} from '../auth/form_alert.tsx';
import {ClashDialog} from '../inbox/clash_dialog.tsx';
import {type Clash, save} from '../inbox/save.ts';
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
  const [base, setBase] = useState(company);   // what the form began with, whatever others save meanwhile
  const [clash, setClash] = useState<Clash<Company> | null>(null);
  const write = async (from: Company, changed: Partial<Company>) => {
    const met = await save(client, 'company', from, changed);
    setClash(met);
    if (met) return;
    setBase(client.store.company ?? from);
    toast('Saved');
  };
  const form = useForm({[`/${field}`]: field}, (values) => write(base, {[field]: valueOf(values[field] ?? '')}));
  const choice = useSending({[`/${field}`]: field});
  const common = {label, hint, name: field, disabled, error: form.faults.fields[field] ?? choice.faults.fields[field]};
  return (
    <>
      <form key={textOf(base)} class="form" noValidate onSubmit={form.onSubmit}>
        <FormAlert faults={form.faults.form ? form.faults : choice.faults} />
        {field === 'name' ? <TextField {...common} defaultValue={textOf(base)} required autoComplete="organization" />
          : <TextArea {...common} defaultValue={textOf(base)} rows={3} spellcheck={false} />}
        {!disabled && <p><Button type="submit" kind="primary" busy={form.busy || choice.busy}>Save</Button></p>}
      </form>
      {clash && (
        <ClashDialog clash={clash} labels={{[field]: label}} onClose={() => setClash(null)}
          onChoose={(changed) => void choice.run(() => write(clash.theirs, changed))} />
      )}
    </>
  );
}
