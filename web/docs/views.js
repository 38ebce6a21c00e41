// The reference's parts as DOM nodes: text of the documents only ever becomes text.
import {el} from './dom.js';
import {describe, examplesOf, follow, schemaName} from './documents.js';

// `code`, **strong** and [text](target) of a line.
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/).filter(Boolean).map((part) => {
    if (part.startsWith('`')) return el('code', {}, part.slice(1, -1));
    if (part.startsWith('**')) return el('strong', {}, part.slice(2, -2));
    const link = part.match(/^\[([^\]]+)\]\(([^)]+)\)$/);
    if (!link) return part;
    return el('a', {href: link[2] === 'asyncapi.json' ? '#/stream' : '/docs'}, link[1]);
  });
}

// Paragraphs and lists, which is all the Markdown that the documents have.
export function prose(text = '') {
  return text.split('\n\n').filter(Boolean).map((block) => {
    if (!block.startsWith('- ')) return el('p', {}, ...inline(block));
    return el('ul', {class: 'points'}, ...block.slice(2).split('\n- ').map((item) => el('li', {}, ...inline(item))));
  });
}

const schemaLink = (name) => el('a', {class: 'schema-link', href: `#/schema/${name}`}, name);

// A type in words, with links where it names schemas.
function typeOf(document, schema) {
  const name = schemaName(schema);
  if (name) return [schemaLink(name)];
  const inner = schema.type === 'array' ? schemaName(schema.items) : null;
  if (inner) return ['array of ', schemaLink(inner), schema.maxItems ? `, up to ${schema.maxItems}` : ''];
  if (schema.oneOf)
    return schema.oneOf.flatMap((each, i) => [i ? ' or ' : '', ...typeOf(document, each)]);
  return [describe(document, schema)];
}

function table(caption, heads, rows) {
  return el('div', {class: 'scroll'}, el('table', {}, el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...heads.map((each) => el('th', {scope: 'col'}, each)))),
    el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell, i) =>
      el(i ? 'td' : 'th', i ? {} : {scope: 'row'}, ...[cell].flat())))))));
}

// The members of an object's schema; for any other schema its type.
export function schemaView(document, reference, caption = 'Members') {
  const schema = follow(document, reference);
  const parts = prose(schema.description);
  if (!schema.properties) return [...parts, el('p', {class: 'type'}, ...typeOf(document, schema))];
  const required = new Set(schema.required ?? []);
  return [...parts, table(caption, ['Name', 'Type', ''], Object.entries(schema.properties).map(([name, member]) => [
    [el('code', {}, name), required.has(name) ? null : el('span', {class: 'optional'}, 'optional')],
    [...typeOf(document, member)],
    member.description ? inline(member.description) : '',
  ]))];
}

function exampleView(title, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return el('details', {class: 'example'}, el('summary', {}, title), el('pre', {tabindex: '0'}, el('code', {}, text)));
}

function parametersView(open, parameters) {
  if (parameters.length === 0) return null;
  return table('Parameters', ['Name', 'In', 'Type', ''], parameters.map((each) => [
    [el('code', {}, each.name), each.required ? null : el('span', {class: 'optional'}, 'optional')],
    each.in, [...typeOf(open, each.schema)], inline(each.description)]));
}

function bodyView(open, body) {
  if (!body) return null;
  const [type, content] = Object.entries(body.content)[0];
  return el('section', {}, el('h4', {}, 'Body ', el('span', {class: 'media'}, Object.keys(body.content).join(' or '))),
    ...schemaView(open, content.schema), ...examplesOf(open, content).map((each) => exampleView(`Example of ${type}`, each)));
}

function responseView(open, status, reference) {
  const response = follow(open, reference);
  const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
  const headers = Object.entries(response.headers ?? {}).map(([name, header]) => [name, follow(open, header)]);
  return el('details', {class: 'response', open: status.startsWith('2')},
    el('summary', {}, el('span', {class: `status s${status[0]}`}, status), ' ', ...inline(response.description)),
    headers.length === 0 ? null : table('Fields', ['Name', 'Value', ''], headers.map(([name, header]) => [
      [el('code', {}, name), header.required ? null : el('span', {class: 'optional'}, 'not always')],
      [...typeOf(open, header.schema)], inline(header.description)])),
    content ? el('p', {class: 'type'}, `${type}: `, ...typeOf(open, content.schema)) : null,
    ...(content ? examplesOf(open, content).map((each) => exampleView('Example', each)) : []));
}

const securityNames = {bearer: 'a session’s token', cookie: 'the session’s cookie', customer: 'a customer’s token'};

export function operationView(open, operation) {
  const security = operation.security ?? open.security;
  return el('article', {id: `/operation/${operation.operationId}`},
    el('h3', {}, operation.summary),
    el('p', {class: 'route'}, el('span', {class: `method ${operation.method}`}, operation.method.toUpperCase()), ' ',
      el('code', {}, open.servers[0].url + operation.path)),
    ...prose(operation.description),
    el('p', {class: 'needs'}, security.length === 0 ? 'Needs no session.' :
      `Needs ${security.map((each) => securityNames[Object.keys(each)[0]]).join(' or ')}.`),
    parametersView(open, operation.parameters),
    bodyView(open, operation.requestBody),
    el('section', {}, el('h4', {}, 'Answers'),
      ...Object.entries(operation.responses).map(([status, response]) => responseView(open, status, response))));
}

export function messageView(async, message, id) {
  return el('article', {id},
    el('h3', {}, el('code', {}, message.title)),
    el('p', {}, message.summary), ...prose(message.description),
    ...schemaView(async, message.headers, 'Lines'),
    el('h4', {}, 'Data'), ...schemaView(async, message.payload),
    ...message.examples.map((each) => exampleView('Example', frameText(each))));
}

function frameText({headers, payload}) {
  return ['retry', 'id', 'event'].filter((name) => name in headers).map((name) => `${name}: ${headers[name]}\n`).join('') +
    `data: ${JSON.stringify(payload)}\n\n`;
}

export function namedSchemaView(document, name) {
  return el('article', {id: `/schema/${name}`}, el('h3', {}, el('code', {}, name)),
    ...schemaView(document, document.components.schemas[name]));
}
