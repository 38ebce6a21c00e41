/** A tab's place among the tabs of one origin that share a connection. */
export interface Tabs {
  /** To every other tab. */
  send_(message: unknown): void;
  /** Gives the lead away, if it has it. */
  leave_(): void;
}

// A leader speaks at least with every heartbeat. After such a silence it hangs, and another tab leads without its lock.
const silentMs = 75_000;

/**
 * Joins the tabs that share under this name. A Web Lock elects the leader; the browser gives it on when that tab ends.
 * `lead`: this tab leads from now on. `hear`: what another tab sent.
 */
export function joinTabs(name: string, lead: () => void, hear: (message: unknown) => void): Tabs {
  const channel = new BroadcastChannel(name);
  const waiting = new AbortController();
  let release = () => {};
  let left = false;
  let timer: ReturnType<typeof setTimeout>;

  const go = () => {
    clearTimeout(timer);
    channel.onmessage = ({data}) => hear(data);
    if (!left) lead();
  };
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => waiting.abort(), silentMs * (1 + Math.random()));
  };
  channel.onmessage = ({data}) => {
    listen();
    hear(data);
  };
  listen();
  navigator.locks.request(name, {signal: waiting.signal}, () => {
    go();
    return new Promise<void>(resolve => { release = resolve; });
  }).catch(go);   // it waited too long, or there are no locks here after all
  return {
    send_: message => channel.postMessage(message),
    leave_() {
      left = true;
      waiting.abort();
      clearTimeout(timer);
      release();
      channel.close();
    },
  };
}
