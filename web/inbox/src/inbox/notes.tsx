import './notes.css';

import type {Client, Customer, Note} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useRef, useState} from 'preact/hooks';

import {isAdmin} from '../team/rights.ts';
import {
  Avatar, Button, ConfirmDialog, EmptyState, IconButton, Menu, type MenuItem, Spinner, toast,
} from '../ui/index.ts';
import {withRuns} from '../ui/unbroken.ts';
import {useStoreKeys} from '../watch.ts';
import {ClashDialog} from './clash_dialog.tsx';
import {Composer, type ComposerHandle} from './composer.tsx';
import {fullTime, shortTime} from './dates.ts';
import {giveBack} from './drafts.ts';
import {reasonOf} from './outbox.ts';
import {type Clash, save} from './save.ts';
import {TextEditor} from './text_editor.tsx';
import {type Thread, useThread} from './thread.ts';

const maxNoteLength = 65_536;

/** Pinned ones first, of each kind the latest first. */
function inOrder(notes: readonly Note[]): readonly Note[] {
  return [...notes].sort((a, b) => Number(b.pinned) - Number(a.pinned) || (a.id < b.id ? 1 : -1));
}

type Open = {note: Note; what: 'edit' | 'delete'; busy: boolean} | null;

function NoteCard({note, me, mayWrite, paused, editing, busy, onPin, onEdit, onDelete, onSave, onCancel}: {
  note: Note;
  me: string;
  mayWrite: boolean;
  paused: boolean;
  editing: boolean;
  busy: boolean;
  onPin(): void;
  onEdit(): void;
  onDelete(): void;
  onSave(text: string): void;
  onCancel(): void;
}) {
  const items: MenuItem[] = [
    {label: note.pinned ? 'Unpin' : 'Pin', icon: 'pin', onSelect: onPin},
    {label: 'Edit', icon: 'edit', onSelect: onEdit},
    {label: 'Delete', icon: 'trash', danger: true, separated: true, onSelect: onDelete},
  ];
  return (
    <article class="note" data-pinned={note.pinned} data-note={note.id}>
      <header class="note-head">
        <Avatar person={note.author} size="xs" />
        <span class="note-author ellipsis" dir="auto">{note.author.id === me ? 'You' : note.author.name}</span>
        <time dateTime={note.created_at} title={fullTime(note.created_at)}>{shortTime(note.created_at)}</time>
        {note.version > 1 && <span class="note-edited" title={fullTime(note.updated_at)}>edited</span>}
        <span class="note-end">
          {note.pinned && !mayWrite && <span class="note-pinned">Pinned</span>}
          {mayWrite && (
            <>
              <IconButton icon="pin" size="s" label={note.pinned ? 'Unpin note' : 'Pin note'} pressed={note.pinned}
                disabled={paused} onClick={onPin} />
              <Menu label="Note" align="end" items={items} trigger={(attributes) => (
                <IconButton icon="more" size="s" label="Note actions" disabled={paused} {...attributes} />
              )} />
            </>
          )}
        </span>
      </header>
      {editing ? (
        <TextEditor label="Note" value={note.body} busy={busy} maxLength={maxNoteLength} onSave={onSave}
          onCancel={onCancel} />
      ) : <p class={withRuns('note-body', note.body)} dir="auto">{note.body}</p>}
    </article>
  );
}

// Where there is no note: because there is none, none yet, or none could be read.
function Nothing({thread}: {thread: Thread<'note'>}) {
  if (thread.status === 'failed') {
    return (
      <EmptyState icon="offline" title="The notes could not be read"
        action={<Button icon="refresh" onClick={() => void thread.older()}>Try again</Button>} />
    );
  }
  if (!thread.begun) return <Spinner label="Loading notes" />;
  return <EmptyState icon="note" title="No notes yet">What the team should know. Customers never see it.</EmptyState>;
}

/** What the team wrote about a customer; never seen by them. */
export function Notes({client, customer, pausedReason}: {
  client: Client;
  customer: Customer;
  pausedReason: string | null;
}): JSX.Element {
  const {store} = client;
  useStoreKeys(store, [`notes:${customer.id}`, 'employee']);
  const thread = useThread('note', customer.id, client);
  const notes = inOrder(thread.items());
  const [open, setOpen] = useState<Open>(null);
  const [clash, setClash] = useState<Clash<Note> | null>(null);
  const {me} = store;
  const paused = pausedReason !== null;
  const attempt = async (what: string, run: () => Promise<unknown>) => {
    try {
      await run();
      return true;
    } catch (thrown) {
      toast(`${what} ${reasonOf(thrown)}`, {tone: 'danger'});
      return false;
    }
  };
  const change = async (note: Note, fields: Partial<Note>) => {
    setOpen((now) => now && {...now, busy: true});
    const done = await attempt('Not saved.', async () => setClash(await save(client, 'note', note, fields)));
    setOpen((now) => done ? null : now && {...now, busy: false});
  };
  const remove = async (note: Note) => {
    setOpen({note, what: 'delete', busy: true});
    await attempt('Not deleted.', () => client.remove('note', note.id));
    setOpen(null);
  };
  const composer = useRef<ComposerHandle>(null);
  const draft = `note-${customer.id}`;
  const add = async (body: string) => {
    const done = await attempt('The note was not saved.', () =>
      client.create('note', {customer_id: customer.id, body}));
    if (done) return;
    if (composer.current) composer.current.giveBack(body);
    else giveBack(draft, body);   // another conversation is open by now
  };
  return (
    <div class="notes">
      <div class="notes-list scroll" tabIndex={0} role="region" aria-label="Notes">
        {notes.map((note) => (
          <NoteCard key={note.id} note={note} me={me?.id ?? ''} paused={paused}
            mayWrite={me !== null && (note.author.id === me.id || isAdmin(me))}
            editing={open?.what === 'edit' && open.note.id === note.id} busy={open?.busy ?? false}
            onPin={() => void change(note, {pinned: !note.pinned})}
            onEdit={() => setOpen({note, what: 'edit', busy: false})}
            onDelete={() => setOpen({note, what: 'delete', busy: false})}
            onSave={(body) => { if (open) void change(open.note, {body}); }} onCancel={() => setOpen(null)} />
        ))}
        {notes.length === 0 && <Nothing thread={thread} />}
        {(thread.status === 'idle' || thread.status === 'failed') && thread.begun && (
          <Button size="s" onClick={() => void thread.older()}>Older notes</Button>
        )}
      </div>
      <Composer key={customer.id} handle={composer} draft={draft} label="New note" placeholder="Note for the team…"
        sendLabel="Add note" paused={pausedReason} maxLength={maxNoteLength} onSend={(body) => void add(body)}
        hint="Only your team sees notes." />
      {open?.what === 'delete' && (
        <ConfirmDialog title="Delete this note?" action="Delete" busy={open.busy} onClose={() => setOpen(null)}
          onConfirm={() => void remove(open.note)}>It is gone for the whole team.</ConfirmDialog>
      )}
      {clash && (
        <ClashDialog clash={clash} labels={{body: 'Note', pinned: 'Pinned'}} onClose={() => setClash(null)}
          onChoose={(fields) => void change(clash.theirs, fields)} />
      )}
    </div>
  );
}
