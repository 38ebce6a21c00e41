import {type Employee, request} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';

import {explain} from '../auth/faults.ts';
import {Banner, Button, Select, Spinner} from '../ui/index.ts';
import {type AuditEntry, actor, changedFields, subject} from './audit.ts';
import {Card} from './card.tsx';

const pageSize = 50;
const entities = ['company', 'employee', 'customer', 'note', 'message'] as const;
const time = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'short'});

interface Page {
  items: AuditEntry[];
  next: string | null;
}

/** Who did what and when, the latest first. */
export function AuditSection({me}: {me: Employee}): JSX.Element {
  const [entity, setEntity] = useState('');
  const [entries, setEntries] = useState<readonly AuditEntry[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<{loading: boolean; fault: string | null}>({loading: true, fault: null});
  const asked = useRef(0);   // an answer to an earlier question comes too late
  const load = async (after: string | null) => {
    const mine = ++asked.current;
    setState({loading: true, fault: null});
    const query = new URLSearchParams({limit: String(pageSize), ...(entity && {entity}), ...(after && {after})});
    try {
      const page = await request<Page>('/api/v1', 'GET', `/companies/${me.company_id}/audit?${query}`);
      if (mine !== asked.current) return;
      setEntries((before) => after ? [...before, ...page.items] : page.items);
      setNext(page.next);
      setState({loading: false, fault: null});
    } catch (thrown) {
      if (mine === asked.current) setState({loading: false, fault: explain(thrown, {}).form});
    }
  };
  useEffect(() => { void load(null); }, [entity]);
  return (
    <Card title="Audit trail" lead="Who did what, and when.">
      <Select label="About" value={entity} onChange={(event) => setEntity(event.currentTarget.value)}>
        <option value="">everything</option>
        {entities.map((each) => (
          <option key={each} value={each}>{each === 'company' ? 'the company' : `${each}s`}</option>
        ))}
      </Select>
      <ol>{entries.map((entry) => <Entry key={entry.seq} entry={entry} />)}</ol>
      {state.fault && <Banner tone="danger" icon="alert">{state.fault}</Banner>}
      {state.loading ? <Spinner /> : (next || state.fault)
        && <p><Button onClick={() => void load(next)}>{state.fault ? 'Again' : 'Show more'}</Button></p>}
    </Card>
  );
}

function Entry({entry}: {entry: AuditEntry}) {
  const changed = changedFields(entry);
  const line = (
    <>
      <strong dir="auto">{actor(entry)}</strong> {entry.action}{' '}
      {entry.entity === 'company' ? 'the company' : <>{entry.entity} <bdi>{subject(entry)}</bdi></>}
    </>
  );
  return (
    <li class="audit-entry">
      <time class="quiet small" dateTime={entry.at}>{time.format(new Date(entry.at))}</time>
      {changed.length === 0 ? <p>{line}</p> : (
        <details>
          <summary>{line}</summary>
          <dl class="audit-changes small">{changed.map(({field, before, after}) => (
            <div key={field}>
              <dt>{field.replaceAll('_', ' ')}</dt>
              <dd><del dir="auto">{before || '—'}</del> <ins dir="auto">{after || '—'}</ins></dd>
            </div>
          ))}</dl>
        </details>
      )}
    </li>
  );
}
