// The OpenAPI document as something that answers can be held to: each answer is checked whole, and what the document
// names and no answer has shown yet is known.
import assert from 'node:assert/strict';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export const base = '/api/v1';
const methods = ['get', 'put', 'post', 'delete', 'options', 'patch'];
// What every answer may have, whatever it is: HTTP's own business, said once in the document's introduction.
const common = ['date', 'connection', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding',
  'x-content-type-options', 'content-security-policy', 'referrer-policy', 'vary', 'access-control-allow-origin',
  'access-control-expose-headers'];

export function makeAjv() {
  const ajv = new Ajv({strict: false, allErrors: true, validateSchema: false});
  addFormats(ajv);
  return ajv;
}

export class Contract {
  #ajv = makeAjv();
  #validators = new Map();
  #seen = new Set();
  #codes = {problem: new Set(), fault: new Set()};

  constructor(document) {
    this.document = document;
    this.#ajv.addSchema(document, 'openapi');
    this.operations = new Map();
    for (const [path, item] of Object.entries(document.paths))
      for (const method of methods.filter((each) => each in item))
        this.operations.set(item[method].operationId, {
          id: item[method].operationId, method: method.toUpperCase(), path, ...item[method],
          parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((each) => this.#follow(each)),
        });
  }

  operation(id) {
    assert.ok(this.operations.has(id), `the document has no operation ${id}`);
    return this.operations.get(id);
  }

  // The request body that the document shows for it.
  example(id, type = 'application/json') {
    const [first] = Object.values(this.operation(id).requestBody.content[type].examples);
    return structuredClone(this.#follow(first).value);
  }

  // Notes which of the operation's parameters and media types a request used.
  sent(id, {query = {}, headers = {}, body}) {
    const given = {query, header: headers};
    for (const {name, in: where} of this.operation(id).parameters)
      if (where === 'path' || name in given[where]) this.#seen.add(`${id} parameter ${name}`);
    if (body !== undefined) this.#seen.add(`${id} body ${headers['Content-Type'] ?? 'application/json'}`);
  }

  // Holds an answer to what the document says of that operation and status.
  check(id, {status, headers, text}) {
    const operation = this.operation(id);
    const key = status in operation.responses ? String(status) : 'default';
    const where = `${operation.method} ${operation.path} ${status}`;
    assert.ok(key in operation.responses, `${where} is not in the document: ${text}`);
    const response = this.#follow(operation.responses[key]);
    this.#seen.add(`${id} ${key}`);
    this.#checkHeaders(`${id} ${key}`, where, response.headers ?? {}, headers);
    if (!response.content || operation.method === 'HEAD') {
      assert.equal(text, '', `${where} has a body`);
      return null;
    }
    const type = headers['content-type']?.split(';')[0];
    assert.ok(type in response.content, `${where} is ${type}`);
    if (type === 'text/event-stream' || type.startsWith('image/')) return text;
    const value = JSON.parse(text);
    this.#validate(where, response.content[type].schema, value);
    if (type === 'application/problem+json') this.#note(status, value);
    return value;
  }

  // What the document names and nothing has shown: answers, header fields, parameters, media types of bodies, codes.
  unseen() {
    const named = [];
    for (const [id, operation] of this.operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        named.push(`${id} ${status}`);
        for (const name of Object.keys(this.#follow(response).headers ?? {}))
          named.push(`${id} ${status} ${name.toLowerCase()}`);
      }
      for (const {name} of operation.parameters) named.push(`${id} parameter ${name}`);
      for (const type of Object.keys(operation.requestBody?.content ?? {})) named.push(`${id} body ${type}`);
    }
    const {schemas} = this.document.components;
    for (const code of schemas.Problem.properties.code.enum)
      if (!this.#codes.problem.has(code)) named.push(`problem code ${code}`);
    for (const code of schemas.FieldFault.properties.code.enum)
      if (!this.#codes.fault.has(code)) named.push(`fault code ${code}`);
    return named.filter((each) => !this.#seen.has(each));
  }

  // How many answers the document names.
  count() {
    return [...this.operations.values()].reduce((sum, each) => sum + Object.keys(each.responses).length, 0);
  }

  #follow(value) {
    while (value.$ref) value = value.$ref.split('/').slice(1).reduce((at, name) => at[name], this.document);
    return value;
  }

  #checkHeaders(key, where, named, headers) {
    assert.ok(Date.parse(headers.date), `${where} has no Date`);
    const known = new Set(common);
    for (const [name, reference] of Object.entries(named)) {
      const header = this.#follow(reference);
      const field = name.toLowerCase();
      known.add(field);
      if (!(field in headers)) {
        assert.ok(!header.required, `${where} has no ${name}`);
        continue;
      }
      const [value] = [headers[field]].flat();
      this.#validate(`${where} ${name}`, header.schema, header.schema.type === 'integer' ? Number(value) : value);
      this.#seen.add(`${key} ${field}`);
    }
    for (const field of Object.keys(headers)) assert.ok(known.has(field), `${where} has ${field}, which is not named`);
  }

  #validate(where, schema, value) {
    const key = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
    if (!this.#validators.has(key)) this.#validators.set(key, this.#ajv.compile(JSON.parse(key)));
    const validator = this.#validators.get(key);
    assert.ok(validator(value), `${where}: ${JSON.stringify(validator.errors, null, 1)}\n${JSON.stringify(value)}`);
  }

  #note(status, problem) {
    assert.equal(problem.status, status);
    this.#codes.problem.add(problem.code);
    for (const fault of problem.errors ?? []) this.#codes.fault.add(fault.code);
  }
}
