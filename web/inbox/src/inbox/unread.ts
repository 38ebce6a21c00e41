import type {Id, Store} from '@chatmesh/client';

/** Whether the customer wrote last, and that wasn't seen yet. */
export function isUnread(store: Store, customerId: Id): boolean {
  const latest = store.messagesOf(customerId).at(-1);
  return latest?.direction === 'inbound' && latest.id > (store.readMark(customerId)?.message_id ?? '');
}

/** How many of the known conversations are unread. */
export function unreadCount(store: Store): number {
  return store.all('customer').reduce((count, {id}) => count + (isUnread(store, id) ? 1 : 0), 0);
}
