import type {Message} from '@chatmesh/client';

import type {Thread} from './thread.ts';

/** A line between two days. */
export interface DayRow {
  kind: 'day';
  key: string;
  label: string;
}

/** A message as it is shown. */
export interface MessageRow {
  kind: 'message';
  key: string;
  body: string;
  mine: boolean;
  author: Message['author'] | null;   // null: the visitor
  time: string;
  /** First and last of a run of one author's within a few minutes. */
  first: boolean;
  last: boolean;
  state: 'sent' | 'sending' | 'failed';
}

export type Row = DayRow | MessageRow;

interface Entry {
  key: string;
  body: string;
  author: Message['author'] | null;
  at: Date;
  state: MessageRow['state'];
}

const runMs = 5 * 60_000;
const dayMs = 24 * 3600_000;

const midnight = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** "Today", "Yesterday", a day of this week by its name, else the date. */
export function dayLabel(at: Date, now: Date, language: string): string {
  const days = Math.round((midnight(now) - midnight(at)) / dayMs);   // a day may have 23 or 25 hours
  let label: string;
  if (days === 0 || days === 1) {
    label = new Intl.RelativeTimeFormat(language, {numeric: 'auto'}).format(-days, 'day');
  } else if (days > 1 && days < 7) {
    label = at.toLocaleDateString(language, {weekday: 'long'});
  } else {
    const year = at.getFullYear() === now.getFullYear() ? undefined : 'numeric';
    label = at.toLocaleDateString(language, {day: 'numeric', month: 'long', year});
  }
  return label.charAt(0).toLocaleUpperCase(language) + label.slice(1);
}

function entriesOf(thread: Thread): Entry[] {
  return [
    ...thread.messages.map((each): Entry => ({
      key: thread.keyOf(each),
      body: each.body,
      author: each.direction === 'outbound' ? each.author : null,
      at: new Date(each.created_at),
      state: 'sent',
    })),
    ...thread.pending.map((each): Entry => ({
      key: each.key, body: each.body, author: null, at: new Date(each.at), state: each.failed ? 'failed' : 'sending',
    })),
  ];
}

const sameRun = (a: Entry | undefined, b: Entry | undefined): boolean =>
  a !== undefined && b !== undefined && a.author?.id === b.author?.id && midnight(a.at) === midnight(b.at) &&
  Math.abs(b.at.getTime() - a.at.getTime()) < runMs;

/** The lines of the list, from the oldest to what is under way. */
export function rowsOf(thread: Thread, language: string, now: Date): Row[] {
  const rows: Row[] = [];
  const entries = entriesOf(thread);
  let day = NaN;
  entries.forEach((entry, at) => {
    if (!(midnight(entry.at) <= day)) {   // a visitor's clock may be behind: days don't go back
      day = midnight(entry.at);
      rows.push({kind: 'day', key: `day ${day}`, label: dayLabel(entry.at, now, language)});
    }
    rows.push({
      kind: 'message',
      key: entry.key,
      body: entry.body,
      mine: !entry.author,
      author: entry.author,
      time: entry.at.toLocaleTimeString(language, {hour: 'numeric', minute: '2-digit'}),
      first: !sameRun(entries[at - 1], entry),
      last: !sameRun(entry, entries[at + 1]),
      state: entry.state,
    });
  });
  return rows;
}
