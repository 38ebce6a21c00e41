import './tabs.css';

import type {ComponentChildren, JSX} from 'preact';

/** One of a row of choices. */
export interface Choice<T extends string> {
  value: T;
  label: string;
  count?: number;
}

// Arrow keys move and choose, as the ARIA pattern for tabs and radio groups has it.
function onArrow(event: KeyboardEvent, count: number, at: number, choose: (index: number) => void) {
  const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const next = (at + step + count) % count;
  choose(next);
  const row = (event.currentTarget as HTMLElement);
  (row.children[next] as HTMLElement | undefined)?.focus();
}

/** Tabs over panels that `<TabPanel>` shows; `id` joins the two. */
export function Tabs<T extends string>({id, label, choices, value, onChange}: {
  id: string;
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange(value: T): void;
}): JSX.Element {
  const at = choices.findIndex((choice) => choice.value === value);
  return (
    <div class="tabs" role="tablist" aria-label={label}
      onKeyDown={(event) => onArrow(event, choices.length, at, (index) => onChange(choices[index]!.value))}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" role="tab" class="tab" id={`${id}-${choice.value}`}
          aria-controls={`${id}-panel`} aria-selected={choice.value === value}
          tabIndex={choice.value === value ? 0 : -1} onClick={() => onChange(choice.value)}>
          {choice.label}{choice.count !== undefined && <span class="tab-count">{choice.count}</span>}
        </button>
      ))}
    </div>
  );
}

/** What the chosen tab shows. */
export function TabPanel({id, value, class: extra, children}: {
  id: string;
  value: string;
  class?: string;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={extra} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>{children}</div>
  );
}

/** A small choice of one among few, all in sight. */
export function Segmented<T extends string>({label, choices, value, onChange}: {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange(value: T): void;
}): JSX.Element {
  const at = choices.findIndex((choice) => choice.value === value);
  return (
    <div class="segmented" role="radiogroup" aria-label={label}
      onKeyDown={(event) => onArrow(event, choices.length, at, (index) => onChange(choices[index]!.value))}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" role="radio" class="segment" aria-checked={choice.value === value}
          tabIndex={choice.value === value ? 0 : -1} onClick={() => onChange(choice.value)}>
          {choice.label}
        </button>
      ))}
    </div>
  );
}
