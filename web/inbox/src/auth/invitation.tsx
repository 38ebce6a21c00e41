import {ApiError, type Id} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {hrefOf} from '../router.ts';
import {Button} from '../ui/button.tsx';
import {TextField} from '../ui/field.tsx';
import {Segmented} from '../ui/tabs.tsx';
import {type Form, useForm} from './form.ts';
import {AuthFrame} from './frame.tsx';
import {type Entering, passwordHint} from './login.tsx';
import {type Session, accept} from './session.ts';

type Who = 'new' | 'known' | 'me';

// What the server's answers mean here: it tells neither whose invitation it is nor whether there is a login for it.
const meanings: Record<Who, Record<number, string>> = {
  new: {401: 'There is an account for this e-mail address already. Choose “I have an account” and give its password.'},
  known: {401: 'This is not the password of the account that was invited.'},
  me: {
    401: 'This invitation is for another account than yours. Log in with that one, or give its password.',
    422: 'This invitation is for someone new. Choose “I’m new” and a password.',
  },
};
const gone = 'This invitation was used already, or has expired. Ask whoever invited you for a new one.';

async function accepted(token: string, who: Who, proof: {name?: string; password?: string}): Promise<Session> {
  try {
    return await accept(token, proof);
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    const meaning = thrown.status === 404 ? gone : meanings[who][thrown.status];
    throw meaning === undefined ? thrown : new ApiError(thrown.status, 'refused', {detail: meaning});
  }
}

// The company that was just joined: whose employee changed last, from invited to active.
function joined({memberships}: Session): Id | undefined {
  return [...memberships].sort((a, b) => a.employee.updated_at < b.employee.updated_at ? 1 : -1)[0]?.company.id;
}

/** Taking an invitation: as someone new, with the login that one has, or as who is signed in. */
export function InvitationPage({token, session, onEntered}: Entering & {
  token: string;
  session: Session | null;
}): JSX.Element {
  const [who, setWho] = useState<Who>(session ? 'me' : 'new');
  const form = useForm({'/name': 'name', '/password': 'password'}, async ({name = '', password = ''}) => {
    const proof = who === 'me' ? {} : who === 'known' || name.trim() === '' ? {password} : {name, password};
    const entered = await accepted(token, who, proof);
    onEntered(entered, joined(entered));
  });
  const choices = [
    ...(session ? [{value: 'me' as const, label: 'As me'}] : []),
    {value: 'new' as const, label: 'I’m new'},
    {value: 'known' as const, label: 'I have an account'},
  ];
  return (
    <AuthFrame title="Join the team" lead="You were invited to a company on ChatMesh." fault={form.faults.form}
      foot={session ? <a href="#/">Go to the inbox instead</a>
        : <a href={hrefOf({view: 'login', next: hrefOf({view: 'invitation', token})})}>Log in first</a>}>
      <Segmented<Who> label="Who are you?" choices={choices} value={who} onChange={(next) => setWho(next)} />
      <form class="form" noValidate onSubmit={form.onSubmit}>
        {who === 'me' && session && (
          <p>Join as <strong dir="auto">{session.user.name}</strong> ({session.user.email}).</p>
        )}
        {who === 'new' && <NewLogin form={form} />}
        {who === 'known' && <KnownLogin form={form} />}
        <Button type="submit" kind="primary" busy={form.busy}>Join</Button>
      </form>
    </AuthFrame>
  );
}

function NewLogin({form: {faults: {fields}}}: {form: Form}) {
  return (
    <>
      <TextField key="name" label="Your name" name="name" autoComplete="name" error={fields.name}
        hint="Leave it empty to keep the name in the invitation." />
      <TextField key="new" label="Choose a password" name="password" type="password" autoComplete="new-password" required
        hint={passwordHint} error={fields.password} />
    </>
  );
}

function KnownLogin({form: {faults: {fields}}}: {form: Form}) {
  return (
    <TextField key="known" label="Your password" name="password" type="password" autoComplete="current-password" required
      hint="Of the account with the invited e-mail address." error={fields.password} />
  );
}
