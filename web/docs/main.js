// /docs: both documents as one page that can be searched and linked into.
import {byId, el, setText} from './dom.js';
import {follow, load, operationsByTag} from './documents.js';
import {messageView, namedSchemaView, operationView, prose} from './views.js';

// {title, id, entries: [{label, method, href, view}]}: what both the contents and the page are made of.
function sections({open, async}) {
  const byTag = operationsByTag(open).map(({tag, operations}) => ({
    title: tag.name, id: `/tag/${tag.name}`, text: tag.description,
    entries: operations.map((each) => ({label: each.summary, method: each.method, terms: each.path,
      id: `/operation/${each.operationId}`, view: () => operationView(open, each)}))}));
  const streams = Object.entries(async.channels).map(([channel, {title, description, address, messages}]) => ({
    title, id: `/stream/${channel}`, text: `${description} \`GET ${address}\``,
    entries: Object.keys(messages).map((key) => {
      const message = follow(async, messages[key]);
      const id = `/frame/${channel}/${key}`;
      return {label: message.title, terms: message.summary, id, view: () => messageView(async, message, id)};
    })}));
  // Of the same name the two documents mean the same.
  const documents = {...Object.fromEntries(Object.keys(async.components.schemas).map((name) => [name, async])),
    ...Object.fromEntries(Object.keys(open.components.schemas).map((name) => [name, open]))};
  const schemas = Object.keys(documents).sort().map((name) => ({label: name, terms: 'schema',
    id: `/schema/${name}`, view: () => namedSchemaView(documents[name], name)}));
  return [...byTag, {title: 'Event streams', id: '/stream', text: async.info.description, entries: []}, ...streams,
    {title: 'Schemas', id: '/schemas', text: 'The objects of both documents.', entries: schemas}];
}

function show(documents) {
  const all = sections(documents);
  const reference = byId('reference');
  const {info} = documents.open;
  setText(byId('version'), info.version);
  reference.replaceChildren(el('header', {}, el('h1', {}, info.title), ...prose(info.description)),
    ...all.map((section) => el('section', {class: 'group', id: section.id}, el('h2', {}, section.title),
      ...prose(section.text), ...section.entries.map((entry) => entry.view()))));
  byId('entries').replaceChildren(...all.filter((section) => section.entries.length > 0).map((section) => el('details', {open: section.entries.length < 30},
    el('summary', {}, section.title),
    el('ul', {}, ...section.entries.map((entry) => el('li', {'data-terms':
      [entry.label, entry.method, entry.terms].filter(Boolean).join(' ').toLowerCase()},
    el('a', {href: `#${entry.id}`}, entry.method ?
      el('span', {class: `method ${entry.method}`}, entry.method.toUpperCase()) : null, ` ${entry.label}`)))))));
}

// Leaves of the contents what has every word.
function search(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of byId('entries').children) {
    let found = 0;
    for (const item of group.querySelectorAll('li')) {
      item.hidden = !words.every((word) => item.dataset.terms.includes(word));
      if (!item.hidden) ++found;
    }
    group.hidden = found === 0;
    if (words.length > 0) group.open = true;
  }
}

function goToHash() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id ? document.getElementById(id) : byId('reference');
  target?.scrollIntoView();
  for (const link of document.querySelectorAll('#entries a')) {
    const here = link.getAttribute('href') === location.hash;
    if (here) link.setAttribute('aria-current', 'location');
    else link.removeAttribute('aria-current');
  }
}

try {
  show(await load());
  byId('search').addEventListener('input', (event) => search(event.target.value));
  addEventListener('hashchange', goToHash);
  if (location.hash) goToHash();
} catch (error) {
  setText(byId('state'), `The documents can't be shown: ${error.message}`);
}
