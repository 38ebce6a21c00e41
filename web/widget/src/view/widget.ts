import type {Chat} from '../core/chat.ts';
import type {Options} from '../core/options.ts';
import {inkOn} from '../core/options.ts';
import type {Shelf} from '../core/shelf.ts';
import {h, setAttributes, setText} from './dom.ts';
import {chatIcon, foldIcon} from './icons.ts';
import {Panel} from './panel.ts';
import {fill, textsOf, type Texts} from './texts.ts';
import css from './widget.css';

const narrow = '(max-width: 480px), (max-height: 420px)';

/** The bubble and the panel on the page, in a shadow root that the page's styles don't reach. */
export class Widget {
  #chat: Chat;
  #own: Shelf;
  #texts: Texts;
  #host = document.createElement('chatmesh-widget');
  #shadow: ShadowRoot;
  #root: HTMLElement;
  #bubble: HTMLButtonElement;
  #badge = h('span', {class: 'badge', 'aria-hidden': 'true', hidden: true});
  #news = h('p', {class: 'heard', role: 'status'});
  #panel: Panel;
  #announced = 0;
  #due = false;
  #done = new AbortController();

  constructor(chat: Chat, options: Options, own: Shelf) {
    this.#chat = chat;
    this.#own = own;
    const {texts, language} = textsOf(options.language);
    this.#texts = texts;
    this.#panel = new Panel(chat, options, texts, language, {
      close: () => this.close(),
      scrolled: () => this.#see(),
      drafted: () => own.set('draft', this.#panel.composer.draft || null),
    });
    const chats = chatIcon();
    chats.classList.add('chat');
    const folds = foldIcon();
    folds.classList.add('fold');
    this.#bubble = h('button', {class: 'bubble', type: 'button', 'aria-controls': 'panel'}, chats, folds, this.#badge);
    this.#bubble.addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
    this.#root = h('div', {class: `root ${options.side}`, lang: language}, this.#bubble, this.#panel.element, this.#news);
    this.#root.addEventListener('keydown', event => this.#key(event));
    this.#shadow = this.#host.attachShadow({mode: 'open'});
    // A constructed sheet: a page's strict style-src does not concern it.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.#shadow.adoptedStyleSheets = [sheet];
    this.#shadow.append(this.#root);
    if (options.color) {
      this.#root.style.setProperty('--accent', options.color);
      this.#root.style.setProperty('--on-accent', inkOn(options.color));
    }
    this.#followMedia(options.theme);
  }

  get isOpen(): boolean {
    return !this.#panel.element.hidden;
  }

  /** Puts the widget on the page, as this tab last had it. */
  mount(): void {
    document.body.append(this.#host);
    this.#panel.composer.draft = this.#own.get('draft') ?? '';
    if (this.#own.get('open') && !this.#full) this.#show();
    document.addEventListener('visibilitychange', () => this.update(), {signal: this.#done.signal});
    this.#draw();
  }

  unmount(): void {
    this.#done.abort();
    this.#host.remove();
  }

  /** Opens the panel and moves the focus into it; `draft` is put before the visitor to send. */
  open(draft?: string): void {
    if (draft) {
      this.#panel.composer.draft = draft;
      this.#own.set('draft', draft);
    }
    this.#show();
    this.#panel.composer.field.focus({preventScroll: true});
  }

  close(): void {
    if (!this.isOpen) return;
    const inside = this.#shadow.activeElement !== null;
    this.#panel.element.hidden = true;
    this.#own.set('open', null);
    this.#draw();
    if (inside) this.#bubble.focus({preventScroll: true});
  }

  /** Draws once what changes in one go. */
  update(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.#draw());
  }

  #show(): void {
    this.#panel.element.hidden = false;
    this.#own.set('open', '1');
    this.#draw();
    this.#panel.composer.fit();
    this.#panel.list.toEnd();
  }

  #draw(): void {
    this.#due = false;
    const {isOpen} = this;
    this.#root.classList.toggle('shown', isOpen);
    if (isOpen) {
      this.#panel.update();
      this.#see();
    }
    const {unread} = this.#chat;
    const count = unread === 1 ? this.#texts.unreadOne : fill(this.#texts.unread, {n: unread});
    const label = isOpen ? this.#texts.close : this.#texts.open + (unread ? `, ${count}` : '');
    setAttributes(this.#bubble, {'aria-label': label, 'aria-expanded': String(isOpen)});
    this.#badge.hidden = unread === 0 || isOpen;
    setText(this.#badge, unread > 99 ? '99+' : String(unread));
    const name = this.#chat.thread.agent?.name;
    if (!isOpen && unread > this.#announced && name) setText(this.#news, fill(this.#texts.newFrom, {name}));
    else if (unread === 0) setText(this.#news, '');
    this.#announced = unread;
  }

  /** What stands at the end is seen when the visitor has it before their eyes. */
  #see(): void {
    if (this.isOpen && document.visibilityState === 'visible' && this.#panel.list.atEnd) this.#chat.see();
    this.#panel.updateNewer();
  }

  get #full(): boolean {
    return this.#root.classList.contains('full');
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.isOpen && !event.isComposing) {
      event.stopPropagation();
      this.close();
    }
    if (event.key !== 'Tab' || !this.#full || !this.isOpen) return;
    // The panel covers the page: the focus stays where it can be seen.
    const stops = [...this.#panel.element.querySelectorAll<HTMLElement>('button, a, textarea, [tabindex="0"]')]
      .filter(each => each.offsetParent !== null || each === this.#panel.element);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (this.#shadow.activeElement !== from) return;
    event.preventDefault();
    to?.focus();
  }

  #followMedia(theme: Options['theme']): void {
    const follow = (query: string, apply: (matches: boolean) => void): void => {
      const media = matchMedia(query);
      media.addEventListener('change', () => apply(media.matches), {signal: this.#done.signal});
      apply(media.matches);
    };
    const {classList} = this.#root;
    if (theme === 'auto') follow('(prefers-color-scheme: dark)', dark => classList.toggle('dark', dark));
    else classList.toggle('dark', theme === 'dark');
    follow(narrow, full => {
      classList.toggle('full', full);
      setAttributes(this.#panel.element, {'aria-modal': full ? 'true' : null});
    });
    // A keyboard on the screen takes its part of the view without telling the layout.
    const view = visualViewport;
    view?.addEventListener('resize', () => {
      if (view.scale === 1) this.#root.style.setProperty('--view', `${view.height}px`);   // else it is zoomed into
    }, {signal: this.#done.signal});
  }
}
