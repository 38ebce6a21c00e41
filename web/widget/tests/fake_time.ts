import {mock} from 'node:test';

interface Timer {
  at: number;
  action: () => void;
}

/** Replaces Date.now, setTimeout and clearTimeout until `mock.restoreAll()`; time passes by `tick` alone. */
export class FakeTime {
  #now = Date.UTC(2026, 4, 4);
  #timers = new Set<Timer>();

  constructor() {
    mock.method(Date, 'now', () => this.#now);
    mock.method(globalThis, 'setTimeout', ((action: () => void, ms = 0) => {
      const timer = {at: this.#now + ms, action};
      this.#timers.add(timer);
      return timer;
    }) as unknown as typeof setTimeout);
    mock.method(globalThis, 'clearTimeout', ((timer: Timer | undefined) => {
      if (timer) this.#timers.delete(timer);
    }) as unknown as typeof clearTimeout);
  }

  /** What is due by then happens, each at its own time. */
  tick(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(each => each.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.action();
    }
    this.#now = end;
  }
}
