// What the store makes of snapshots, pages and events, in whatever order they come.
import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import type {ChangeEvent, Customer, Employee, Message, Note} from '@chatmesh/client';

import {CompanyStore} from '../src/store.ts';
import {type Entity, TestCompany} from './support/company.ts';
import {inScene} from './support/scene.ts';
import {settle} from './support/time.ts';

let company: TestCompany;
let store: CompanyStore;

const seqOf = (cursor: string) => Number(cursor.split('-')[1]);
const take = (from: number) => company.log.slice(from).map(event => store.take_(structuredClone(event)));
const page = (entity: 'customer' | 'note' | 'message') => {
  const {items, cursor} = company.list(entity, null);
  return () => store.merge_(entity, items as never[], seqOf(cursor));
};

beforeEach(() => {
  company = new TestCompany();
  store = new CompanyStore();
});
const load = () => store.load_(company.snapshot());

test('an employee’s new details show wherever they are embedded, and in no message', () => {
  const employee = company.create('employee', {name: 'Bob'});
  const customer = company.create('customer', {name: 'C', assigned_employee_id: employee.id});
  const note = company.create('note', {customer_id: customer.id, body: 'n', author_id: employee.id});
  const author = {kind: 'employee', id: employee.id, name: 'Bob', avatar_url: null};
  const message = company.create('message', {customer_id: customer.id, body: 'm', direction: 'outbound', author});
  load();
  page('note')();
  const {head} = company;
  company.update('employee', employee.id, {name: 'Robert'});
  take(head);
  assert.equal(store.get('employee', employee.id)!.name, 'Robert');
  assert.deepEqual(store.get('customer', customer.id), company.get('customer', customer.id));
  assert.deepEqual(store.get('note', note.id), company.get('note', note.id));
  assert.deepEqual(store.get('message', message.id), message);
});

test('an embedded employee counts by its own version, either way', () => {
  const employee = company.create('employee', {name: 'old'});
  const customer = company.create('customer', {name: 'C', assigned_employee_id: employee.id});
  load();
  const old = page('customer');
  company.update('employee', employee.id, {name: 'new'});
  company.update('customer', customer.id, {name: 'D'});
  page('customer')();
  assert.equal(store.get('employee', employee.id)!.name, 'new', 'learnt from a page');
  old();
  assert.equal(store.get('customer', customer.id)!.assigned_employee!.name, 'new');
  assert.deepEqual(take(seqOf('1-3')), [false, false], 'the events tell nothing new then');
});

test('a removed employee is in no list, leaves its customers, and stays with its notes', () => {
  const employee = company.create('employee', {name: 'Bob'});
  const customer = company.create('customer', {name: 'C', assigned_employee_id: employee.id});
  const note = company.create('note', {customer_id: customer.id, body: 'n', author_id: employee.id});
  load();
  page('note')();
  const {head} = company;
  company.remove('employee', employee.id);
  take(head);
  assert.equal(store.get('employee', employee.id), undefined);
  assert.deepEqual(store.all('employee').map(each => each.id), [company.me]);
  assert.equal(store.get('customer', customer.id)!.assigned_employee, null);
  assert.deepEqual(store.get('note', note.id), company.get('note', note.id));
  assert.equal(store.get('note', note.id)!.author.status, 'removed');
});

test('a deleted customer takes its notes, messages and mark along; late pages bring nothing back', () => {
  const customer = company.create('customer', {name: 'C'});
  const other = company.create('customer', {name: 'D'});
  company.create('note', {customer_id: customer.id, body: 'n'});
  company.create('message', {customer_id: customer.id, body: 'm'});
  const kept = company.create('message', {customer_id: other.id, body: 'm'});
  load();
  const pages = [page('customer'), page('note'), page('message')];
  for (const each of pages) each();
  const {head} = company;
  company.remove('customer', customer.id);
  assert.deepEqual(take(head), [true]);
  for (const each of pages) each();
  assert.deepEqual(store.all('customer'), [other]);
  assert.deepEqual([store.all('note'), store.notesOf(customer.id), store.messagesOf(customer.id)], [[], [], []]);
  assert.deepEqual(store.all('message'), [kept]);
});

test('an answer that is ahead of the stream is not undone by it', () => {
  const customer = company.create('customer', {name: 'C'});
  load();
  const {head} = company;
  company.update('customer', customer.id, {name: 'D'});
  company.update('customer', customer.id, {name: 'E'});
  company.remove('customer', customer.id);
  store.drop_('customer', customer.id, company.head);
  assert.deepEqual(take(head), [false, false, false]);
  assert.deepEqual(store.all('customer'), []);
});

