import './field.css';

import type {ComponentChildren, JSX, Ref} from 'preact';
import {useId} from 'preact/hooks';

interface Labelled {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** The label is read aloud but not shown. */
  hideLabel?: boolean;
}

function Frame({id, label, hint, error, hideLabel, children}: Labelled & {id: string; children: ComponentChildren}) {
  return (
    <div class="field">
      <label class={hideLabel ? 'visually-hidden' : 'field-label'} for={id}>{label}</label>
      {children}
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
      {hint && !error && <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

function described(id: string, {hint, error}: Labelled) {
  return {
    id,
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-describedby': error ? `${id}-error` : hint ? `${id}-hint` : undefined,
  };
}

type Own = 'label' | 'class' | 'id' | 'ref' | 'role' | 'type';

/** One line of text with its label, and its hint or fault below. */
export function TextField(props: Labelled & Omit<JSX.IntrinsicElements['input'], Own> & {
  type?: 'text' | 'email' | 'password' | 'search' | 'tel' | 'url';
  inputRef?: Ref<HTMLInputElement>;
}): JSX.Element {
  const id = useId();
  const {label, hint, error, hideLabel, type = 'text', inputRef, ...rest} = props;
  return (
    <Frame id={id} {...{label, hint, error, hideLabel}}>
      <input class="input" ref={inputRef}
        {...({...rest, ...described(id, props), type} as JSX.IntrinsicElements['input'])} />
    </Frame>
  );
}

/** Several lines of text. */
export function TextArea(props: Labelled & Omit<JSX.IntrinsicElements['textarea'], Own> & {
  inputRef?: Ref<HTMLTextAreaElement>;
}): JSX.Element {
  const id = useId();
  const {label, hint, error, hideLabel, inputRef, ...rest} = props;
  return (
    <Frame id={id} {...{label, hint, error, hideLabel}}>
      <textarea class="input" rows={3} {...rest} ref={inputRef} {...described(id, props)} />
    </Frame>
  );
}

/** One of several; `children` are the options. */
export function Select(props: Labelled & Omit<JSX.IntrinsicElements['select'], Own>): JSX.Element {
  const id = useId();
  const {label, hint, error, hideLabel, children, ...rest} = props;
  return (
    <Frame id={id} {...{label, hint, error, hideLabel}}>
      <span class="select">
        <select class="input" {...rest} {...described(id, props)}>{children}</select>
      </span>
    </Frame>
  );
}
