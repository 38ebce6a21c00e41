import type {
  ChangeEvent, ChangeOf, EntityName, Goodbye, Id, ReadMark, Reset, Typing,
} from './objects.ts';

/** How the client stands. Replaced as a whole with every change. */
export interface State {
  status: 'connecting' | 'live' | 'reconnecting' | 'offline' | 'stopped';
  /** 'poll': the path to the server buffers or cuts streams. */
  transport: 'stream' | 'poll' | null;
  /** While waiting for another attempt: when, in ms since the epoch. */
  retryAt: number | null;
  /** Of the last goodbye, or why it stopped. */
  reason: string | null;
  /** This tab holds the one connection. */
  leader: boolean;
  /** How often a gap in `seq` was found and repaired. */
  holes: number;
}

type NamedChanges = {[E in EntityName as `${E}.${'created' | 'updated' | 'deleted'}`]: ChangeOf<E>};

/** What `on` tells, by name. */
export interface Events extends NamedChanges {
  state: State;
  /** Each event that told something new, but none of this client's own writes. Also by its type: 'customer.updated'. */
  change: ChangeEvent;
  presence: ReadonlySet<Id>;
  typing: Typing;
  /** History was lost: the store was discarded and holds a new snapshot now. */
  reset: Reset;
  /** A snapshot is in the store: the first, or a new one after a reset. */
  ready: undefined;
  goodbye: Goodbye;
  /** For good. `status`: the server's final answer, 0 after close(). */
  stopped: {status: number; reason: string};
  read: ReadMark;
}
