import type {JSX} from 'preact';
import {useId, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {Icon, type IconName} from '../ui/index.ts';

/** What `onSave` says of a refused value; null where it was taken. */
export type Refusal = string | null;

/**
 * A value that becomes a field when it is pressed. Enter and leaving it save, Escape gives up. What is refused stays in
 * the field, with the reason below.
 */
export function InlineField<B>(props: {
  label: string;
  value: string;
  /** What the value is part of, as it was when editing began: `onSave` gets it back. */
  base: B;
  icon?: IconName;
  type?: 'text' | 'email' | 'tel';
  placeholder?: string;
  disabled: boolean;
  required?: boolean;
  onSave(value: string, base: B): Promise<Refusal>;
}): JSX.Element {
  const {label, value, base, icon, type = 'text', placeholder = 'Add', disabled, required = false, onSave} = props;
  const id = useId();
  const [text, setText] = useState<string | null>(null);   // null: not edited
  const begun = useRef({base, value});
  const [refusal, setRefusal] = useState<Refusal>(null);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const saving = useRef(false);
  const editing = text !== null;
  useLayoutEffect(() => { if (editing) field.current?.select(); }, [editing]);
  const begin = () => {
    begun.current = {base, value};
    setText(value);
  };
  const end = (refocus: boolean) => {
    setText(null);
    setRefusal(null);
    if (refocus) requestAnimationFrame(() => button.current?.focus());
  };
  const save = async (refocus: boolean) => {
    if (text === null || saving.current) return;
    const wanted = text.trim();
    if (wanted === begun.current.value) return end(refocus);
    if (required && wanted === '') return setRefusal(`${label} can’t be empty.`);
    saving.current = true;
    const said = await onSave(wanted, begun.current.base);
    saving.current = false;
    if (said === null) end(refocus);
    else setRefusal(said);
  };
  return (
    <div class="inline-field">
      <span class="inline-label" id={`${id}-label`}>
        {icon && <Icon name={icon} size={15} />}
        <span class="ellipsis" dir="auto">{label}</span>
      </span>
      {editing ? (
        <span class="inline-edit">
          <input ref={field} {...({type} as {type: 'text'})} class="input" aria-labelledby={`${id}-label`}
            value={text} dir="auto"
            aria-invalid={refusal ? 'true' : undefined} aria-describedby={refusal ? `${id}-error` : undefined}
            autoComplete="off" onInput={(event) => setText(event.currentTarget.value)} onBlur={() => void save(false)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') void save(true);
              else if (event.key === 'Escape') end(true);
              else return;
              event.preventDefault();
              event.stopPropagation();
            }} />
          {refusal && <span class="field-error" id={`${id}-error`} role="alert">{refusal}</span>}
        </span>
      ) : (
        <button ref={button} type="button" class="inline-value" data-empty={value === ''} disabled={disabled}
          aria-label={`${label}: ${value || 'empty'}. Edit`} onClick={begin}>
          <span class="ellipsis" dir="auto">{value || placeholder}</span>
        </button>
      )}
    </div>
  );
}
