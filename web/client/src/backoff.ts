const longestMs = 30_000;
const healthyMs = 60_000;

/** Waits between attempts: exponential with full jitter, so that a herd of clients spreads by itself. */
export class Backoff {
  /** The first wait is at most this; the server's `retry`. */
  baseMs: number;
  #failures = 0;
  #random: () => number;

  constructor(random: () => number = Math.random, baseMs = 1_000) {
    this.#random = random;
    this.baseMs = baseMs;
  }

  /** How long to wait before the next attempt. */
  next(): number {
    return this.#random() * Math.min(longestMs, this.baseMs * 2 ** this.#failures++);
  }

  /** Tells how long the last attempt's connection was alive; after a minute the waits start over. */
  lived(ms: number): void {
    if (ms >= healthyMs) this.reset();
  }

  /** Starts over. */
  reset(): void {
    this.#failures = 0;
  }
}
