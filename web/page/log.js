// The live log: every event of the stream by its number, newest first; the complete object opens below it.

import {byId, el, setText} from './dom.js';
import {exactTime} from './faces.js';

const maxLines = 200;

function nameOf(entity, object) {
  const text = {note: object.body, message: object.body}[entity] ?? object.name;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

export class Log {
  #opened = false;

  // A line of one event, as the stream told it.
  event(event) {
    setText(byId('position'), `#${event.seq}`);
    this.#line(`#${event.seq}`, event.entity, event.action, event.object, event.by?.name ?? 'system', exactTime(event.at), event);
  }

  // A write of this page, from its answer: the stream only skips it. Its place in the order is in the cursor's end.
  own(entity, action, object, cursor) {
    this.#line(`#${cursor.slice(cursor.lastIndexOf('-') + 1)}`, entity, action, object, 'you',
      exactTime(new Date().toISOString()), object);
  }

  skip({from, to}) {
    setText(byId('position'), `#${to}`);
    const range = from === to ? `#${from}` : `#${from}–${to}`;
    this.#plain('skip', `${range} not echoed: your own`);
  }

  hello({head, resumed}) {
    setText(byId('position'), `#${head}`);
    this.#plain('hello', this.#opened && resumed ? 'stream resumed' : 'stream open');
    this.#opened = true;
  }

  heartbeat({head}) {
    setText(byId('position'), `#${head}`);
    const dot = byId('connection');
    dot.classList.remove('beat');
    requestAnimationFrame(() => dot.classList.add('beat'));
  }

  reset(reason) {
    this.#plain('reset', `history not available (${reason}): loading everything anew`);
  }

  clear() {
    byId('log').replaceChildren();
    byId('log-empty').hidden = false;
    setText(byId('position'), '');
  }

  #line(seq, entity, action, object, by, at, whole) {
    const details = el('details', {},
      el('summary', {},
        el('span', {class: 'log-seq'}, seq),
        el('span', {class: `log-type ${action}`}, `${entity}.${action}`),
        el('time', {class: 'log-time'}, at),
        el('span', {class: 'log-what', dir: 'auto'}, nameOf(entity, object)),
        el('span', {class: 'log-by', dir: 'auto'}, by)));
    details.addEventListener('toggle', () => {
      if (details.open && !details.querySelector('pre')) {
        details.append(el('pre', {tabindex: '0', 'aria-label': 'Complete event'}, JSON.stringify(whole, null, 2)));
      }
    });
    this.#put(el('li', {class: 'log-line'}, details));
  }

  #plain(kind, text) {
    this.#put(el('li', {class: `log-line plain ${kind}`}, text));
  }

  #put(line) {
    const log = byId('log');
    log.prepend(line);
    while (log.children.length > maxLines) log.lastElementChild.remove();
    byId('log-empty').hidden = true;
  }
}
