// The team with its presence dots, and inviting someone to it.

import {send} from './api.js';
import {byId, el, setText, syncList} from './dom.js';
import {showFace} from './faces.js';
import {onSubmit, openDialog} from './forms.js';

const rolesBelow = {owner: ['agent', 'admin', 'owner'], admin: ['agent', 'admin'], agent: []};

function createLine() {
  return el('li', {class: 'employee'},
    el('span', {class: 'employee-face'}),
    el('span', {class: 'employee-text'},
      el('span', {class: 'employee-name', dir: 'auto'}),
      el('span', {class: 'employee-title', dir: 'auto'})),
    el('span', {class: 'sr employee-presence'}));
}

export class Team {
  constructor(desk, signal) {
    this.desk = desk;
    byId('invite').addEventListener('click', () => this.#openInvite(), {signal});
    byId('invite-link').addEventListener('focus', (event) => event.target.select(), {signal});
    onSubmit(byId('invite-form'), (form) => this.#invite(form), signal);
  }

  draw() {
    const {store} = this.desk;
    const me = store.myself();
    byId('invite').hidden = rolesBelow[me.role].length === 0;
    const employees = store.employees()
      .map((employee) => ({employee, online: store.isOnline(employee.id)}))
      .sort((a, b) => b.online - a.online || a.employee.name.localeCompare(b.employee.name));
    setText(byId('online-count'), `${employees.filter(({online}) => online).length} online`);
    syncList(byId('employees'), employees, ({employee}) => employee.id, createLine, (line, {employee, online}) => {
      showFace(line.querySelector('.employee-face'), employee, 'small', online);
      setText(line.querySelector('.employee-name'), employee.name);
      const parts = [employee.title ?? employee.role];
      if (employee.id === me.id) parts.push('you');
      if (employee.status === 'invited') parts.push('invited');
      setText(line.querySelector('.employee-title'), parts.join(' · '));
      setText(line.querySelector('.employee-presence'), online ? 'online' : 'offline');
      line.dataset.online = String(online);
    });
  }

  #openInvite() {
    openDialog('invite-dialog', (form) => {
      byId('invite-fields').hidden = false;
      byId('invite-done').hidden = true;
      byId('invite-submit').hidden = false;
      const roles = rolesBelow[this.desk.store.myself().role];
      form.elements.namedItem('role').replaceChildren(...roles.map((role) => el('option', {value: role}, role)));
    });
  }

  async #invite(form) {
    const body = {role: form.elements.namedItem('role').value};
    for (const name of ['name', 'email', 'title']) body[name] = form.elements.namedItem(name).value || null;
    const {value, cursor} = await send('POST', `${this.desk.path}/employees`, body);
    const {invitation, ...employee} = value;
    this.desk.wrote('employee', 'created', employee, cursor);
    byId('invite-fields').hidden = true;
    byId('invite-submit').hidden = true;
    byId('invite-done').hidden = false;
    byId('invite-link').value = invitation.url;
    byId('invite-link').focus();
  }
}
