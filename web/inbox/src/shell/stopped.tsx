import type {State} from '@chatmesh/client';
import type {JSX} from 'preact';

import {hrefOf} from '../router.ts';
import type {Membership} from '../auth/session.ts';
import {Button, EmptyState} from '../ui/index.ts';

/** What ended, in one word. */
type Ending = 'session' | 'membership' | 'company' | 'other';

/** From a goodbye's reason or a refusal's status to what ended. */
function endingOf(reason: string | null): Ending {
  if (reason === null) return 'other';
  if (/session|unauthenticated|token|401/u.test(reason)) return 'session';
  if (/company_deleted/u.test(reason)) return 'company';
  return /membership|forbidden|not_found|403|404/u.test(reason) ? 'membership' : 'other';
}

/** Nothing more comes on this connection: why, and the ways on. */
export function Stopped({state, company, others, onLogIn, onLogOut}: {
  state: State;
  company: string;
  others: readonly Membership[];
  onLogIn(): void;
  onLogOut(): void;
}): JSX.Element {
  const ending = endingOf(state.reason);
  if (ending === 'session') {
    return (
      <main class="centre">
        <EmptyState page icon="lock" title="Your session has ended"
          action={<Button kind="primary" onClick={onLogIn}>Log in again</Button>}>
          You were logged out, here or on another device. After logging in you are back at this place.
        </EmptyState>
      </main>
    );
  }
  if (ending === 'other') {
    return (
      <main class="centre">
        <EmptyState page icon="offline" title="The connection has ended"
          action={<Button kind="primary" icon="refresh" onClick={() => location.reload()}>Load again</Button>}>
          The server doesn’t take this page’s requests any more{state.reason ? ` (${state.reason})` : ''}.
        </EmptyState>
      </main>
    );
  }
  const gone = ending === 'company' ? `${company} was deleted` : `You’re no longer a member of ${company}`;
  return (
    <main class="centre">
      <EmptyState page icon="team" title={gone} action={(
        <div class="stopped-ways">
          {others.map((each) => (
            <a key={each.company.id} class="button secondary"
              href={hrefOf({view: 'inbox', company: each.company.id, customer: null})}>Go to {each.company.name}</a>
          ))}
          <Button kind="ghost" icon="logout" onClick={onLogOut}>Log out</Button>
        </div>
      )}>
        {ending === 'company'
          ? 'Its owner deleted it with everything in it.' : 'Ask one of its admins if that is a mistake.'}
      </EmptyState>
    </main>
  );
}
