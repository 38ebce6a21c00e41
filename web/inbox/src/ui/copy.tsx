import './copy.css';

import type {JSX} from 'preact';
import {useId, useRef, useState} from 'preact/hooks';

import {Button} from './button.tsx';

// The clipboard needs a safe origin (https or this machine); elsewhere the old command still works on what is selected.
async function copied(field: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand('copy');
  }
}

/** A text to take along, with a button that copies it; `lines` above one wraps it. */
export function CopyField({label, value, hint, lines = 1}: {
  label: string;
  value: string;
  hint?: string;
  lines?: number;
}): JSX.Element {
  const id = useId();
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [said, say] = useState('');
  const copy = async () => {
    if (!field.current) return;
    say(await copied(field.current) ? 'Copied' : 'Select it and copy it yourself');
  };
  const attributes = {id, ref: field, class: 'input', readOnly: true, value, spellcheck: false,
    'aria-describedby': hint ? `${id}-hint` : undefined, onFocus: () => field.current?.select()};
  return (
    <div class="copy">
      <div class="field">
        <label class="field-label" for={id}>{label}</label>
        {lines > 1 ? <textarea {...attributes} rows={lines} /> : <input {...attributes} type="text" />}
      </div>
      <Button icon={said === 'Copied' ? 'check' : 'copy'} onClick={() => void copy()}>Copy</Button>
      {hint && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
      <span class="visually-hidden" role="status">{said}</span>
    </div>
  );
}
