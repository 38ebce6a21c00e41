/** A tab's place among the tabs of one origin that share a connection. */
export interface Tabs {
  /** To every other tab. */
  send(message: unknown): void;
  /** Gives the lead away, if it has it. */
  leave(): void;
}

// A leader speaks at least with every heartbeat. One that is silent for so long hangs: its lock is taken from it.
const silentMs = 75_000;

/**
 * Joins the tabs that share under this name. A Web Lock elects the leader; the browser gives it on when that tab ends.
 * `lead`: this tab leads from now on, or another one does. `hear`: what another tab sent.
 */
export function joinTabs(
  name: string, lead: (leads: boolean) => void, hear: (message: unknown) => void,
): Tabs {
  const channel = new BroadcastChannel(name);
  let left = false;
  let leads = false;
  let waiting = new AbortController();
  let release = () => {};
  let timer: ReturnType<typeof setTimeout>;

  const request = (options: LockOptions) => {
    let held = false;
    navigator.locks.request(name, options, () => {
      if (left) return;
      clearTimeout(timer);
      held = leads = true;
      lead(true);
      return new Promise<void>(resolve => { release = resolve; });
    }).catch((error: Error) => {
      if (left) return;
      if (held) {   // another tab took it
        leads = false;
        lead(false);
        wait();
      } else if (error.name !== 'AbortError') {
        lead(true);   // no locks here after all
      }
    });
  };
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      waiting.abort();
      request({steal: true});
    }, silentMs * (1 + Math.random()));
  };
  const wait = () => {
    waiting = new AbortController();
    request({signal: waiting.signal});
    listen();
  };

  channel.onmessage = ({data}) => {
    if (left) return;
    if (!leads) listen();
    hear(data);
  };
  wait();
  return {
    send: message => channel.postMessage(message),
    leave() {
      left = true;
      waiting.abort();
      clearTimeout(timer);
      release();
      channel.close();
    },
  };
}
