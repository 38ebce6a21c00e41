import type {Message} from '@chatmesh/client';
import {randomToken} from '@chatmesh/client';

import type {Api, Page} from './api.ts';
import {isRefusal} from './api.ts';
import {Link, type Status} from './link.ts';
import {Outbox} from './outbox.ts';
import {Session} from './session.ts';
import type {Shelf} from './shelf.ts';
import {Thread, type Pending} from './thread.ts';

const typingShownMs = 6000;
const typingToldMs = 2000;   // the server passes on no more

/** One visitor's conversation: what there is to show, and what the visitor can do. */
export class Chat {
  readonly thread = new Thread();
  status: Status = 'idle';
  /** The name of who is typing on the other side. */
  typing = '';
  /** The company is not there, or does not let this page in. */
  gone = false;
  /** The earlier conversation is over: it was deleted or its token expired. */
  ended = false;
  /** Whether the messages of an earlier visit are still to come. */
  loading = false;

  #api: Api;
  #shared: Shelf;
  #own: Shelf;
  #session: Session;
  #outbox: Outbox;
  #link: Link;
  #changed: () => void;
  #token: string | null = null;
  #typer = '';
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #typingTold = 0;
  #unwatch: () => void;

  /** `shared` holds what all tabs of the site know, `own` what is this tab's. */
  constructor(api: Api, shared: Shelf, own: Shelf, changed: () => void) {
    this.#api = api;
    this.#shared = shared;
    this.#own = own;
    this.thread.pending = readPending(own.get('outbox'));
    this.#changed = () => {
      this.#own.set('outbox', this.thread.pending.length ? JSON.stringify(this.thread.pending) : null);
      changed();
    };
    this.#session = new Session(shared, api);
    this.#outbox = new Outbox(this.thread, {
      send: item => this.#send(item),
      changed: this.#changed,
      wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
      newKey: randomToken,
    });
    this.#link = new Link({
      url: api.base,
      list: token => api.list(token),
      page: page => this.#takePage(page),
      event: (type, data) => this.#takeEvent(type, data),
      status: status => this.#setStatus(status),
      lost: token => this.#lose(token),
    });
    this.#unwatch = shared.watch(() => this.#follow());
  }

  /** Goes on with the conversation of an earlier visit, if there was one, and with what could not be sent then. */
  async start(): Promise<void> {
    await this.#session.renew().catch(() => {});   // the present token still holds
    this.#follow();
    this.#outbox.retry();
  }

  stop(): void {
    this.#unwatch();
    clearTimeout(this.#typingTimer);
    this.#link.use(null);
  }

  /** Whether there should be a connection at the moment. */
  want(wanted: boolean): void {
    this.#link.want(wanted);
    if (wanted && this.thread.pending.some(each => each.failed)) this.#outbox.retry();
  }

  /** The server has asked to send more slowly. */
  get slow(): boolean {
    return this.#outbox.slow;
  }

  get unread(): number {
    return this.thread.unread(this.#shared.get('seen') ?? '');
  }

  send(body: string): void {
    this.ended = false;
    this.#outbox.add(body);
  }

  retry(key: string): void {
    this.#outbox.retry(key);
  }

  /** The visitor has everything before their eyes. */
  see(): void {
    if (this.unread === 0) return;
    this.#shared.set('seen', this.thread.messages.at(-1)!.id);
    this.#changed();
  }

  /** The visitor is typing. Nobody is told before there is a conversation. */
  type(): void {
    const {token} = this.#session;
    if (!token || Date.now() - this.#typingTold < typingToldMs) return;
    this.#typingTold = Date.now();
    this.#api.typing(token).catch(() => {});   // no one misses it
  }

  async loadOlder(): Promise<void> {
    const first = this.thread.messages[0];
    if (!this.#token || !first) return;
    const token = this.#token;
    const page = await this.#api.list(token, first.id).catch(() => null);
    if (!page || token !== this.#token) return;
    this.thread.merge(page.items);
    this.thread.older = page.next !== null;
    this.#changed();
  }

  /** Goes by the token that all tabs share. */
  #follow(): void {
    const {token} = this.#session;
    if (token !== this.#token) {
      if (this.#token) this.thread.clear();
      this.#token = token;
      this.loading = token !== null && this.thread.messages.length === 0;
      this.#link.use(token);
    }
    this.#changed();
  }

  async #send(item: Pending): Promise<Message> {
    try {
      return await this.#sendAs(await this.#session.obtain(), item);
    } catch (error) {
      this.gone = isRefusal(error, 404);
      if (!isRefusal(error, 401)) throw error;
      return this.#sendAs(await this.#session.obtain(), item);   // the former token is forgotten: a new customer
    } finally {
      this.#follow();
    }
  }

  async #sendAs(token: string, item: Pending): Promise<Message> {
    try {
      const message = await this.#api.post(token, item.key, item.body);
      this.gone = false;
      return message;
    } catch (error) {
      if (isRefusal(error, 401)) this.#lose(token);
      throw error;
    }
  }

  #lose(token: string): void {
    this.ended = this.thread.messages.length > 0 || this.loading;
    this.#session.forget(token);
    this.#follow();
  }

  #takePage(page: Page): void {
    this.thread.mergeLatest(this.#outbox.hold(page.items), page.next !== null);
    this.loading = false;
    this.#changed();
  }

  #takeEvent(type: string, data: string): void {
    if (type === 'typing') {
      const {by} = JSON.parse(data) as {by: {id: string | null; name: string}};
      this.#setTyping(by.id ?? '', by.name);
    } else if (type.startsWith('message.')) {
      const {object} = JSON.parse(data) as {object: Message};
      if (type === 'message.deleted') this.thread.remove(object.id);
      else this.thread.merge(this.#outbox.hold([object]));
      if (type === 'message.created' && object.author.id === this.#typer) this.#setTyping('', '');
    }
    this.#changed();
  }

  #setTyping(id: string, name: string): void {
    clearTimeout(this.#typingTimer);
    this.#typer = id;
    this.typing = name;
    if (name) this.#typingTimer = setTimeout(() => this.#setTyping('', ''), typingShownMs);
    this.#changed();
  }

  #setStatus(status: Status): void {
    this.status = status;
    if (status !== 'live') this.typing = '';
    this.#changed();
  }
}

function readPending(text: string | null): Pending[] {
  try {
    return (JSON.parse(text ?? '[]') as Pending[]).filter(each => each.key && each.body);
  } catch {
    return [];   // not written by this program
  }
}
