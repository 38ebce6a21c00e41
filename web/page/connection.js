// The state of the connection, in words: connecting, live, reconnecting in N s, stopped and why.

import {byId, setText} from './dom.js';

export class Connection {
  #timer = null;
  #stopped = false;

  constructor(signal, onRetry, onLogin) {
    byId('connection-retry').addEventListener('click', () => (this.#stopped ? onLogin() : onRetry()), {signal});
    signal.addEventListener('abort', () => clearInterval(this.#timer));
  }

  // {phase: connecting | live | waiting | stopped, untilMs, reason}
  show({phase, untilMs, reason}) {
    clearInterval(this.#timer);
    this.#stopped = phase === 'stopped';
    byId('connection').dataset.phase = phase;
    setText(byId('connection-text'), {
      connecting: 'Connecting', live: 'Live', waiting: 'Reconnecting', stopped: `Stopped: ${reason}`,
    }[phase]);
    setText(byId('connection-count'), '');
    const button = byId('connection-retry');
    button.hidden = phase !== 'waiting' && phase !== 'stopped';
    setText(button, this.#stopped ? 'Log in' : 'Try now');
    if (phase !== 'waiting') return;
    // The countdown stands beside the status, or a screen reader would read every second aloud.
    const count = () => {
      setText(byId('connection-count'), `in ${Math.max(0, Math.ceil((untilMs - Date.now()) / 1000))} s`);
    };
    count();
    this.#timer = setInterval(count, 250);
  }
}
