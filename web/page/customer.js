// The chosen customer: head, messages, notes, details.

import {get, send, tell} from './api.js';
import {openCustomerDialog} from './customer_dialog.js';
import {byId, el, setText, syncList} from './dom.js';
import {fullTime, showFace} from './faces.js';
import {attempt, confirmDeletion, onSubmit, sendOnEnter} from './forms.js';
import {drawMessages, drawNotes} from './threads.js';

const pageSize = 100;
const typingShownMs = 4_000;
const typingToldEveryMs = 2_000;

export class Customer {
  id = null;
  #next = {notes: null, messages: null};   // where the older pages go on
  #name = '';
  #typers = new Map();                     // id -> {name, timer}
  #typingToldAt = 0;

  constructor(desk, signal) {
    this.desk = desk;
    byId('customer-edit').addEventListener('click', () => openCustomerDialog(desk, this.#object()), {signal});
    byId('customer-delete').addEventListener('click', () => this.#confirmDelete(), {signal});
    byId('messages-more').addEventListener('click', () => attempt(() => this.#read('messages')), {signal});
    byId('notes-more').addEventListener('click', () => attempt(() => this.#read('notes')), {signal});
    byId('message-body').addEventListener('input', () => this.#tellTyping(), {signal});
    onSubmit(byId('message-form'), (form) => this.#write('message', form), signal);
    onSubmit(byId('note-form'), (form) => this.#write('note', form), signal);
    this.show(null);
  }

  leave() {
    this.#forgetTypers();
  }

  title() {
    return this.id ? this.#name : null;
  }

  show(id) {
    this.id = id;
    this.#next = {notes: null, messages: null};
    this.#forgetTypers();
    byId('message-form').reset();
    byId('note-form').reset();
    byId('messages').replaceChildren();
    setText(byId('customer-none-text'), 'Choose a customer to see messages and notes.');
    if (id) this.reload();
  }

  // Reads the latest pages anew, for another customer or another store.
  reload() {
    if (!this.id) return;
    this.desk.adopt(this.id);
    attempt(() => this.#read('messages', true));
    attempt(() => this.#read('notes', true));
  }

  draw() {
    const {store} = this.desk;
    const customer = this.#object();
    byId('customer').hidden = !customer;
    byId('customer-none').hidden = Boolean(customer);
    if (!customer) {
      if (this.id && store.deleted.has(this.id)) {
        setText(byId('customer-none-text'), `${this.#name} was deleted.`);
        this.id = null;
      }
      return;
    }
    this.#name = customer.name;
    showFace(byId('customer-face'), customer, 'large');
    setText(byId('customer-name'), customer.name);
    setText(byId('customer-sub'), [customer.organization, customer.email].filter(Boolean).join(' · '));
    this.#drawChips(customer);
    this.#drawDetails(customer);
    drawMessages(this.desk, customer.id);
    drawNotes(this.desk, customer.id);
    byId('messages-more').hidden = !this.#next.messages;
    byId('notes-more').hidden = !this.#next.notes;
  }

  someoneTypes({customer_id: customerId, by}) {
    if (customerId !== this.id) return;
    clearTimeout(this.#typers.get(by.id)?.timer);
    const timer = setTimeout(() => {
      this.#typers.delete(by.id);
      this.#drawTypers();
    }, typingShownMs);
    this.#typers.set(by.id, {name: by.name, timer});
    this.#drawTypers();
  }

  #object() {
    return this.desk.store.customers.get(this.id) ?? null;
  }

  // A page of this customer's messages or notes into the store. What comes back too late is dropped by the store's rules.
  async #read(kind, latest = false) {
    const {id} = this;
    const store = this.desk.fresh();
    const query = new URLSearchParams({customer_id: id, limit: pageSize});
    if (!latest && this.#next[kind]) query.set('after', this.#next[kind]);
    const page = await get(`${this.desk.path}/${kind}?${query}`);
    page.items.forEach((item) => store.put(kind === 'notes' ? 'note' : 'message', item));
    if (id === this.id) this.#next[kind] = page.next;
    this.desk.draw();
  }

  async #write(entity, form) {
    const {desk, id} = this;
    const field = form.elements.namedItem('body');
    const {value, cursor} = await send('POST', `${desk.path}/${entity}s`, {customer_id: id, body: field.value});
    desk.wrote(entity, 'created', value, cursor);
    if (id === this.id) form.reset();
  }

  #confirmDelete() {
    const {desk} = this;
    const customer = this.#object();
    confirmDeletion(`Delete ${customer.name}?`, 'Messages and notes go with it, for everyone.', async () => {
      const {cursor} = await send('DELETE', `${desk.path}/customers/${customer.id}`);
      desk.wrote('customer', 'deleted', customer, cursor);
      desk.select(null);
    });
  }

  #drawChips(customer) {
    const {store} = this.desk;
    const assigned = customer.assigned_employee_id && store.person(customer.assigned_employee_id);
    const chips = [{key: `status ${customer.status}`, kind: `status ${customer.status}`, text: customer.status}];
    if (assigned) chips.push({key: `assigned ${assigned.id}`, kind: 'assigned', text: assigned.name, person: assigned});
    chips.push(...[...new Set(customer.tags)].map((tag) => ({key: `tag ${tag}`, kind: 'tag', text: tag})));
    syncList(byId('customer-chips'), chips, ({key}) => key,
      ({kind}) => el('span', {class: `chip ${kind}`}, el('span', {class: 'chip-face'}), el('span', {class: 'chip-text', dir: 'auto'})),
      (node, {text, person}) => {
        setText(node.querySelector('.chip-text'), text);
        if (person) showFace(node.querySelector('.chip-face'), person, 'tiny', store.isOnline(person.id));
      });
  }

  #drawDetails(customer) {
    const rows = [
      ['E-mail', customer.email], ['Phone', customer.phone], ['Organization', customer.organization],
      ...Object.entries(customer.attributes).map(([name, value]) => [name, String(value)]),
      ['Version', String(customer.version)], ['Since', fullTime(customer.created_at)],
      ['Changed', fullTime(customer.updated_at)], ['Id', customer.id],
    ].filter(([, value]) => value);
    syncList(byId('details'), rows.map(([name, value], index) => ({name, value, key: `${index} ${name}`})), ({key}) => key,
      ({name}) => el('div', {class: 'detail'}, el('dt', {dir: 'auto'}, name), el('dd', {dir: 'auto'})),
      (node, {value}) => setText(node.lastElementChild, value));
  }

  #forgetTypers() {
    for (const {timer} of this.#typers.values()) clearTimeout(timer);
    this.#typers.clear();
    this.#drawTypers();
  }

  #drawTypers() {
    const names = [...this.#typers.values()].map(({name}) => name);
    setText(byId('typing'), names.length ? `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} typing…` : '');
  }

  #tellTyping() {
    const now = Date.now();
    if (!this.id || now - this.#typingToldAt < typingToldEveryMs) return;
    this.#typingToldAt = now;
    tell(`${this.desk.path}/typing`, {customer_id: this.id});
  }
}

// The tabs: arrow keys move between them, as the ARIA pattern has it.
export function wireTabs() {
  const tabs = [...document.querySelectorAll('[role=tab]')];
  const choose = (tab) => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute('aria-selected', String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      byId(other.getAttribute('aria-controls')).hidden = !chosen;
    }
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener('click', () => choose(tab));
    tab.addEventListener('keydown', (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });
  sendOnEnter(byId('message-body'));
  sendOnEnter(byId('note-body'));
}
