import {ApiError, type Client, type Id, randomToken} from '@chatmesh/client';
import {type ReadonlySignal, computed, signal} from '@preact/signals';

/** A message on its way, or one that did not get there. */
export interface Sending {
  /** The same for every attempt, so that the message is made once whatever answer was lost. */
  key: string;
  body: string;
  at: string;
  state: 'sending' | 'failed';
  /** Why it failed. */
  reason: string;
}

/** In words, why something could not be written. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof ApiError)) return 'Something went wrong here.';
  if (thrown.status === 0) return 'The server could not be reached.';
  const said = thrown.errors[0]?.detail ?? thrown.message;
  return said.charAt(0).toLocaleUpperCase() + said.slice(1);
}

/** Messages that the server has not confirmed yet, per customer, in the order in which they were written. */
export class Outbox {
  #client: Client;
  #all = signal<ReadonlyMap<Id, readonly Sending[]>>(new Map());
  #views = new Map<Id, ReadonlySignal<readonly Sending[]>>();
  #tail = new Map<Id, Promise<void>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Those of one customer. */
  of(customer: Id): readonly Sending[] {
    let view = this.#views.get(customer);
    if (!view) this.#views.set(customer, view = computed(() => this.#all.value.get(customer) ?? []));
    return view.value;
  }

  /** Sends a message after those before it. */
  send(customer: Id, body: string): void {
    const entry: Sending = {key: randomToken(), body, at: new Date().toISOString(), state: 'sending', reason: ''};
    this.#set(customer, (list) => [...list, entry]);
    this.#queue(customer, entry);
  }

  /** Sends one that failed again. */
  retry(customer: Id, key: string): void {
    const entry = this.#all.value.get(customer)?.find((each) => each.key === key);
    if (entry?.state !== 'failed') return;
    this.#change(customer, key, {state: 'sending'});
    this.#queue(customer, entry);
  }

  /** Gives one up; returns its text. */
  discard(customer: Id, key: string): string {
    const body = this.#all.value.get(customer)?.find((each) => each.key === key)?.body ?? '';
    this.#set(customer, (list) => list.filter((each) => each.key !== key));
    return body;
  }

  #queue(customer: Id, {key, body}: Sending): void {
    const before = this.#tail.get(customer) ?? Promise.resolve();
    const mine = before.then(async () => {
      try {
        await this.#client.create('message', {customer_id: customer, body}, key);
        this.discard(customer, key);
      } catch (thrown) {
        this.#change(customer, key, {state: 'failed', reason: reasonOf(thrown)});
      }
    });
    this.#tail.set(customer, mine);
  }

  #change(customer: Id, key: string, fields: Partial<Sending>): void {
    this.#set(customer, (list) => list.map((each) => each.key === key ? {...each, ...fields} : each));
  }

  #set(customer: Id, change: (list: readonly Sending[]) => readonly Sending[]): void {
    const next = new Map(this.#all.value);
    const list = change(next.get(customer) ?? []);
    if (list.length > 0) next.set(customer, list);
    else next.delete(customer);
    this.#all.value = next;
  }
}

const outboxes = new WeakMap<Client, Outbox>();

/** The one outbox of a client. */
export function outboxOf(client: Client): Outbox {
  let found = outboxes.get(client);
  if (!found) outboxes.set(client, found = new Outbox(client));
  return found;
}
