import {h} from './dom.ts';
import {sendIcon} from './icons.ts';
import type {Texts} from './texts.ts';

const maxMessage = 16_384;   // the server's limit, in code points
const maxHeightPx = 132;

/** Where the visitor writes. Enter sends, Shift+Enter begins a line. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly field: HTMLTextAreaElement;
  #send: HTMLButtonElement;

  constructor(texts: Texts, on: {send: (body: string) => void; typed: () => void; changed: () => void}) {
    this.field = h('textarea', {
      rows: 1, maxlength: maxMessage, placeholder: texts.write, 'aria-label': texts.write, enterkeyhint: 'send', dir: 'auto',
    });
    this.#send = h('button', {class: 'send', type: 'submit', 'aria-label': texts.send, title: texts.send}, sendIcon());
    this.element = h('form', {class: 'composer'}, this.field, this.#send);
    this.element.addEventListener('submit', event => {
      event.preventDefault();
      const body = this.field.value;
      if (!body.trim()) return;
      this.draft = '';
      on.send(body.trim());
      on.changed();
      this.field.focus();
    });
    this.field.addEventListener('keydown', event => {
      const composing = event.isComposing || event.keyCode === 229;   // the latter: Safari, on the Enter that ends it
      if (event.key !== 'Enter' || event.shiftKey || composing) return;
      event.preventDefault();
      this.element.requestSubmit();
    });
    this.field.addEventListener('input', () => {
      this.fit();
      on.changed();
      if (this.draft.trim()) on.typed();
    });
    this.fit();
  }

  get draft(): string {
    return this.field.value;
  }

  set draft(text: string) {
    this.field.value = text;
    this.fit();
  }

  /** As high as its text, up to a limit. */
  fit(): void {
    const {field} = this;
    field.style.height = 'auto';
    if (field.scrollHeight) field.style.height = `${Math.min(field.scrollHeight, maxHeightPx)}px`;
    this.#send.setAttribute('aria-disabled', String(!field.value.trim()));
  }
}
