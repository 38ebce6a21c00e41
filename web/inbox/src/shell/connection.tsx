import './connection.css';

import type {Client, State} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useEffect, useLayoutEffect, useState} from 'preact/hooks';

import {Banner, Icon} from '../ui/index.ts';

/** The connection as it is now. */
export function useConnection(client: Client): State {
  const [state, setState] = useState<State>({...client.state});
  useLayoutEffect(() => {
    setState({...client.state});
    return client.on('state', (next) => setState({...next}));
  }, [client]);
  return state;
}

const shownAfterMs = 1_500;   // most gaps are shorter, and nobody needs to know of those

function useLasting(wanted: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!wanted) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), shownAfterMs);
    return () => clearTimeout(timer);
  }, [wanted]);
  return lasting && wanted;
}

/** Why nothing can be written now; null where it can. A short gap is no reason: a write waits for its end by itself. */
export function usePausedReason(client: Client): string | null {
  const {status} = useConnection(client);
  const away = useLasting(status === 'reconnecting');
  if (status === 'offline') return 'You’re offline. You can write again as soon as you’re back.';
  if (status === 'stopped') return 'The connection has ended.';
  return away ? 'Not connected. You can write again in a moment.' : null;
}

function words({status, transport}: State): string {
  if (status === 'live') return transport === 'poll' ? 'Connected (slow path)' : 'Connected';
  if (status === 'connecting') return 'Connecting…';
  if (status === 'reconnecting') return 'Reconnecting…';
  return status === 'offline' ? 'Offline' : 'Disconnected';
}

/** Always in sight: a dot while all is well, words where it is not. */
export function ConnectionMark({state}: {state: State}): JSX.Element {
  return (
    <span class="connection" data-status={state.status} role="status" title={words(state)}>
      {state.status === 'offline' ? <Icon name="offline" size={16} /> : <span class="connection-dot" />}
      <span class="connection-words">{words(state)}</span>
    </span>
  );
}

// Counts down by itself; only while someone can see it.
function Seconds({until}: {until: number}) {
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return <span class="quiet" aria-hidden="true">{seconds > 0 ? `Next try in ${seconds} s` : 'Trying…'}</span>;
}

/** A line above the view while the connection is away: what still works, and what happens next. */
export function ConnectionBanner({state}: {state: State}): JSX.Element | null {
  const away = state.status === 'offline' || state.status === 'reconnecting';
  const lasting = useLasting(away);
  if (!away || (!lasting && state.status !== 'offline')) return null;
  const offline = state.status === 'offline';
  return (
    <Banner tone="warning" icon={offline ? 'offline' : 'refresh'}
      action={!offline && state.retryAt !== null ? <Seconds until={state.retryAt} /> : undefined}>
      <strong>{offline ? 'You’re offline.' : 'Reconnecting.'}</strong>{' '}
      You can read on; writing is paused. Everything catches up by itself.
    </Banner>
  );
}
