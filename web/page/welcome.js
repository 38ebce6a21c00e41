// Signing up, logging in, accepting an invitation.

import {Problem, get, send} from './api.js';
import {byId, setText} from './dom.js';
import {onSubmit} from './forms.js';

const views = {
  login: {form: 'login-form', title: 'Log in', lead: 'Good to see you.'},
  signup: {form: 'signup-form', title: 'Start a company', lead: 'You become its owner and can invite your team.'},
  accept: {form: 'accept-form', title: 'Join the team', lead: 'You were invited. Choose a password and you are in.'},
  company: {form: 'company-form', title: 'Start a company', lead: 'You are logged in, but no member of a company yet.'},
};

// `#/invitations/<token>`: what the link of an invitation carries. It stays out of requests and their logs.
export function invitationToken() {
  return /^#\/invitations\/([\w.~-]+)$/u.exec(location.hash)?.[1] ?? null;
}

function forgetInvitation() {
  history.replaceState(null, '', location.pathname + location.search);
}

const text = (form, name) => form.elements.namedItem(name).value;

// Shows one of the views; `lead` replaces its opening words.
export function showWelcome(view, lead = views[view].lead) {
  byId('desk').hidden = true;
  byId('welcome').hidden = false;
  document.title = `${views[view].title} · ChatMesh`;
  setText(byId('welcome-title'), views[view].title);
  setText(byId('welcome-lead'), lead);
  for (const [name, {form}] of Object.entries(views)) byId(form).hidden = name !== view;
  byId(views[view].form).querySelector('input').focus();
}

// onEntered(memberships): called when there is a session. onLeft(): the user wants to log out.
export function wireWelcome(onEntered, onLeft) {
  for (const button of byId('welcome').querySelectorAll('[data-show]')) {
    button.addEventListener('click', () => {
      forgetInvitation();
      if (button.dataset.show === 'logout') onLeft();
      else showWelcome(button.dataset.show);
    });
  }
  onSubmit(byId('login-form'), async (form) => {
    const {value} = await send('POST', '/sessions', {email: text(form, 'email'), password: text(form, 'password')});
    form.reset();
    onEntered(value.memberships);
  });
  onSubmit(byId('signup-form'), async (form) => {
    const {value} = await send('POST', '/signup', {
      company: {name: text(form, 'company')},
      name: text(form, 'name'), email: text(form, 'email'), password: text(form, 'password'),
    });
    form.reset();
    onEntered([value]);
  });
  onSubmit(byId('accept-form'), async (form) => {
    const body = {password: text(form, 'password')};
    if (text(form, 'name')) body.name = text(form, 'name');
    let answer;
    try {
      answer = await send('POST', `/invitations/${encodeURIComponent(invitationToken() ?? '')}/accept`, body);
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      throw new Problem(404, {detail: 'This invitation was used or has expired. Ask for a new one.'});
    }
    forgetInvitation();
    form.reset();
    onEntered(answer.value.memberships);
  });
  onSubmit(byId('company-form'), async (form) => {
    await send('POST', '/companies', {name: text(form, 'name')});
    onEntered((await get('/sessions/current')).memberships);
  });
}
