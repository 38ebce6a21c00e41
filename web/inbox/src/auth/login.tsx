import {ApiError, type Id} from '@chatmesh/client';
import type {JSX} from 'preact';

import {Button} from '../ui/button.tsx';
import {TextField} from '../ui/field.tsx';
import {useForm} from './form.ts';
import {AuthFrame} from './frame.tsx';
import {type Session, logIn, signUp} from './session.ts';

/** What each of these pages is told: what to do with the session that it got, and where it leads where that is known. */
export interface Entering {
  onEntered(session: Session, company?: Id): void;
}

/** How long a new password has to be; the server decides. */
export const passwordHint = 'At least 10 characters. A few words in a row are good.';

/** Logging in. */
export function LogInPage({onEntered}: Entering): JSX.Element {
  const form = useForm({'/email': 'email', '/password': 'password'}, async ({email = '', password = ''}) => {
    try {
      onEntered(await logIn(email.trim(), password));
    } catch (thrown) {
      if (!(thrown instanceof ApiError && thrown.status === 401)) throw thrown;
      throw new ApiError(401, 'wrong_login', {detail: 'This e-mail address and password don’t belong together.'});
    }
  });
  const {fields} = form.faults;
  return (
    <AuthFrame title="Log in" lead="Good to see you again." fault={form.faults.form}
      foot={<>New here? <a href="#/signup">Start a company</a></>}>
      <form class="form" noValidate onSubmit={form.onSubmit}>
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required error={fields.email} />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required
          error={fields.password} />
        <Button type="submit" kind="primary" busy={form.busy}>Log in</Button>
      </form>
    </AuthFrame>
  );
}

const signUpFields = {'/company': 'company', '/name': 'name', '/email': 'email', '/password': 'password'};

/** A new login with a new company. */
export function SignUpPage({onEntered}: Entering): JSX.Element {
  const form = useForm(signUpFields, async ({company = '', name = '', email = '', password = ''}) => {
    onEntered(await signUp({company, name, email: email.trim(), password}));
  });
  const {fields} = form.faults;
  return (
    <AuthFrame title="Start a company" lead="You become its owner and can invite your team." fault={form.faults.form}
      foot={<>Have an account already? <a href="#/login">Log in</a></>}>
      <form class="form" noValidate onSubmit={form.onSubmit}>
        <TextField label="Company" name="company" autoComplete="organization" required error={fields.company} />
        <TextField label="Your name" name="name" autoComplete="name" required error={fields.name} />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required error={fields.email} />
        <TextField label="Password" name="password" type="password" autoComplete="new-password" required
          hint={passwordHint} error={fields.password} />
        <Button type="submit" kind="primary" busy={form.busy}>Start</Button>
      </form>
    </AuthFrame>
  );
}
