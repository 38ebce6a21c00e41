import type {Message} from '@chatmesh/client';

/** A message of the visitor's that the server has not confirmed. */
export interface Pending {
  /** Its Idempotency-Key, and its name in the list until the server gives it an id. */
  key: string;
  body: string;
  at: string;
  failed: boolean;
}

/** The conversation as this page knows it: what the server has, in its order, and behind it what is under way. */
export class Thread {
  #messages: Message[] = [];
  #deleted = new Set<string>();
  #keys = new Map<string, string>();   // of own messages: so that the list keeps their elements
  pending: Pending[] = [];
  /** Whether the server has older messages than these. */
  older = false;

  get messages(): readonly Message[] {
    return this.#messages;
  }

  get empty(): boolean {
    return this.#messages.length + this.pending.length === 0;
  }

  has(id: string): boolean {
    return this.#messages.some(each => each.id === id);
  }

  /** What a message is called in the list, from its sending on. */
  keyOf(message: Message): string {
    return this.#keys.get(message.id) ?? message.id;
  }

  /** Takes messages over, whatever their order; older versions than the held ones change nothing. */
  merge(items: readonly Message[]): void {
    const byId = new Map(this.#messages.map(each => [each.id, each]));
    for (const item of items) {
      const held = byId.get(item.id);
      if (this.#deleted.has(item.id) || (held && held.version >= item.version)) continue;
      byId.set(item.id, item);
    }
    this.#messages = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  remove(id: string): void {
    this.#deleted.add(id);
    this.#messages = this.#messages.filter(each => each.id !== id);
  }

  /** Takes over a page that begins with the latest message: what it leaves out is gone, or older than the page. */
  mergeLatest(items: readonly Message[], more: boolean): void {
    const oldest = items.at(-1)?.id;
    const held = this.#messages;
    const listed = new Set(items.map(each => each.id));
    this.#messages = held.filter(each => listed.has(each.id) || (more && oldest !== undefined && each.id < oldest));
    const keepsOlder = this.#messages.some(each => oldest !== undefined && each.id < oldest);
    this.older = more && (!keepsOlder || this.older);
    this.merge(items);
  }

  /** The server has it. */
  settle(key: string, message: Message): void {
    this.pending = this.pending.filter(each => each.key !== key);
    if (!this.#keys.has(message.id)) this.#keys.set(message.id, key);
    this.merge([message]);
  }

  /** Another conversation begins; what is under way stays. */
  clear(): void {
    this.#messages = [];
    this.#deleted.clear();
    this.#keys.clear();
    this.older = false;
  }

  /** How many answers came after the message `seen`. */
  unread(seen: string): number {
    return this.#messages.filter(each => each.direction === 'outbound' && each.id > seen).length;
  }

  /** Who answered last. */
  get agent(): Message['author'] | null {
    return this.#messages.filter(each => each.direction === 'outbound').at(-1)?.author ?? null;
  }
}
