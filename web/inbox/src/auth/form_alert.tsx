import type {JSX} from 'preact';

import {Banner} from '../ui/small.tsx';
import type {Faults} from './faults.ts';

/** What a refusal said of the form as a whole; read aloud when it appears. */
export function FormAlert({faults}: {faults: Faults}): JSX.Element {
  return <div role="alert">{faults.form && <Banner tone="danger" icon="alert">{faults.form}</Banner>}</div>;
}
