// The page's store: versions, tombstones, embedded employees (protocol §4, "Client rules").
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Store} from '../../web/page/store.js';

const employee = (version, more = {}) => ({id: 'e1', name: `Ada v${version}`, role: 'agent', status: 'active', version, ...more});
const customer = (version, more = {}) => ({
  id: 'c1', name: `Customer v${version}`, tags: [], version, updated_at: `2026-01-0${version}`, assigned_employee: null, ...more,
});
const note = (version, more = {}) => ({id: 'n1', customer_id: 'c1', body: `v${version}`, version, author: employee(1), ...more});
const apply = (store, entity, action, object) => store.apply({entity, action, object});

test('Store.KeepsTheHigherVersion', () => {
  const store = new Store();
  apply(store, 'customer', 'updated', customer(3));
  store.put('customer', customer(2));
  apply(store, 'customer', 'updated', customer(3, {name: 'same version'}));
  assert.equal(store.customers.get('c1').name, 'Customer v3');
  apply(store, 'customer', 'updated', customer(4));
  assert.equal(store.customers.get('c1').name, 'Customer v4');
});

test('Store.DropsWhatComesLateUnderATombstone', () => {
  const store = new Store();
  apply(store, 'customer', 'created', customer(1));
  apply(store, 'note', 'created', note(1));
  apply(store, 'customer', 'deleted', customer(5));
  assert.equal(store.customers.size, 0);
  assert.equal(store.notes.size, 0, 'notes go with their customer');
  store.put('customer', customer(9));
  store.put('note', note(9, {id: 'n2'}));
  assert.equal(store.customers.size, 0);
  assert.equal(store.notes.size, 0);
});

test('Store.DeletesWhateverTheVersion', () => {
  const store = new Store();
  apply(store, 'note', 'updated', note(7));
  apply(store, 'note', 'deleted', note(7));
  assert.equal(store.notes.size, 0);
});

test('Store.MergesEmbeddedEmployeesByTheirOwnVersion', () => {
  const store = new Store();
  apply(store, 'employee', 'updated', employee(3));
  apply(store, 'customer', 'updated', customer(1, {assigned_employee_id: 'e1', assigned_employee: employee(2)}));
  assert.equal(store.person('e1').name, 'Ada v3', 'an older embedded one changes nothing');
  apply(store, 'note', 'created', note(1, {author: employee(4)}));
  assert.equal(store.person('e1').name, 'Ada v4', 'a newer embedded one counts');
});

test('Store.KeepsARemovedEmployeeForTheirNotesOnly', () => {
  const store = new Store();
  apply(store, 'note', 'created', note(1));
  assert.equal(store.employees().length, 1);
  store.takePresence(['e1']);
  apply(store, 'employee', 'deleted', employee(2, {status: 'removed'}));
  assert.equal(store.employees().length, 0);
  assert.equal(store.person('e1').name, 'Ada v2');
  assert.equal(store.isOnline('e1'), false);
  store.put('employee', employee(1));
  assert.equal(store.employees().length, 0, 'a late page does not bring them back');
});

test('Store.OrdersCustomersByActivity', () => {
  const store = new Store();
  apply(store, 'customer', 'created', customer(1));
  apply(store, 'customer', 'created', customer(2, {id: 'c2'}));
  assert.deepEqual(store.customersByActivity().map((item) => item.customer.id), ['c2', 'c1']);
  apply(store, 'message', 'created', {id: 'm1', customer_id: 'c1', body: 'hi', version: 1, created_at: '2026-02-01'});
  const [first] = store.customersByActivity();
  assert.equal(first.customer.id, 'c1');
  assert.equal(first.message.body, 'hi');
});