test('a page from before a newer snapshot brings nothing back', () => {
  const customer = company.create('customer', {name: 'C'});
  load();
  const late = page('customer');
  company.remove('customer', customer.id);
  load();
  late();
  assert.deepEqual(store.all('customer'), []);
});

test('messages are by age, unread are the inbound ones after the mark', () => {
  const customer = company.create('customer', {name: 'C'});
  const write = (body: string) => company.create('message', {customer_id: customer.id, body});
  const [first, second] = [write('1'), write('2')];
  write('3');
  company.create('message', {customer_id: customer.id, body: '4', direction: 'outbound'});
  load();
  assert.equal(store.messagesOf(customer.id).length, 1, 'the snapshot has the latest');
  page('message')();
  assert.deepEqual(store.messagesOf(customer.id).map(each => each.body), ['1', '2', '3', '4']);
  assert.equal(store.unread(customer.id), 3);
  const mark = {
    id: 'r', company_id: 'company', customer_id: customer.id, employee_id: company.me, created_at: '', updated_at: '',
  };
  store.merge_('read', [{...mark, message_id: second.id, version: 2}], company.head);
  store.merge_('read', [{...mark, message_id: first.id, version: 1}], company.head);
  assert.equal(store.readMark(customer.id)!.message_id, second.id);
  assert.equal(store.unread(customer.id), 1);
});

test('activity follows new messages, status and assignee, and nothing else', () => {
  const customer = company.create('customer', {name: 'C'});
  load();
  const after = (change: () => unknown) => {
    const {head} = company;
    change();
    take(head);
    return store.activityOf(customer.id);
  };
  assert.equal(store.activityOf(customer.id), customer.created_at);
  assert.equal(after(() => company.update('customer', customer.id, {phone: '1'})), customer.created_at);
  const closed = after(() => company.update('customer', customer.id, {status: 'closed'}));
  assert.equal(closed, company.get('customer', customer.id)!.updated_at);
  const assigned = after(() => company.update('customer', customer.id, {assigned_employee_id: company.me}));
  assert.ok(assigned > closed);
  const written = after(() => company.create('message', {customer_id: customer.id, body: 'm'}));
  assert.ok(written > assigned);
  store.merge_('customer', [company.get('customer', customer.id)!], company.head, ['2020-01-01T00:00:00.000Z']);
  assert.equal(store.activityOf(customer.id), written, 'never back');
  store.merge_('customer', [company.get('customer', customer.id)!], company.head, ['2030-01-01T00:00:00.000Z']);
  assert.equal(store.activityOf(customer.id), '2030-01-01T00:00:00.000Z');
});

test('lists stay the same arrays until something of them changes', () => {
  const customer = company.create('customer', {name: 'C'});
  company.create('message', {customer_id: customer.id, body: 'm'});
  load();
  const [customers, employees] = [store.all('customer'), store.all('employee')];
  const messages = store.messagesOf(customer.id);
  const {head} = company;
  company.create('message', {customer_id: customer.id, body: 'n'});
  take(head);
  assert.equal(store.all('customer'), customers);
  assert.equal(store.all('employee'), employees);
  assert.notEqual(store.messagesOf(customer.id), messages);
  assert.equal(messages.length, 1, 'what was given out is never changed');
});

test('listeners hear once of what changed together', inScene(async () => {
  const customer = company.create('customer', {name: 'C'});
  load();
  await settle();
  const heard: string[][] = [];
  const off = store.subscribe(changed => heard.push([...changed].sort()));
  const {head} = company;
  company.update('customer', customer.id, {name: 'D'});
  company.create('note', {customer_id: customer.id, body: 'n'});
  take(head);
  await settle();
  assert.equal(heard.length, 1);
  for (const key of ['customer', `customer:${customer.id}`, 'notes', `notes:${customer.id}`]) {
    assert.ok(heard[0]!.includes(key), key);
  }
  assert.ok(!heard[0]!.some(key => key.startsWith('message') || key.startsWith('employee')));
  off();
  store.setPresence_({full: true, online: ['e']});
  await settle();
  assert.equal(heard.length, 1);
}));

