import type {JSX} from 'preact';
import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {Button} from '../ui/index.ts';

/** Changes a text in its place. Ctrl+Enter saves, Escape gives up. */
export function TextEditor({label, value, busy, maxLength, onSave, onCancel}: {
  label: string;
  value: string;
  busy: boolean;
  maxLength: number;
  onSave(text: string): void;
  onCancel(): void;
}): JSX.Element {
  const [text, setText] = useState(value);
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(value.length, value.length);
  }, []);
  const save = () => { if (text.trim() !== '') onSave(text); };
  return (
    <form class="text-editor" onSubmit={(event) => { event.preventDefault(); save(); }}>
      <textarea ref={area} class="input" aria-label={label} value={text} dir="auto" maxLength={maxLength}
        rows={Math.min(10, text.split('\n').length + 1)} onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }} />
      <div class="text-editor-foot">
        <Button size="s" kind="primary" type="submit" busy={busy} disabled={text.trim() === ''}>Save</Button>
        <Button size="s" kind="ghost" onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
