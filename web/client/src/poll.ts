import type {Changes, Cursor} from './objects.ts';
import {epochOf, seqOf} from './objects.ts';

/** One piece of the company's sequence, from a stream or from `GET /changes`. */
export interface Frame {
  type: string;
  data: unknown;
  /** The cursor that holds after it; '' where it has none. */
  id: Cursor;
}

/** The frames that a stream would have brought in place of this answer. */
export function framesOf({events, skips = [], cursor, reset}: Changes): Frame[] {
  if (reset) return [{type: 'reset', data: reset, id: reset.cursor}];
  const frame = (type: string, data: unknown, seq: number) => ({type, data, id: `${epochOf(cursor)}-${seq}`});
  return [
    ...events.map(event => frame(event.type, event, event.seq)), ...skips.map(skip => frame('skip', skip, skip.to)),
  ].sort((a, b) => seqOf(a.id) - seqOf(b.id));
}
