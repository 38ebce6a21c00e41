import type {Message} from '@chatmesh/client';
import {ApiError, Backoff} from '@chatmesh/client';

import type {Pending, Thread} from './thread.ts';

/** What the outbox needs of the world. */
export interface Post {
  /** Sends one message; the same key never makes a second one. */
  send(item: Pending): Promise<Message>;
  /** Something in the thread, or `slow`, is different now. */
  changed(): void;
  wait(ms: number): Promise<void>;
  /** A key for a message, of letters, digits and hyphens. */
  newKey(): string;
}

const maxAttempts = 4;
const longestWaitMs = 60_000;

/** Sends messages one after the other, in their order, and again where no answer came. */
export class Outbox {
  /** The server asked for patience. */
  slow = false;
  #thread: Thread;
  #post: Post;
  #running = false;
  #held: Message[] = [];

  constructor(thread: Thread, post: Post) {
    this.#thread = thread;
    this.#post = post;
  }

  add(body: string): void {
    this.#thread.pending.push({key: this.#post.newKey(), body, at: new Date().toISOString(), failed: false});
    this.#run();
  }

  /** Sends failed messages again: that one, or all. */
  retry(key?: string): void {
    for (const each of this.#thread.pending) if (!key || each.key === key) each.failed = false;
    this.#run();
  }

  /**
   * Of what the server has, what can be shown now. Where it looks like a message whose sending has no answer yet, it
   * waits for that: else it would stand there twice for a moment.
   */
  hold(items: readonly Message[]): Message[] {
    return items.filter(item => {
      const known = item.direction === 'outbound' || this.#thread.has(item.id);
      if (known || !this.#thread.pending.some(each => !each.failed && each.body === item.body)) return true;
      this.#held.push(item);
      return false;
    });
  }

  #run(): void {
    this.#post.changed();
    if (!this.#running) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#running = true;
    for (let item; (item = this.#thread.pending.find(each => !each.failed));) {
      await this.#send(item);
      const held = this.#held.splice(0);
      this.#thread.merge(this.hold(held));
      this.slow = false;
      this.#post.changed();
    }
    this.#running = false;
  }

  async #send(item: Pending): Promise<void> {
    const backoff = new Backoff();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#thread.settle(item.key, await this.#post.send(item));
      } catch (error) {
        if (attempt >= maxAttempts || isFinal(error)) {
          item.failed = true;
          return;
        }
        const {status = 0, retryAfterMs = 0} = error instanceof ApiError ? error : {};
        this.slow = status === 429;
        this.#post.changed();
        await this.#post.wait(Math.min(Math.max(retryAfterMs, backoff.next()), longestWaitMs));
      }
    }
  }
}

/** The server has answered, and will answer the same next time. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return error.status >= 400 && error.status < 500 && error.status !== 429 && error.code !== 'idempotency_in_flight';
}
