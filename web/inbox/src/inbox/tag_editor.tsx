import type {JSX} from 'preact';
import {useId, useState} from 'preact/hooks';

import {Tag} from '../ui/index.ts';

const mostTags = 50;
const maxTagLength = 64;

/** A customer's tags: each can be taken away, new ones are typed; those in use elsewhere are offered. */
export function TagEditor({tags, known, disabled, onChange}: {
  tags: readonly string[];
  known: readonly string[];
  disabled: boolean;
  onChange(tags: string[]): void;
}): JSX.Element {
  const list = useId();
  const [text, setText] = useState('');
  const add = () => {
    const wanted = text.trim();
    setText('');
    if (wanted !== '' && !tags.includes(wanted)) onChange([...tags, wanted]);
  };
  return (
    <div class="tag-editor">
      {[...new Set(tags)].map((tag) => (
        <Tag key={tag} tone="info" removeLabel={`Remove tag ${tag}`}
          onRemove={disabled ? undefined : () => onChange(tags.filter((each) => each !== tag))}>{tag}</Tag>
      ))}
      {!disabled && tags.length < mostTags && (
        <>
          <input class="tag-input" list={list} aria-label="Add a tag" placeholder="Add tag" value={text}
            maxLength={maxTagLength} autoComplete="off"
            onInput={(event) => setText(event.currentTarget.value)} onBlur={add}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || event.key === ',') add();
              else if (event.key === 'Backspace' && text === '' && tags.length > 0) onChange(tags.slice(0, -1));
              else if (event.key === 'Escape') setText('');
              else return;
              event.preventDefault();
            }} />
          <datalist id={list}>
            {known.filter((each) => !tags.includes(each)).map((each) => <option key={each} value={each} />)}
          </datalist>
        </>
      )}
    </div>
  );
}
