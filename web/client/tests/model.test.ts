// A client, a server and a path that do anything they may, by chance from a seed; in the end the client has everything.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {Client} from '@chatmesh/client';

import type {TestCompany} from './support/company.ts';
import {type Scene, inScene} from './support/scene.ts';
import {type Asked, later, problem} from './support/server.ts';
import {settle} from './support/time.ts';

class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 2_654_435_761 % 4_294_967_296;
  }

  below(limit: number): number {
    this.#state = (this.#state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor(this.#state / 65_536) % limit;
  }

  of<T>(all: readonly T[]): T | undefined {
    return all[this.below(all.length || 1)];
  }
}

function writeSomething(company: TestCompany, chance: Chance): void {
  const customer = chance.of(company.all('customer'))?.id;
  const employee = chance.of(company.all('employee'))!.id;
  const write = chance.below(8);
  if (write === 0 || !customer) company.create('customer', {name: 'c', assigned_employee_id: employee});
  else if (write === 1) company.create('message', {customer_id: customer, body: 'm'});
  else if (write === 2) company.create('note', {customer_id: customer, body: 'n', author_id: employee});
  else if (write === 3) company.update('customer', customer, {assigned_employee_id: chance.of([null, employee])});
  else if (write === 4) company.update('employee', employee, {name: `e${chance.below(100)}`});
  else if (write === 5) company.create('employee', {name: 'e'});
  else if (write === 6) company.remove('customer', customer);
  else if (employee !== company.me) company.remove('employee', employee);
}

// Something that a path or a server may do to a client's connection.
async function disturb({server, time}: Scene, chance: Chance): Promise<void> {
  const [stream] = server.open;
  const what = chance.below(9);
  if (what === 0) stream?.cut();
  else if (what === 1 && stream) stream.position = Math.min(stream.position + 1, server.company.head);   // loses one
  else if (what === 2) stream?.frame('goodbye', {reason: 'draining', retry_ms: 1 + chance.below(2000)});
  else if (what === 3 && chance.below(4) === 0) server.company.rewrite();
  else if (what === 4 && chance.below(3) === 0) server.company.pruned = server.company.head;
  else if (what === 5) server.speaks = !server.speaks;
  else if (what === 6) server.heartbeat();
  else if (what === 7) stream?.raw(': a comment\n\nid: \0\nretry: 700\n');
  else await time.pass(chance.below(30_000));
}

// Something that its user may do; answers come whenever they come.
function use(client: Client, chance: Chance): void {
  const customer = chance.of(client.store.all('customer'))?.id;
  const what = chance.below(5);
  const ignore = () => {};
  if (what === 0) client.list('customer').catch(ignore);
  else if (what === 1) client.list('message').catch(ignore);
  else if (what === 2) client.create('customer', {name: 'mine'}).catch(ignore);
  else if (customer && what === 3) client.update('customer', customer, {name: `n${chance.below(9)}`}).catch(ignore);
  else if (customer && chance.below(3) === 0) client.remove('customer', customer).catch(ignore);
}

for (let seed = 1; seed <= 25; ++seed) {
  test(`converges after any disturbance, seed ${seed}`, inScene(async scene => {
    const {server, time} = scene;
    const {company} = server;
    const chance = new Chance(seed);
    time.random = () => chance.below(1000) / 1000;
    const late: (() => void)[] = [];
    server.intercept = (asked: Asked) => {
      if (chance.below(12) === 0) return problem(503, 'overloaded', {}, {'Retry-After': '1'});
      if (chance.below(12) === 0) throw new TypeError('connection reset');
      if (asked.method !== 'GET' || !/customers|messages/.test(asked.path) || chance.below(2)) return undefined;
      const read = company.list(asked.path.endsWith('messages') ? 'message' : 'customer', null);   // read now, told later
      const answer = later<Response>();
      late.push(() => answer.resolve(new Response(JSON.stringify(read))));
      return answer.promise;
    };
    const client = await scene.live();
    const told: number[] = [];
    client.on('change', ({seq}) => told.push(seq));
    client.on('reset', () => told.splice(0));
    for (let step = 0; step < 120; ++step) {
      const turn = chance.below(10);
      if (turn < 5) writeSomething(company, chance);
      else if (turn < 7) server.push();
      else if (turn < 8) use(client, chance);
      else if (turn < 9) late.splice(chance.below(late.length || 1), 1)[0]?.();
      else await disturb(scene, chance);
      if (chance.below(3) === 0) await settle();
    }
    server.intercept = () => undefined;
    server.speaks = true;
    for (const answer of late) answer();
    for (let beat = 0; beat < 30; ++beat) {   // past every wait, and the time when a stream is tried again
      await time.pass(15_000);
      server.push();
      server.heartbeat();
    }
    await settle();
    assert.equal(client.state.status, 'live');
    assert.deepEqual(client.store.all('customer'), company.all('customer'));
    assert.deepEqual(client.store.all('employee'), company.all('employee'));
    const messages = new Map(company.all('message').map(each => [each.id, each]));
    for (const each of client.store.all('message')) assert.deepEqual(each, messages.get(each.id));
    for (const entity of ['note', 'message'] as const) {
      await client.list(entity);
      assert.deepEqual(client.store.all(entity), company.all(entity));
    }
    assert.equal(told.length, new Set(told).size, 'each change is told once');
  }));
}
