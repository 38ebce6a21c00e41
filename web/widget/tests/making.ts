import type {Message} from '@chatmesh/client';

/** A message for tests; ids sort as their numbers. */
export function message(number: number, more: Partial<Message> = {}): Message {
  const at = new Date(Date.UTC(2026, 4, 4, 12, 0, number)).toISOString();
  const direction = more.direction ?? 'inbound';
  const kind = direction === 'inbound' ? 'customer' : 'employee';
  return {
    id: `id-${String(number).padStart(4, '0')}`, company_id: 'c', customer_id: 'v', direction,
    author: {kind, id: kind, name: kind, avatar_url: null}, body: `body ${number}`, version: 1, created_at: at, updated_at: at,
    ...more,
  };
}
