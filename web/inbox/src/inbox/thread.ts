import type {Client, Id, Message, Note} from '@chatmesh/client';
import {useEffect, useMemo, useReducer} from 'preact/hooks';

const pageSize = 100;

/**
 * One customer's messages or notes, read backwards page by page. What is older than the last page is held back, so
 * that nothing is missing in between.
 */
export class Thread<E extends 'message' | 'note'> {
  /** `failed`: the last page could not be read; `older()` tries again. */
  status: 'idle' | 'loading' | 'failed' | 'complete' = 'idle';
  /** The latest page is here. */
  begun = false;
  #oldest: Id = '';
  #next: string | undefined;
  #closed = false;

  constructor(readonly entity: E, readonly customer: Id, readonly client: Client, readonly onChange: () => void) {}

  /** Reads on, but not a page that failed: a person or a reconnection asks for that again. */
  ahead(): void {
    if (this.status === 'idle' && this.begun) void this.older();
  }

  /** Reads the page before the oldest one, at first the latest. */
  async older(): Promise<void> {
    if (this.status === 'loading' || this.status === 'complete' || this.#closed) return;
    this.status = 'loading';
    try {
      const query = {customer_id: this.customer, limit: pageSize, after: this.#next};
      const page = await this.client.list(this.entity, query);
      this.#oldest = page.items.at(-1)?.id ?? this.#oldest;
      this.#next = page.next ?? undefined;
      this.begun = true;
      this.status = page.next === null ? 'complete' : 'idle';
    } catch {
      this.status = 'failed';
    }
    if (!this.#closed) this.onChange();
  }

  /** Those to show now, oldest first. While nothing could be read, what is known anyway. */
  items(): readonly (E extends 'message' ? Message : Note)[] {
    const {store} = this.client;
    const held = this.entity === 'message' ? store.messagesOf(this.customer) : store.notesOf(this.customer);
    const shown = this.status === 'complete' || !this.begun ? held : held.filter(({id}) => id >= this.#oldest);
    return shown as readonly (E extends 'message' ? Message : Note)[];
  }

  /** Tells nothing any more. */
  close(): void {
    this.#closed = true;
  }
}

/** A thread for as long as its customer is shown; begins anew after the store was discarded. */
export function useThread<E extends 'message' | 'note'>(entity: E, customer: Id, client: Client): Thread<E> {
  const [epoch, reload] = useReducer((n: number) => n + 1, 0);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const thread = useMemo(() => new Thread(entity, customer, client, () => redraw(undefined)),
    [entity, customer, client, epoch]);
  useEffect(() => {
    void thread.older();
    return () => thread.close();
  }, [thread]);
  useEffect(() => client.on('reset', () => reload(undefined)), [client]);
  useEffect(() => client.on('state', ({status}) => {
    if (status === 'live' && thread.status === 'failed') void thread.older();
  }), [client, thread]);
  return thread;
}
