import {linkify} from '../core/linkify.ts';
import type {MessageRow, Row} from '../core/rows.ts';
import {avatar} from './avatar.ts';
import {h} from './dom.ts';
import type {Texts} from './texts.ts';
import {fill} from './texts.ts';

const nearEndPx = 48;

// A run without a space, such as a pasted key: see `.unbroken`.
const longRun = /\S{400}/u;

/** The list of messages, in a region that scrolls and that screen readers follow. */
export class MessageList {
  readonly element: HTMLElement;
  #texts: Texts;
  #retry: (key: string) => void;
  #rows: HTMLElement;
  #older: HTMLButtonElement;
  #greeting: HTMLElement;
  #drawn = new Map<string, {element: HTMLElement; as: string}>();
  #firstKey = '';

  constructor(texts: Texts, greeting: string, on: {retry: (key: string) => void; older: () => void; scrolled: () => void}) {
    this.#texts = texts;
    this.#retry = on.retry;
    this.#older = h('button', {class: 'older', type: 'button', hidden: true}, texts.older);
    this.#older.addEventListener('click', on.older);
    this.#greeting = h('p', {class: 'greeting'}, greeting);
    this.#rows = h('div', {class: 'rows'});
    this.element = h('div', {class: 'log', role: 'log', 'aria-label': texts.region, tabindex: 0},
      this.#older, this.#greeting, this.#rows);
    this.element.addEventListener('scroll', on.scrolled, {passive: true});
    // A picture or a keyboard that comes later must not push the end out of sight.
    let atEnd = true;
    this.element.addEventListener('scroll', () => { atEnd = this.atEnd; }, {passive: true});
    new ResizeObserver(() => { if (atEnd) this.toEnd(); }).observe(this.element);
  }

  get atEnd(): boolean {
    const {scrollHeight, scrollTop, clientHeight} = this.element;
    return scrollHeight - scrollTop - clientHeight < nearEndPx;
  }

  toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** Shows these rows. Stays at the end where it was there, else where the reader is. `quiet`: nothing is read out. */
  update(rows: readonly Row[], older: boolean, quiet: boolean): void {
    const log = this.element;
    const {atEnd} = this;
    const heightBefore = log.scrollHeight;
    const topBefore = log.scrollTop;
    log.setAttribute('aria-live', quiet ? 'off' : 'polite');
    this.#older.hidden = !older;
    this.#greeting.hidden = older;
    this.#place(rows);
    const firstKey = rows.find(each => each.kind === 'message')?.key ?? '';
    const grewAbove = this.#firstKey !== '' && firstKey !== this.#firstKey;
    this.#firstKey = firstKey;
    if (atEnd) this.toEnd();
    else if (grewAbove) log.scrollTop = topBefore + log.scrollHeight - heightBefore;
  }

  /** Elements of rows that stay are kept, so that a live region reads what is new alone. */
  #place(rows: readonly Row[]): void {
    const keys = new Set(rows.map(each => each.key));
    for (const [key, {element}] of this.#drawn) {
      if (keys.has(key)) continue;
      element.remove();
      this.#drawn.delete(key);
    }
    let next = this.#rows.firstElementChild;
    for (const row of rows) {
      const element = this.#draw(row);
      if (element === next) next = next.nextElementSibling;
      else this.#rows.insertBefore(element, next);
    }
  }

  #draw(row: Row): HTMLElement {
    const as = JSON.stringify(row);
    const drawn = this.#drawn.get(row.key);
    if (drawn?.as === as) return drawn.element;
    const element = drawn?.element ?? h('div');
    this.#drawn.set(row.key, {element, as});
    if (row.kind === 'day') {
      element.className = 'day';
      element.replaceChildren(h('span', {}, row.label));
    } else {
      this.#drawMessage(element, row);
    }
    return element;
  }

  #drawMessage(element: HTMLElement, row: MessageRow): void {
    element.className = ['message', row.mine ? 'mine' : 'theirs', row.first ? 'first' : '', row.last ? 'last' : '', row.state]
      .join(' ');
    const by = row.author?.name ?? this.#texts.you;
    const body = h('p', {class: longRun.test(row.body) ? 'body unbroken' : 'body', dir: 'auto'}, h('span', {class: 'heard'}, `${fill(this.#texts.said, {name: by})} `),
      ...linkify(row.body).map(({text, href}) => href
        ? h('a', {href, target: '_blank', rel: 'noopener noreferrer nofollow'}, text) : text));
    const parts: HTMLElement[] = [];
    if (row.author && row.first) parts.push(h('span', {class: 'name', 'aria-hidden': 'true'}, row.author.name));
    if (row.author && row.last) parts.push(avatar(row.author));
    parts.push(body);
    if (row.state !== 'sent') parts.push(this.#stateOf(row));
    else if (row.last) parts.push(h('span', {class: 'time'}, row.time));
    element.replaceChildren(...parts);
  }

  #stateOf(row: MessageRow): HTMLElement {
    if (row.state === 'sending') return h('span', {class: 'time'}, this.#texts.sending);
    const again = h('button', {type: 'button'}, this.#texts.again);
    again.addEventListener('click', () => this.#retry(row.key));
    return h('span', {class: 'time'}, `${this.#texts.failed} `, again);
  }
}
