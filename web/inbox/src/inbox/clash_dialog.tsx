import './clash_dialog.css';

import type {JSX} from 'preact';
import {useId, useState} from 'preact/hooks';

import {Button, Dialog} from '../ui/index.ts';
import type {Clash} from './save.ts';

type Side = 'theirs' | 'yours';

function words(value: unknown): string {
  if (value === null || value === undefined || value === '') return '(empty)';
  if (Array.isArray(value)) return value.length ? value.join(', ') : '(none)';
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value);
}

/**
 * Two people changed the same thing: both versions side by side, to choose from field by field. `show` tells a value in
 * words where its own are not enough.
 */
export function ClashDialog<T extends object>({clash, labels, show = (_, value) => words(value), onChoose, onClose}: {
  clash: Clash<T>;
  labels: Readonly<Record<string, string>>;
  show?: (field: string, value: unknown) => string;
  /** The fields to write over theirs; none where all of theirs were chosen. */
  onChoose(fields: Partial<T>): void;
  onClose(): void;
}): JSX.Element {
  const form = useId();
  const [chosen, choose] = useState<Readonly<Record<string, Side>>>({});
  const sideOf = (field: string): Side => chosen[field] ?? 'yours';
  const submit = () => {
    const fields: Partial<T> = {...clash.fields};
    for (const {field, yours} of clash.conflicts) {
      if (sideOf(field) === 'yours') fields[field] = yours as T[keyof T & string];
    }
    onClose();
    onChoose(fields);
  };
  return (
    <Dialog title="Someone else changed this too" onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Discard mine</Button>
        <Button kind="primary" type="submit" form={form}>Save the choice</Button>
      </>
    )}>
      <form id={form} class="form" onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <p class="quiet">It was saved while you were editing. Nothing is lost: choose which version stays.</p>
        {clash.conflicts.map(({field, theirs, yours}) => (
          <fieldset key={field} class="clash">
            <legend>{labels[field] ?? field}</legend>
            {([['theirs', 'Theirs', theirs], ['yours', 'Yours', yours]] as const).map(([side, title, value]) => (
              <label key={side} class="clash-side" data-chosen={sideOf(field) === side}>
                <input type="radio" name={`${form}-${field}`} value={side} checked={sideOf(field) === side}
                  onChange={() => choose({...chosen, [field]: side})} />
                <span class="clash-title">{title}</span>
                <span class="clash-value" dir="auto">{show(field, value)}</span>
              </label>
            ))}
          </fieldset>
        ))}
      </form>
    </Dialog>
  );
}
