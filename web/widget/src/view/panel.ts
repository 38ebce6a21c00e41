import type {Chat} from '../core/chat.ts';
import type {Options} from '../core/options.ts';
import {rowsOf} from '../core/rows.ts';
import {avatar} from './avatar.ts';
import {Composer} from './composer.ts';
import {h, setAttributes, setText} from './dom.ts';
import {chatIcon, closeIcon} from './icons.ts';
import {MessageList} from './message_list.ts';
import type {Texts} from './texts.ts';
import {fill} from './texts.ts';

/** What happens in the panel. */
export interface PanelEvents {
  close(): void;
  scrolled(): void;
  /** The draft is another one. */
  drafted(): void;
}

/** The panel: who answers, the messages, and where to write. */
export class Panel {
  readonly element: HTMLElement;
  readonly composer: Composer;
  readonly list: MessageList;
  #texts: Texts;
  #language: string;
  #chat: Chat;
  #title: string;
  #face = h('span', {class: 'face'});
  #name = h('h2', {id: 'title'});
  #subtitle = h('p');
  #notice = h('p', {class: 'notice', role: 'status'});
  #typing = h('p', {class: 'typing'});
  #newer: HTMLButtonElement;
  #shown: readonly string[] = [];

  constructor(chat: Chat, options: Options, texts: Texts, language: string, on: PanelEvents) {
    this.#chat = chat;
    this.#texts = texts;
    this.#language = language;
    this.#title = options.title ?? texts.title;
    const close = h('button', {class: 'close', type: 'button', 'aria-label': texts.close, title: texts.close}, closeIcon());
    close.addEventListener('click', on.close);
    this.list = new MessageList(texts, options.greeting ?? texts.greeting, {
      retry: key => chat.retry(key), older: () => void chat.loadOlder(), scrolled: on.scrolled,
    });
    this.composer = new Composer(texts, {
      send: body => {
        chat.send(body);
        this.list.toEnd();
      },
      typed: () => chat.type(),
      changed: on.drafted,
    });
    this.#newer = h('button', {class: 'newer', type: 'button', hidden: true}, texts.newer, ' ↓');
    this.#newer.addEventListener('click', () => {
      this.list.toEnd();
      this.composer.field.focus();
    });
    this.element = h('section', {class: 'panel', id: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true},
      h('div', {class: 'head'}, this.#face, h('div', {class: 'who'}, this.#name, this.#subtitle), close),
      this.#notice, this.list.element,
      h('div', {class: 'foot'}, this.#newer, this.#typing, this.composer.element));
  }

  /** Shows the chat as it is now. */
  update(): void {
    const {thread} = this.#chat;
    this.#updateHead();
    this.#updateNotice();
    const rows = rowsOf(thread, this.#language, new Date());
    const keys = rows.filter(each => each.kind === 'message').map(each => each.key);
    // What was there before the visitor came, and what is above it, is not news.
    const quiet = this.#shown.length === 0 || keys.indexOf(this.#shown.find(key => keys.includes(key)) ?? '') > 0;
    this.#shown = keys;
    this.list.update(rows, thread.older, quiet);
    const {typing} = this.#chat;
    const said = typing ? fill(this.#texts.typing, {name: typing}) : '';
    if (this.#typing.textContent !== said) {
      this.#typing.replaceChildren(...(said ? [h('span', {class: 'dots', 'aria-hidden': 'true'}, h('i'), h('i'), h('i')), said] : []));
    }
    this.updateNewer();
  }

  updateNewer(): void {
    this.#newer.hidden = this.list.atEnd || this.#chat.unread === 0;
  }

  #updateHead(): void {
    const {agent} = this.#chat.thread;
    setText(this.#name, agent?.name ?? this.#title);
    setText(this.#subtitle, agent ? this.#title : '');
    this.#subtitle.hidden = !agent;
    const face = JSON.stringify(agent);
    if (this.#face.dataset.of === face) return;
    this.#face.dataset.of = face;
    const blank = (): HTMLElement => h('span', {class: 'avatar', 'aria-hidden': 'true'}, chatIcon());
    this.#face.replaceChildren(agent ? avatar(agent) : blank());
  }

  #updateNotice(): void {
    const chat = this.#chat;
    const texts = this.#texts;
    const trouble = chat.gone ? texts.gone
      : chat.slow ? texts.slow
        : chat.status === 'offline' ? texts.offline
          : chat.status === 'reconnecting' ? texts.reconnecting
            : chat.loading ? texts.connecting
              : chat.ended ? texts.fresh : '';
    if (this.#notice.textContent === trouble) return;
    setText(this.#notice, trouble);
    setAttributes(this.#notice, {class: `notice${chat.gone ? '' : ' calm'}${chat.status === 'live' ? '' : ' late'}`});
  }
}
