// Making and editing a customer. Saving sends the whole object as the page has it, with what the form changed, and the
// version it started from: nobody's change is lost unseen.

import {Problem, send} from './api.js';
import {byId, el, setText} from './dom.js';
import {closeDialog, onSubmit, openDialog} from './forms.js';

let subject = null;   // {desk, customer}: customer is null for a new one

const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);

function isScalarText(text) {
  try {
    return ['number', 'boolean'].includes(typeof JSON.parse(text));
  } catch {
    return false;
  }
}

// "plan = pro": numbers, true and false are those; a text that looks like one stands in quotes.
function attributesText(attributes) {
  const show = (value) => (typeof value !== 'string' || isScalarText(value) || value.startsWith('"')
    ? JSON.stringify(value) : value);
  return Object.entries(attributes).map(([name, value]) => `${name} = ${show(value)}`).join('\n');
}

function readAttributes(text) {
  return Object.fromEntries(lines(text).map((line) => {
    const [name, ...rest] = line.split('=');
    const value = rest.join('=').trim();
    if (isScalarText(value)) return [name.trim(), JSON.parse(value)];
    try {
      return [name.trim(), String(JSON.parse(value))];
    } catch {
      return [name.trim(), value];
    }
  }));
}

const readers = {
  tags: lines,
  attributes: readAttributes,
  name: (text) => text,
  status: (text) => text,
};
const readOptional = (text) => text || null;

// The fields as the form shows them.
function shownFields(customer) {
  return {
    name: customer?.name ?? '', email: customer?.email ?? '', phone: customer?.phone ?? '',
    organization: customer?.organization ?? '', status: customer?.status ?? 'open',
    assigned_employee_id: customer?.assigned_employee_id ?? '',
    tags: (customer?.tags ?? []).join('\n'), attributes: attributesText(customer?.attributes ?? {}),
  };
}

// Only fields whose text differs from what was shown; the others stay as they are, byte for byte.
function changedFields(form, shown) {
  const changed = {};
  for (const [name, before] of Object.entries(shown)) {
    const now = form.elements.namedItem(name).value;
    if (now !== before) changed[name] = (readers[name] ?? readOptional)(now);
  }
  return changed;
}

export function openCustomerDialog(desk, customer) {
  subject = {desk, customer};
  setText(byId('customer-dialog-title'), customer ? 'Edit customer' : 'New customer');
  openDialog('customer-dialog', (form) => {
    const people = desk.store.employees().filter((employee) => employee.id !== customer?.assigned_employee_id)
      .sort((a, b) => a.name.localeCompare(b.name));
    const assigned = customer?.assigned_employee_id && desk.store.person(customer.assigned_employee_id);
    form.elements.namedItem('assigned_employee_id').replaceChildren(el('option', {value: ''}, 'nobody'),
      ...[...(assigned ? [assigned] : []), ...people].map(({id, name}) => el('option', {value: id}, name)));
    const shown = shownFields(customer);
    for (const [name, value] of Object.entries(shown)) form.elements.namedItem(name).value = value;
    // What the elements make of it (line ends, missing options) is what a later change is measured by.
    subject.shown = Object.fromEntries(Object.keys(shown).map((name) => [name, form.elements.namedItem(name).value]));
  });
}

async function save(form) {
  const {desk, customer, shown} = subject;
  const fields = changedFields(form, shown);
  if (!customer) {
    const {value, cursor} = await send('POST', `${desk.path}/customers`, fields);
    desk.wrote('customer', 'created', value, cursor);
    closeDialog('customer-dialog');
    desk.select(value.id);
    return;
  }
  try {
    const {value, cursor} = await send('PUT', `${desk.path}/customers/${customer.id}`, {...customer, ...fields},
      {version: customer.version});
    desk.wrote('customer', 'updated', value, cursor);
  } catch (problem) {
    if (problem.status !== 412 || !problem.current) throw problem;
    // Someone was faster. Take theirs as the ground; what was typed here stays typed and is saved on top of it.
    desk.wrote('customer', 'updated', problem.current, null);
    subject.customer = problem.current;
    const theirs = shownFields(problem.current);
    for (const name of Object.keys(shown)) {
      if (!(name in fields)) form.elements.namedItem(name).value = theirs[name];
      subject.shown[name] = name in fields ? shown[name] : form.elements.namedItem(name).value;
    }
    throw new Problem(412, {detail: 'Someone changed this customer meanwhile. The other fields now show that; save again to keep yours.'});
  }
  closeDialog('customer-dialog');
}

onSubmit(byId('customer-form'), save);
