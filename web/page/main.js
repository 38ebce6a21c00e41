// The page's beginning: who is here, and which company to show.

import {get, send} from './api.js';
import {wireTabs} from './customer.js';
import {Desk} from './desk.js';
import {byId, el} from './dom.js';
import {wireConfirm, wireDialogs} from './forms.js';
import {invitationToken, showWelcome, wireWelcome} from './welcome.js';

let desk = null;

// Shows the company of that id, or else the first one of these memberships.
function enter(memberships, companyId = null) {
  desk?.leave();
  desk = null;
  if (memberships.length === 0) return showWelcome('company');
  const chosen = memberships.find(({company}) => company.id === companyId) ?? memberships[0];
  byId('company-select').replaceChildren(...memberships.map(({company}) => {
    return el('option', {value: company.id, selected: company === chosen.company}, company.name);
  }));
  byId('welcome').hidden = true;
  byId('desk').hidden = false;
  desk = new Desk(chosen.company.id, () => begin('Log in to go on.'));
  desk.start();
}

async function logOut() {
  await send('DELETE', '/sessions/current').catch(() => {});
  desk?.leave();
  desk = null;
  showWelcome('login', 'You are logged out. See you.');
}

// Goes by the session that the browser holds.
async function begin(lead = undefined) {
  desk?.leave();
  desk = null;
  if (invitationToken()) return showWelcome('accept');
  try {
    enter((await get('/sessions/current')).memberships);
  } catch (problem) {
    showWelcome('login', problem.status === 401 ? lead : problem.message);
  }
}

wireDialogs();
wireConfirm();
wireTabs();
wireWelcome(enter, logOut);
byId('logout').addEventListener('click', logOut);
byId('company-select').addEventListener('change', async (event) => {
  enter((await get('/sessions/current')).memberships, event.target.value);
});
window.addEventListener('hashchange', () => {
  if (invitationToken()) begin();
});
begin();
