import './conflict.css';

import type {JSX} from 'preact';

import {Button} from '../ui/button.tsx';
import {Banner} from '../ui/small.tsx';
import type {Difference} from './differences.ts';

/** Someone saved the same thing first: both versions, and the choice. Saving again keeps what is in the form. */
export function ConflictBanner({found, onTakeTheirs}: {
  found: readonly Difference[];
  onTakeTheirs(): void;
}): JSX.Element {
  return (
    <Banner tone="warning" icon="alert">
      <p><strong>Someone else changed this meanwhile.</strong> Save again to keep yours.</p>
      <table class="conflict">
        <thead><tr><th scope="col">Field</th><th scope="col">Theirs</th><th scope="col">Yours</th></tr></thead>
        <tbody>
          {found.map(({label, theirs, yours}) => (
            <tr key={label}><th scope="row">{label}</th><td dir="auto">{theirs || '—'}</td><td dir="auto">{yours || '—'}</td></tr>
          ))}
        </tbody>
      </table>
      <Button size="s" onClick={onTakeTheirs}>Take theirs</Button>
    </Banner>
  );
}
