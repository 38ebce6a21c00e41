import type {Message} from '@chatmesh/client';

import {sameDay} from './dates.ts';
import type {Sending} from './outbox.ts';

/** A message, or one on its way. */
export type Row = Message | Sending;

const joinedWithinMs = 5 * 60_000;

/** Whether it got there. */
export function isSent(row: Row): row is Message {
  return 'direction' in row;
}

/** What tells a row from all others. */
export function keyOf(row: Row): string {
  return isSent(row) ? row.id : row.key;
}

/** When it was written. */
export function timeOf(row: Row): string {
  return isSent(row) ? row.created_at : row.at;
}

/** Whether a row is the first of its day. */
export function beginsDay(above: Row | undefined, row: Row): boolean {
  return !above || !sameDay(timeOf(above), timeOf(row));
}

/** Whether a row goes on from the one above it: by the same author, on the same day, soon after. */
export function isJoined(above: Row | undefined, row: Row, me: string): boolean {
  if (!above || beginsDay(above, row)) return false;
  const authorOf = (each: Row) => isSent(each) ? each.author.id : me;
  return authorOf(above) === authorOf(row) && Date.parse(timeOf(row)) - Date.parse(timeOf(above)) < joinedWithinMs;
}

/** The customer's messages after the one with that id; none where it is null. */
export function inboundAfter(messages: readonly Message[], id: string | null | undefined): readonly Message[] {
  return id ? messages.filter((each) => each.id > id && each.direction === 'inbound') : [];
}
