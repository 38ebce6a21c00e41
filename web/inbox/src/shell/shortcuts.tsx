import './shortcuts.css';

import type {JSX} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

import {Dialog} from '../ui/index.ts';

type Shortcut = readonly [keys: readonly string[], what: string];

/** Every key of the application, as the help dialog shows them. */
export const shortcuts: readonly {title: string; keys: readonly Shortcut[]}[] = [
  {title: 'Conversations', keys: [
    [['J', '↓'], 'Next conversation'],
    [['K', '↑'], 'Previous conversation'],
    [['Enter'], 'Open it'],
    [['/'], 'Search'],
    [['C'], 'New customer'],
  ]},
  {title: 'In a conversation', keys: [
    [['R'], 'Reply'],
    [['N'], 'Write a note'],
    [['I'], 'Show or hide details'],
    [['Enter'], 'Send'],
    [['Shift', 'Enter'], 'New line'],
    [['Esc'], 'Back to the list'],
  ]},
  {title: 'Everywhere', keys: [
    [['G', 'I'], 'Go to the inbox'],
    [['G', 'T'], 'Go to the team'],
    [['G', 'S'], 'Go to the settings'],
    [['?'], 'This help'],
  ]},
];

/** Whether a key belongs to the field, button or dialog that has the focus, and not to the application. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const at = event.target;
  if (!(at instanceof HTMLElement)) return false;
  return at.isContentEditable || at.closest('input, textarea, select, dialog, [role=menu]') !== null;
}

type Keys = Readonly<Record<string, () => void>>;
const layers: {current: Keys}[] = [];   // of what is shown now, the innermost last
const leader = 'g';
let led = false;                        // the key before was the leader

function listen(event: KeyboardEvent) {
  if (isTaken(event) || document.querySelector('dialog[open]')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const name = led ? `${leader} ${key}` : key;
  led = !led && key === leader;
  const run = [...layers].reverse().find(({current}) => name in current)?.current[name];
  if (!run) return;
  event.preventDefault();
  run();
}

/** Calls what a key stands for (`j`, or `g t` for two in a row), unless the focus is where keys have a meaning. */
export function useKeys(keys: Keys): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    if (layers.push(layer) === 1) document.addEventListener('keydown', listen);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) document.removeEventListener('keydown', listen);
    };
  }, []);
}

/** The list of all keys. */
export function ShortcutsDialog({onClose}: {onClose(): void}): JSX.Element {
  return (
    <Dialog title="Keyboard shortcuts" size="l" onClose={onClose}>
      <div class="shortcuts">
        {shortcuts.map(({title, keys}) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([names, what]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
