import type {Client, Customer, Id, Time} from '@chatmesh/client';

import {type Filter, byActivity, matches, queryOf} from './filter.ts';

const pageSize = 200;

/**
 * The conversations of one filter, page by page in the order of the server's list. Until the last page is here, what
 * was active before the last one read is held back, so that nothing is missing in between.
 */
export class Feed {
  /** `failed`: the last page could not be read; `more()` tries again. */
  status: 'idle' | 'loading' | 'failed' | 'complete' = 'idle';
  #next: string | undefined;
  #horizon: Time = '';
  #found = new Set<Id>();
  #client: Client;
  #onChange: () => void;
  #closed = false;
  #unsubscribe: () => void;
  #sorted: {of: readonly Customer[]; items: readonly Customer[]} | null = null;   // until something moves

  constructor(readonly filter: Filter, client: Client, onChange: () => void) {
    this.#client = client;
    this.#onChange = onChange;
    this.#unsubscribe = client.store.subscribe((changed) => { if (changed.has('activity')) this.#sorted = null; });
  }

  /** Reads the next page, but not one that failed: a person or a reconnection asks for that again. */
  ahead(): void {
    if (this.status === 'idle') void this.more();
  }

  /** Reads the next page, unless one is under way or none is left. */
  async more(): Promise<void> {
    if (this.status === 'loading' || this.status === 'complete' || this.#closed) return;
    const {me} = this.#client.store;
    if (!me) return;
    this.status = 'loading';
    this.#onChange();
    try {
      const query = {...queryOf(this.filter, me.id), limit: pageSize, after: this.#next};
      const page = await this.#client.list('customer', query);
      for (const {id} of page.items) this.#found.add(id);
      this.#next = page.next ?? undefined;
      this.#horizon = page.activity?.at(-1) ?? this.#horizon;
      this.status = page.next === null ? 'complete' : 'idle';
    } catch {
      this.status = 'failed';
    }
    this.#sorted = null;
    if (!this.#closed) this.#onChange();
  }

  /** Those to show now, the latest active first. */
  items(): readonly Customer[] {
    const {store} = this.#client;
    const everyone = store.all('customer');
    if (this.#sorted?.of === everyone) return this.#sorted.items;
    const me = store.me?.id ?? '';
    const activityOf = (id: Id) => store.activityOf(id);
    const complete = this.status === 'complete' || this.#horizon === '';
    const isShown = (each: Customer) => complete || activityOf(each.id) >= this.#horizon;
    const items = everyone
      .filter((each) => isShown(each) && matches(each, this.filter, me, this.#found))
      .sort(byActivity(activityOf));
    this.#sorted = {of: everyone, items};
    return items;
  }

  /** Tells nothing any more. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
  }
}
