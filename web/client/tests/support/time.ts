// Time that stands still but for what a test lets pass, and chance that a test chooses.

interface Timer {
  at: number;
  every: number;
  action: () => void;
}

/** Until everything has run that needs no time: promises, streams, channels. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; ++turn) await new Promise(resolve => setImmediate(resolve));
}

export class Time {
  now = Date.parse('2026-03-14T09:00:00.000Z');
  /** What Math.random gives. */
  random: () => number = () => 0.5;
  #timers = new Map<number, Timer>();
  #last = 0;
  #real = {setTimeout, clearTimeout, setInterval, clearInterval, now: Date.now, random: Math.random};

  install(): void {
    const set = (action: () => void, ms: number, every: number) => {
      this.#timers.set(++this.#last, {at: this.now + ms, every, action});
      return this.#last;
    };
    const clear = (id: number) => this.#timers.delete(id);
    Object.assign(globalThis, {
      setTimeout: (action: () => void, ms = 0) => set(action, ms, 0), clearTimeout: clear,
      setInterval: (action: () => void, ms: number) => set(action, ms, ms), clearInterval: clear,
    });
    Date.now = () => this.now;
    Math.random = () => this.random();
  }

  uninstall(): void {
    const {now, random, ...timers} = this.#real;
    Object.assign(globalThis, timers);
    Date.now = now;
    Math.random = random;
  }

  /** How long until the next timer; Infinity where there is none. */
  get untilNext(): number {
    return Math.min(...[...this.#timers.values()].map(timer => timer.at)) - this.now;
  }

  /** Lets time pass; each timer runs at its time, and what follows from it. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await settle();
    for (let next = this.#due(end); next; next = this.#due(end)) {
      const [id, {at, every, action}] = next;
      if (every) this.#timers.set(id, {at: at + every, every, action});
      else this.#timers.delete(id);
      this.now = Math.max(this.now, at);
      action();
      await settle();
    }
    this.now = end;
  }

  /** The machine sleeps: the clock goes on, no timer runs, and the timers are as far away as before. */
  sleep(ms: number): void {
    this.now += ms;
    for (const timer of this.#timers.values()) timer.at += ms;
  }

  #due(end: number): [number, Timer] | undefined {
    return [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  }
}
