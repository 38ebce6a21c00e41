import './composer.css';

import type {ComponentChildren, JSX, Ref} from 'preact';
import {useImperativeHandle, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {IconButton} from '../ui/index.ts';
import {draftOf, giveBack, keepDraft} from './drafts.ts';

/** What the view around a composer can ask of it. */
export interface ComposerHandle {
  focus(): void;
  /** Puts a text that did not get there before what was typed since. */
  giveBack(text: string): void;
}

const maxHeightPx = 220;
const fitsItself = typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

// As high as its text, up to a bound, in browsers that don't do it themselves.
function fit(area: HTMLTextAreaElement | null) {
  if (!area || fitsItself) return;
  area.style.height = 'auto';
  area.style.height = `${Math.min(area.scrollHeight + 2, maxHeightPx)}px`;
}

/** A field that grows; Enter sends, Shift+Enter begins a line. What is typed is kept under `draft`, also its key. */
export function Composer({draft, label, placeholder, sendLabel, paused, maxLength, onSend, onTyping, hint, handle}: {
  draft: string;
  label: string;
  placeholder: string;
  sendLabel: string;
  /** Why nothing can be sent now. What is typed, and the focus, stay. */
  paused: string | null;
  maxLength: number;
  onSend(text: string): void;
  onTyping?(): void;
  hint?: ComponentChildren;
  handle?: Ref<ComposerHandle>;
}): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => draftOf(draft));
  const set = (next: string) => {
    setText(next);
    keepDraft(draft, next);
  };
  useLayoutEffect(() => fit(area.current), [text]);
  useImperativeHandle(handle ?? null, () => ({
    focus: () => area.current?.focus(),
    giveBack: (back) => { setText(giveBack(draft, back)); area.current?.focus(); },
  }), [draft]);
  const empty = text.trim() === '';
  const send = () => {
    if (empty || paused) return;
    onSend(text.trim());
    set('');
    area.current?.focus();
  };
  return (
    <form class="composer" data-paused={paused !== null} onSubmit={(event) => { event.preventDefault(); send(); }}>
      <div class="composer-box">
        <textarea ref={area} rows={1} aria-label={label} value={text} dir="auto"
          placeholder={paused ? 'Writing is paused' : placeholder} maxLength={maxLength}
          readOnly={paused !== null} aria-disabled={paused !== null}
          onInput={(event) => {
            set(event.currentTarget.value);
            if (event.currentTarget.value.trim() !== '') onTyping?.();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }} />
        <IconButton icon="send" label={sendLabel} class="composer-send" type="submit"
          disabled={empty || paused !== null} />
      </div>
      <div class="composer-foot">{paused ?? hint}</div>
    </form>
  );
}
