import type {Clock} from './clock.ts';

export interface TabsHooks {
  /** This tab holds the one connection from now on. */
  lead(): void;
  /** It has lost it to another tab. */
  follow(): void;
  /** From another tab. */
  message(message: unknown): void;
}

/** A tab's place among the tabs of one origin that share a connection. */
export interface Tabs {
  /** To every other tab. */
  send(message: unknown): void;
  /** Gives the lead away, if it has it. */
  leave(): void;
}

// A leader speaks at least with every heartbeat. One that is silent for so long hangs: its lock is taken from it.
const silentMs = 75_000;

/** Whether this runs where tabs can share. */
export function canShare(): boolean {
  return typeof BroadcastChannel !== 'undefined' && globalThis.navigator?.locks !== undefined;
}

/** A tab that shares with no other. */
export function stayAlone(hooks: TabsHooks): Tabs {
  queueMicrotask(() => hooks.lead());
  return {send() {}, leave() {}};
}

/** Joins the tabs that share under this name. A Web Lock elects the leader; the browser gives it on when that tab ends. */
export function joinTabs(name: string, hooks: TabsHooks, clock: Clock): Tabs {
  const channel = new BroadcastChannel(name);
  let left = false;
  let leads = false;
  let waiting = new AbortController();
  let release = () => {};
  let timer: unknown;

  const request = (options: LockOptions) => {
    let held = false;
    navigator.locks.request(name, options, () => {
      if (left) return;
      clock.clearTimeout(timer);
      held = leads = true;
      hooks.lead();
      return new Promise<void>(resolve => { release = resolve; });
    }).catch((error: Error) => {
      if (left) return;
      if (held) {   // another tab took it
        leads = false;
        hooks.follow();
        wait();
      } else if (error.name !== 'AbortError') {
        hooks.lead();   // no locks here after all
      }
    });
  };
  const listen = () => {
    clock.clearTimeout(timer);
    timer = clock.setTimeout(() => {
      waiting.abort();
      request({steal: true});
    }, silentMs * (1 + clock.random()));
  };
  const wait = () => {
    waiting = new AbortController();
    request({signal: waiting.signal});
    listen();
  };

  channel.onmessage = ({data}) => {
    if (left) return;
    if (!leads) listen();
    hooks.message(data);
  };
  wait();
  return {
    send: message => channel.postMessage(message),
    leave() {
      left = true;
      waiting.abort();
      clock.clearTimeout(timer);
      release();
      channel.close();
    },
  };
}