test('presence and typing: told, forgotten after 6 s, or with the message', inScene(async scene => {
  const {server, time} = scene;
  const customer = server.company.create('customer', {name: 'C'});
  server.company.online = ['a'];
  const client = await scene.live();
  assert.deepEqual([...client.store.online], ['a']);
  server.stream.frame('presence', {changes: [{employee_id: 'b', online: true}, {employee_id: 'a', online: false}]});
  const by = {kind: 'customer', id: customer.id, name: 'C'};
  server.stream.frame('typing', {customer_id: customer.id, by});
  server.stream.frame('typing', {customer_id: customer.id, by: {kind: 'employee', id: server.company.me, name: 'Ann'}});
  await settle();
  assert.deepEqual([...client.store.online], ['b']);
  assert.deepEqual(client.store.typingAt(customer.id), [by], 'not the reader itself');
  await time.pass(4000);
  server.stream.frame('typing', {customer_id: customer.id, by});
  await time.pass(4000);
  assert.deepEqual(client.store.typingAt(customer.id), [by], 'typing on');
  await time.pass(2000);
  assert.deepEqual(client.store.typingAt(customer.id), []);
  server.stream.frame('typing', {customer_id: customer.id, by});
  await settle();
  server.company.create('message', {customer_id: customer.id, body: 'done'});
  server.push();
  await settle();
  assert.deepEqual(client.store.typingAt(customer.id), []);
}));

// The invariant of protocol §5, by chance from a seed: whatever order pages, events and snapshots come in, what the store
// holds is the truth of where it stands, or newer.
for (let seed = 1; seed <= 60; ++seed) {
  test(`equals the truth after any mixture, seed ${seed}`, () => {
    let state = seed * 2_654_435_761 % 4_294_967_296;
    const chance = (below: number) => {
      state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
      return Math.floor(state / 65_536) % below;
    };
    const any = <T>(all: readonly T[]): T | undefined => all[chance(all.length || 1)];
    let position = 0;
    const late: (() => void)[] = [];
    const some = <E extends Entity>(entity: E, change: (id: string) => unknown) => {
      const one = any<{id: string}>(company.all(entity));
      if (one && one.id !== company.me) change(one.id);
    };
    const anyEmployee = () => any(company.all('employee'))!.id;
    const writes = [
      () => company.create('customer', {name: 'c', assigned_employee_id: chance(2) ? anyEmployee() : null}),
      () => company.create('employee', {name: 'e'}),
      () => some('customer', id => company.create('note', {customer_id: id, body: 'n', author_id: anyEmployee()})),
      () => some('customer', id => company.create('message', {customer_id: id, body: 'm'})),
      () => some('customer', id => company.update('customer', id, {assigned_employee_id: any([null, anyEmployee()])})),
      () => company.update('employee', anyEmployee(), {name: `e${chance(100)}`}),
      () => some('note', id => company.update('note', id, {body: 'x'})),
      () => some('customer', id => chance(3) === 0 && company.remove('customer', id)),
      () => some('message', id => company.remove('message', id)),
      () => some('employee', id => chance(3) === 0 && company.remove('employee', id)),
    ];
    const takeSome = () => {
      for (let count = chance(5); count && position < company.head; --count) {
        store.take_(structuredClone(company.log[position++]!));
      }
    };
    load();
    position = company.head;
    for (let step = 0; step < 300; ++step) {
      const turn = chance(20);
      if (turn < 10) writes[turn]!();
      else if (turn < 15) takeSome();
      else if (turn < 17) late.push(page((['customer', 'note', 'message'] as const)[chance(3)]!));
      else if (turn < 19) late.splice(chance(late.length || 1), 1)[0]?.();
      else if (chance(10) === 0) {
        load();
        position = company.head;
      }
    }
    for (; position < company.head; ++position) store.take_(structuredClone(company.log[position]!));
    for (const each of late) each();
    const truth = <T extends Customer | Employee | Note | Message>(held: readonly T[], all: T[]) => {
      for (const each of held) assert.deepEqual(each, all.find(one => one.id === each.id));
    };
    truth(store.all('customer'), company.all('customer'));
    truth(store.all('note'), company.all('note'));
    truth(store.all('message'), company.all('message'));
    assert.deepEqual(store.all('employee'), company.all('employee'));
    assert.deepEqual(store.all('customer'), company.all('customer'), 'none is missing');
    for (const entity of ['note', 'message'] as const) {
      page(entity)();
      assert.deepEqual(store.all(entity), company.all(entity));
    }
    for (const {id} of company.all('customer')) {
      assert.deepEqual(store.notesOf(id), company.all('note').filter(note => note.customer_id === id));
    }
  });
}

test('an event is taken once', () => {
  load();
  company.create('customer', {name: 'C'});
  const [event] = company.log.slice(-1) as [ChangeEvent];
  assert.deepEqual([store.take_(event), store.take_(event)], [true, false]);
});
