import './app.css';

import {signal} from '@preact/signals';
import type {JSX} from 'preact';
import {useEffect} from 'preact/hooks';

import {LogInPage, SignUpPage} from './auth/login.tsx';
import {explain} from './auth/faults.ts';
import {InvitationPage} from './auth/invitation.tsx';
import {NewCompanyPage} from './auth/company.tsx';
import {type Membership, type Session, currentSession, logOut} from './auth/session.ts';
import {type Route, hrefOf, navigate, parseRoute, route} from './router.ts';
import {Workspace} from './shell/workspace.tsx';
import {Button, EmptyState, Spinner, ToastRegion, toast} from './ui/index.ts';

type Gate = {state: 'asking'} | {state: 'failed'} | {state: 'known'; session: Session | null};

const gate = signal<Gate>({state: 'asking'});
const lastCompany = 'chatmesh-company';

function remembered(): string | null {
  try {
    return localStorage.getItem(lastCompany);
  } catch {
    return null;
  }
}

function remember(company: string) {
  try {
    localStorage.setItem(lastCompany, company);
  } catch {
    // the first company is shown next time
  }
}

async function ask() {
  gate.value = {state: 'asking'};
  try {
    gate.value = {state: 'known', session: await currentSession()};
  } catch {
    gate.value = {state: 'failed'};
  }
}

// Where someone who is signed in begins: where they wanted to go, else the company that they were in last.
function begin(session: Session, company?: string) {
  gate.value = {state: 'known', session};
  const {value: from} = route;
  if (!company && from.view === 'login' && from.next) return navigate(parseRoute(from.next), {replace: true});
  const known = (id: string | null | undefined) => session.memberships.find((each) => each.company.id === id);
  const chosen = known(company) ?? known(remembered()) ?? session.memberships[0];
  navigate(chosen ? {view: 'inbox', company: chosen.company.id, customer: null} : {view: 'home'}, {replace: true});
}

async function leave() {
  try {
    await logOut();
  } catch (thrown) {
    toast(`Not logged out. ${explain(thrown, {}).form}`, {tone: 'danger'});
    return;
  }
  gate.value = {state: 'known', session: null};
  navigate({view: 'login'}, {replace: true});
}

function joined(session: Session, membership: Membership) {
  begin({...session, memberships: [...session.memberships, membership]}, membership.company.id);
}

// The session ended elsewhere; what was shown comes back after logging in.
function expelled() {
  const next = hrefOf(route.value);
  gate.value = {state: 'known', session: null};
  navigate({view: 'login', next}, {replace: true});
}

function Redirect({to}: {to: Route}) {
  useEffect(() => navigate(to, {replace: true}), [hrefOf(to)]);
  return <Spinner />;
}

function NotFound() {
  return (
    <main class="centre">
      <EmptyState page icon="search" title="There is nothing at this address"
        action={<Button onClick={() => navigate({view: 'home'}, {replace: true})}>Go to the inbox</Button>}>
        The link may be mistyped, or what it led to is gone.
      </EmptyState>
    </main>
  );
}

function SignedOut({at}: {at: Route}) {
  const entered = (session: Session) => begin(session);
  if (at.view === 'signup') return <SignUpPage onEntered={entered} />;
  if (at.view === 'login') return <LogInPage onEntered={entered} />;
  if (at.view === 'home' || at.view === 'unknown') return <Redirect to={{view: 'login'}} />;
  return <Redirect to={{view: 'login', next: hrefOf(at)}} />;
}

function SignedIn({at, session}: {at: Route; session: Session}) {
  const onCreated = (membership: Membership) => joined(session, membership);
  if (session.memberships.length === 0) {
    return <NewCompanyPage onCreated={onCreated} onLogOut={() => void leave()} />;
  }
  if (at.view === 'inbox' || at.view === 'team' || at.view === 'settings') {
    const membership = session.memberships.find((each) => each.company.id === at.company);
    if (!membership) return <NotFound />;
    remember(at.company);
    return (
      <Workspace key={at.company} at={at} session={session} membership={membership} onCreated={onCreated}
        onLogOut={() => void leave()} onExpelled={expelled} />
    );
  }
  if (at.view === 'unknown') return <NotFound />;
  const company = session.memberships.find((each) => each.company.id === remembered()) ?? session.memberships[0]!;
  return <Redirect to={{view: 'inbox', company: company.company.id, customer: null}} />;
}

function Content(): JSX.Element {
  const {value: at} = route;
  const {value} = gate;
  if (value.state === 'asking') return <main class="centre"><Spinner /></main>;
  if (value.state === 'failed') {
    return (
      <main class="centre">
        <EmptyState page icon="offline" title="ChatMesh can’t be reached"
          action={<Button kind="primary" icon="refresh" onClick={() => void ask()}>Try again</Button>}>
          Check your connection. Nothing is lost.
        </EmptyState>
      </main>
    );
  }
  if (at.view === 'invitation') return <InvitationPage token={at.token} session={value.session} onEntered={begin} />;
  return value.session ? <SignedIn at={at} session={value.session} /> : <SignedOut at={at} />;
}

/** The whole application. */
export function App(): JSX.Element {
  useEffect(() => {
    void ask();
    const again = () => { if (gate.value.state === 'failed') void ask(); };
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, []);
  return (
    <>
      <Content />
      <ToastRegion />
    </>
  );
}
