// The list of customers, by latest activity, and making a new one.

import {get} from './api.js';
import {openCustomerDialog} from './customer_dialog.js';
import {byId, el, setText, syncList} from './dom.js';
import {shortTime, showFace} from './faces.js';
import {attempt} from './forms.js';

const pageSize = 200;

function createLine(customer, onSelect) {
  return el('li', {},
    el('button', {type: 'button', class: 'customer-line', onclick: () => onSelect(customer.id)},
      el('span', {class: 'line-face'}),
      el('span', {class: 'line-text'},
        el('span', {class: 'line-name', dir: 'auto'}),
        el('time', {class: 'line-time'}),
        el('span', {class: 'line-latest', dir: 'auto'}),
        el('span', {class: 'line-status'}))));
}

function latestWords({customer, message}) {
  if (!message) return customer.organization ?? customer.email ?? 'No messages yet';
  const words = message.body.slice(0, 120);
  return message.direction === 'outbound' ? `${message.author.name}: ${words}` : words;
}

const matches = (customer, words) => {
  const text = [customer.name, customer.email, customer.organization, customer.phone, ...customer.tags]
    .filter(Boolean).join('\n').toLocaleLowerCase();
  return words.every((word) => text.includes(word));
};

export class Customers {
  #next = undefined;   // where the list goes on: undefined = not asked yet, null = it is complete

  constructor(desk, signal) {
    this.desk = desk;
    byId('customers-filter').value = '';
    byId('customers-filter').addEventListener('input', () => desk.draw(), {signal});
    byId('customers-more').addEventListener('click', () => attempt(() => this.#more()), {signal});
    byId('customer-new').addEventListener('click', () => openCustomerDialog(desk, null), {signal});
  }

  draw() {
    const {store, customer: shown} = this.desk;
    const words = byId('customers-filter').value.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
    const all = store.customersByActivity();
    const found = words.length ? all.filter(({customer}) => matches(customer, words)) : all;
    setText(byId('customers-count'), words.length ? `${found.length} of ${all.length}` : String(all.length));
    syncList(byId('customers'), found, ({customer}) => customer.id,
      ({customer}) => createLine(customer, (id) => this.desk.select(id)),
      (line, item) => this.#update(line, item, item.customer.id === shown.id));
    byId('customers-empty').hidden = found.length > 0;
    setText(byId('customers-empty'), words.length ? 'No customer matches.' : 'No customers yet. Make the first one.');
    byId('customers-more').hidden = !store.truncated || this.#next === null;
  }

  #update(line, {customer, message, at}, selected) {
    line.dataset.status = customer.status;
    showFace(line.querySelector('.line-face'), customer);
    setText(line.querySelector('.line-name'), customer.name);
    setText(line.querySelector('.line-time'), shortTime(at));
    setText(line.querySelector('.line-latest'), latestWords({customer, message}));
    setText(line.querySelector('.line-status'), customer.status === 'open' ? '' : customer.status);
    if (selected) line.firstElementChild.setAttribute('aria-current', 'true');
    else line.firstElementChild.removeAttribute('aria-current');
  }

  async #more() {
    const store = this.desk.fresh();
    const query = new URLSearchParams({limit: pageSize});
    if (this.#next) query.set('after', this.#next);
    const page = await get(`${this.desk.path}/customers?${query}`);
    page.items.forEach((customer) => store.put('customer', customer));
    this.#next = page.next;
    this.desk.draw();
  }
}
