// What the acceptance tests share: the real server with a company in it, a browser, pages of its people, and a list of
// what went wrong in any page.
import {chromium} from 'playwright-core';

import {Api, Server, freePort} from './server.mjs';

export const password = 'correct horse battery';
// As app/demo_data.hpp has it.
const demo = {domain: 'fjordline.example', password: 'chatmesh-demo'};
const waitMs = 30_000;   // reconnecting takes its time; every wait ends as soon as its condition holds
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export class World {
  faults = [];   // what the pages' scripts threw, and what their content security policy refused

  // A server with a company; `people` are names, the first is its owner, the others are agents (or {name, role}).
  static async create(people, options = {}) {
    const world = await World.#boot(options.server ?? []);
    if (people.length > 0) await world.#found(people, options.company ?? 'Harbour Books');
    return world;
  }

  // A server with the example company that `--demo` makes; its first three people are `people`.
  static async demo() {
    const world = await World.#boot(['--demo']);
    for (const name of ['mira', 'jonas', 'amara']) {
      const api = new Api(world.port);
      const {session, memberships: [{company, employee}]} =
        await api.request('POST', '/sessions', {email: `${name}@${demo.domain}`, password: demo.password});
      world.company = company;
      world.people[employee.name] = world.#member(session.token, employee);
    }
    return world;
  }

  static async #boot(options) {
    const world = new World();
    world.port = await freePort();
    world.opsPort = await freePort();
    world.options = ['--ops.enabled=on', `--ops.port=${world.opsPort}`, ...options];
    world.people = {};
    world.server = await Server.create();
    await world.start();
    world.browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags});
    return world;
  }

  start() {
    return this.server.start(this.port, this.options);
  }

  get base() {
    return `http://127.0.0.1:${this.port}`;
  }

  async #found([owner, ...others], company) {
    const api = new Api(this.port);
    const signed = await api.request('POST', '/signup', {
      company: {name: company}, name: owner, email: emailOf(owner), password,
    });
    this.company = signed.company;
    this.people[owner] = this.#member(signed.session.token, signed.employee);
    for (const each of others) {
      const {name, role} = typeof each === 'string' ? {name: each, role: 'agent'} : each;
      const {invitation} = await this.people[owner].request('POST', `${this.people[owner].company}/employees`,
        {name, email: emailOf(name), role});
      const joined = await api.request('POST', `/invitations/${invitation.token}/accept`, {password});
      this.people[name] = this.#member(joined.session.token, joined.memberships[0].employee);
    }
  }

  // A member's own API, with the path of the company in `company`.
  #member(token, employee) {
    const api = new Api(this.port);
    Object.assign(api, {token, employee, company: `/companies/${employee.company_id}`});
    return api;
  }

  // The API of one of the company's people.
  api(name) {
    return this.people[name];
  }

  // A customer, made by the API as `name`; resolves to it.
  customer(name, fields) {
    return this.#post(name, 'customers', fields);
  }

  // A message of `name`'s to the customer, by the API.
  say(name, customer, body) {
    return this.#post(name, 'messages', {customer_id: customer.id, body});
  }

  #post(name, collection, body) {
    const api = this.people[name];
    return api.request('POST', `${api.company}/${collection}`, body);
  }

  // A browser of its own; signed in as `name` where one is given.
  async context(name = null, options = {}) {
    const context = await this.browser.newContext({reducedMotion: 'reduce', ...options});
    context.setDefaultTimeout(waitMs);
    if (name) {
      await context.addCookies([{name: 'chatmesh_session', value: this.people[name].token, url: this.base,
        httpOnly: true, sameSite: 'Lax'}]);
    }
    context.on('page', (page) => this.#watch(page));
    return context;
  }

  // A page at `path` of whoever the context is signed in as.
  async page(context, path = '/', base = this.base) {
    const page = await context.newPage();
    await page.goto(base + path);
    return page;
  }

  // A page of `name` in a browser of its own.
  async open(name, path = '/', options = {}) {
    return this.page(await this.context(name, options), path);
  }

  #watch(page) {
    page.on('pageerror', (error) => this.faults.push(`${page.url()}: ${error}`));
    page.on('console', (message) => {
      const text = message.text();
      if (/Content Security Policy|Refused to/u.test(text)) this.faults.push(`${page.url()}: ${text}`);
    });
  }

  // A figure of the operations listener, by its full name.
  async metric(name) {
    const text = await (await fetch(`http://127.0.0.1:${this.opsPort}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    if (!line) throw new Error(`no metric ${name}`);
    return Number(line.slice(name.length + 1));
  }

  async close() {
    await this.browser?.close();
    await this.server?.remove();
  }
}

// The e-mail address that `World` gives to someone of this name.
export function emailOf(name) {
  return `${name.toLowerCase().replaceAll(/[^a-z]+/gu, '.')}@example.com`;
}

// Asks again until `holds()` is true, with nothing in between but a turn of the event loop; fails after a bound.
export async function eventually(what, holds) {
  const end = Date.now() + waitMs;
  while (!await holds()) {
    if (Date.now() > end) throw new Error(`not within ${waitMs} ms: ${what}`);
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}
