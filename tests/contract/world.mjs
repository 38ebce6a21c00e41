// A server with one company in it, made by the document's own examples; every answer goes through the contract.
import assert from 'node:assert/strict';
import {freePort, Server} from '../browser/server.mjs';
import {base, Contract} from './contract.mjs';
import {send} from './wire.mjs';

export class World {
  // What stands in the examples for what this server made: ids and keys by those that the document shows.
  #real = new Map();

  static async create(options = [], contract = null) {
    const world = new World();
    world.server = await Server.create();
    world.port = await freePort();
    await world.server.start(world.port, ['--auth.argon2-memory=8KiB', '--auth.argon2-passes=1', ...options]);
    world.contract = contract ?? new Contract(JSON.parse((await send(world.port, {method: 'GET',
      path: `${base}/openapi.json`})).text));
    return world;
  }

  async end() {
    const code = await this.server.stop();
    await this.server.remove();
    assert.equal(code, 0, 'the server ended in order');
  }

  // Says that what the document shows as `shown` is `real` here, with all the ids and keys inside.
  learn(shown, real) {
    if (typeof shown === 'string' && typeof real === 'string') {
      if (/^[0-9a-f]{8}-|^[A-Za-z0-9_-]{22,}$/.test(shown)) this.#real.set(shown, real);
    } else if (shown && real && typeof shown === 'object') {
      for (const name of Object.keys(shown)) this.learn(shown[name], real[name]);
    }
  }

  // The operation's example body, with what is real here in it.
  example(id, type) {
    return this.translate(this.contract.example(id, type));
  }

  // The operation's path with example ids translated, or with those that `pathItems` names.
  path(id, {pathItems = {}, query = {}} = {}) {
    const {path, parameters} = this.contract.operation(id);
    const filled = path.replaceAll(/{(\w+)}/g, (_, name) => pathItems[name] ??
      this.translate(parameters.find((each) => each.name === name).example));
    const search = new URLSearchParams(query).toString();
    return base + filled + (search ? `?${search}` : '');
  }

  // Sends it and holds the answer to the document; `expected` is its status.
  async call(id, expected, request = {}) {
    const {method} = this.contract.operation(id);
    const headers = this.headers(request);
    this.contract.sent(id, {...request, headers});
    const answer = await send(this.port, {method, path: this.path(id, request), headers, body: request.body});
    assert.equal(answer.status, expected, `${id}: ${answer.text}`);
    return {...answer, value: this.contract.check(id, answer)};
  }

  headers({headers = {}, token = this.token}) {
    return {...(token ? {Authorization: `Bearer ${token}`} : {}), ...headers};
  }

  // The token that an operation takes: a member's, or the widget's customer's.
  tokenOf(id) {
    const {security} = this.contract.operation(id);
    if (security?.length === 0) return null;
    return security?.some((each) => 'customer' in each) ? this.customerToken : this.token;
  }

  // The company of the examples: its owner, a second member, a customer, a note, a message.
  async build() {
    const {body: signUp} = await this.#make('signUp', null);
    this.owner = {email: signUp.email, password: signUp.password};
    await this.call('replaceCompany', 200, {body: this.example('replaceCompany')});
    await this.#make('createCustomer');
    await this.#make('createNote');
    await this.#make('createMessage');
    this.apiToken = (await this.#make('createApiToken')).value.token;
    const widget = await this.call('openWidgetSession', 201, {token: null, body: this.example('openWidgetSession'),
      headers: {Origin: 'https://harbour.example'}});
    this.customerToken = widget.value.token;
    this.customer = widget.value.customer;
    const invited = await this.call('inviteEmployee', 201, {body: {name: 'Cy', email: 'cy@harbour.example'}});
    this.agentId = invited.value.id;
    const accepted = await this.call('acceptInvitation', 201, {token: null,
      pathItems: {token: invited.value.invitation.token}, body: {password: 'a password of an agent'}});
    this.agentToken = accepted.value.session.token;
    const open = await this.call('inviteEmployee', 201, {body: {name: 'Flo', email: 'flo@harbour.example'}});
    this.learn(this.contract.operation('acceptInvitation').parameters.find((each) => each.name === 'token').example,
      open.value.invitation.token);
  }

  async #make(id, token = this.token) {
    const body = this.example(id);
    const {value} = await this.call(id, 201, {token, body, headers: {'Chatmesh-Client': 'tab-1'}});
    const shown = Object.values(this.contract.operation(id).responses[201].content['application/json'].examples)[0];
    this.learn(this.#resolve(shown).value, value);
    if (value.session) this.token = value.session.token;
    return {body, value};
  }

  #resolve(value) {
    return value.$ref ? value.$ref.split('/').slice(1).reduce((at, name) => at[name], this.contract.document) : value;
  }

  // With what is real here in place of what the document shows.
  translate(value) {
    if (typeof value === 'string') return this.#real.get(value) ?? value;
    if (Array.isArray(value)) return value.map((each) => this.translate(each));
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.translate(each)]));
    return value;
  }
}
