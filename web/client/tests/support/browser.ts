// What tabs of one origin share: Web Locks, broadcast channels, page events. A tab is whatever runs inside run().
import {AsyncLocalStorage} from 'node:async_hooks';

type Held = (lock: object) => unknown;

interface Request {
  tab: string;
  grant(): void;
  fail(name: string): void;
}

export class TestBrowser {
  online = true;
  /** Whether broadcast messages arrive. */
  carries: (tab: string, message: unknown) => boolean = () => true;
  #tab = new AsyncLocalStorage<string>();
  #held = new Map<string, Request>();
  #waiting = new Map<string, Request[]>();
  #channels = new Set<TestChannel>();
  #listeners: {tab: string; type: string; listener: () => void; signal: AbortSignal}[] = [];
  #dead = new Set<string>();
  #before: PropertyDescriptorMap = {};

  install(): void {
    const browser = this;
    const globals = {
      navigator: {locks: {request: this.#request}, get onLine() { return browser.online; }},
      BroadcastChannel: class extends TestChannel {
        constructor(name: string) {
          super(browser.#channels, browser.#name, name, (tab, message) => browser.carries(tab, message));
        }
      },
      addEventListener: (type: string, listener: () => void, {signal}: {signal: AbortSignal}) =>
        browser.#listeners.push({tab: browser.#name, type, listener, signal}),
    };
    for (const [name, value] of Object.entries(globals)) {
      this.#before[name] = Object.getOwnPropertyDescriptor(globalThis, name) ?? {value: undefined, configurable: true};
      Object.defineProperty(globalThis, name, {value, configurable: true, writable: true});
    }
  }

  uninstall(): void {
    Object.defineProperties(globalThis, this.#before);
  }

  run<T>(tab: string, action: () => T): T {
    return this.#tab.run(tab, action);
  }

  get #name(): string {
    return this.#tab.getStore() ?? 'none';
  }

  /** Tells a tab's page of an event. */
  fire(tab: string, type: string): void {
    for (const each of this.#listeners) {
      if (each.tab === tab && each.type === type && !each.signal.aborted) this.run(tab, each.listener);
    }
  }

  /** A tab ends without a word; its locks go on. */
  crash(tab: string): void {
    this.#dead.add(tab);
    for (const channel of [...this.#channels]) if (channel.tab === tab) this.#channels.delete(channel);
    for (const [name, queue] of this.#waiting) this.#waiting.set(name, queue.filter(each => each.tab !== tab));
    for (const [name, held] of [...this.#held]) if (held.tab === tab) this.#release(name);
  }

  isDead(tab = this.#name): boolean {
    return this.#dead.has(tab);
  }

  #request = (name: string, {signal}: LockOptions, callback: Held): Promise<unknown> => {
    const tab = this.#name;
    return new Promise((resolve, reject) => {
      const request: Request = {
        tab,
        grant: () => {
          this.#held.set(name, request);
          const free = () => { if (this.#held.get(name) === request) this.#release(name); };
          this.run(tab, () => Promise.resolve(callback({}))).then(resolve, reject).finally(free);
        },
        fail: fault => reject(Object.assign(new Error(fault), {name: fault})),
      };
      const queue = this.#waiting.get(name) ?? [];
      this.#waiting.set(name, [...queue, request]);
      signal?.addEventListener('abort', () => {
        this.#waiting.set(name, this.#waiting.get(name)!.filter(each => each !== request));
        request.fail('AbortError');
      });
      if (!this.#held.has(name) && !queue.length) queueMicrotask(() => this.#next(name));
    });
  };

  #release(name: string): void {
    this.#held.delete(name);
    this.#next(name);
  }

  #next(name: string): void {
    const queue = this.#waiting.get(name) ?? [];
    if (!this.#held.has(name)) queue.shift()?.grant();
  }
}

class TestChannel {
  onmessage: ((event: {data: unknown}) => void) | null = null;
  #closed = false;

  constructor(
    readonly all: Set<TestChannel>, readonly tab: string, readonly name: string,
    readonly carries: (tab: string, message: unknown) => boolean,
  ) {
    all.add(this);
  }

  postMessage(message: unknown): void {
    if (this.#closed) throw new DOMException('the channel is closed', 'InvalidStateError');
    if (!this.all.has(this)) return;   // of a tab that is dead
    for (const channel of this.all) {
      if (channel === this || channel.name !== this.name || !this.carries(channel.tab, message)) continue;
      const data = structuredClone(message);
      queueMicrotask(() => { if (this.all.has(channel)) channel.onmessage?.({data}); });
    }
  }

  close(): void {
    this.#closed = true;
    this.all.delete(this);
  }
}
