import type {Customer} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {Button, IconButton, TextField, toast} from '../ui/index.ts';
import {InlineField, type Refusal} from './inline_field.tsx';

type Scalar = Customer['attributes'][string];

/** A scalar as it was typed: numbers and truth values stay such where the value before was one. */
function parseScalar(text: string, before: Scalar): Scalar {
  if (typeof before === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text);
  if (typeof before === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** What a site knows of its customer, by name: each can be changed or taken away, further ones added. */
export function Attributes({customer, disabled, onChange}: {
  customer: Customer;
  disabled: boolean;
  /** A merge patch: null takes a name away. */
  onChange(changed: Customer['attributes'], base: Customer): Promise<Refusal>;
}): JSX.Element {
  const [adding, setAdding] = useState<{name: string; value: string; refusal: Refusal} | null>(null);
  const add = async () => {
    if (!adding) return;
    const name = adding.name.trim();
    if (name === '') return setAdding({...adding, refusal: 'It needs a name.'});
    const refusal = await onChange({[name]: adding.value}, customer);
    setAdding(refusal === null ? null : {...adding, refusal});
  };
  return (
    <div class="attributes">
      {Object.entries(customer.attributes).map(([name, value]) => (
        <div class="attribute" key={name}>
          <InlineField label={name} value={value === null ? '' : String(value)} base={customer} disabled={disabled}
            placeholder="Empty" onSave={(text, base) => onChange({[name]: parseScalar(text, value)}, base)} />
          {!disabled && (
            <IconButton icon="close" size="s" label={`Remove attribute ${name}`}
              onClick={() => void onChange({[name]: null}, customer).then((refusal) => {
                if (refusal !== null) toast(`Not removed. ${refusal}`, {tone: 'danger'});
              })} />
          )}
        </div>
      ))}
      {adding ? (
        <form class="attribute-new" onSubmit={(event) => { event.preventDefault(); void add(); }}>
          <TextField label="Name" value={adding.name} error={adding.refusal ?? undefined} autoFocus
            onInput={(event) => setAdding({...adding, name: event.currentTarget.value})} />
          <TextField label="Value" value={adding.value}
            onInput={(event) => setAdding({...adding, value: event.currentTarget.value})} />
          <div class="attribute-buttons">
            <Button size="s" kind="primary" type="submit">Add</Button>
            <Button size="s" kind="ghost" onClick={() => setAdding(null)}>Cancel</Button>
          </div>
        </form>
      ) : !disabled && (
        <Button size="s" kind="ghost" icon="plus" onClick={() => setAdding({name: '', value: '', refusal: null})}>
          Add attribute
        </Button>
      )}
    </div>
  );
}
