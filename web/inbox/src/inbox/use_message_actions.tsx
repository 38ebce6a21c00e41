import type {Client, Message} from '@chatmesh/client';
import type {ComponentChildren} from 'preact';
import {useState} from 'preact/hooks';

import {isAdmin} from '../team/rights.ts';
import {ConfirmDialog, toast} from '../ui/index.ts';
import {ClashDialog} from './clash_dialog.tsx';
import type {MessageActions} from './message_row.tsx';
import {reasonOf} from './outbox.ts';
import {type Clash, save} from './save.ts';

type Edit = {id: string; base: Message; busy: boolean} | null;

const notSaved = (thrown: unknown) => void toast(`Not saved. ${reasonOf(thrown)}`, {tone: 'danger'});

/** Changing and deleting messages: what may be done with each, and the dialogs that ask. */
export function useMessageActions(client: Client): {
  of(message: Message, paused: boolean): MessageActions;
  dialogs: ComponentChildren;
} {
  const [edit, setEdit] = useState<Edit>(null);
  const [removing, setRemoving] = useState<{message: Message; busy: boolean} | null>(null);
  const [clash, setClash] = useState<Clash<Message> | null>(null);
  const {me} = client.store;
  const store = async (base: Message, body: string) => {
    setEdit({id: base.id, base, busy: true});
    try {
      setClash(await save(client, 'message', base, {body}));
      setEdit(null);
    } catch (thrown) {
      setEdit({id: base.id, base, busy: false});
      notSaved(thrown);
    }
  };
  const remove = async (message: Message) => {
    setRemoving({message, busy: true});
    try {
      await client.remove('message', message.id);
    } catch (thrown) {
      toast(`Not deleted. ${reasonOf(thrown)}`, {tone: 'danger'});
    }
    setRemoving(null);
  };
  const of = (message: Message, paused: boolean): MessageActions => {
    const mine = message.author.kind === 'employee' && message.author.id === me?.id;
    const admin = me !== null && isAdmin(me);
    return {
      canEdit: !paused && message.direction === 'outbound' && (mine || admin),
      canDelete: !paused && (admin || (mine && message.direction === 'outbound')),
      editing: edit?.id === message.id,
      busy: edit?.busy ?? false,
      onEdit: () => setEdit({id: message.id, base: message, busy: false}),
      onDelete: () => setRemoving({message, busy: false}),
      onSave: (text) => { if (edit) void store(edit.base, text); },
      onCancel: () => setEdit(null),
    };
  };
  const dialogs = (
    <>
      {removing && (
        <ConfirmDialog title="Delete this message?" action="Delete" busy={removing.busy}
          onClose={() => setRemoving(null)} onConfirm={() => void remove(removing.message)}>
          It disappears for everyone, the customer too.
        </ConfirmDialog>
      )}
      {clash && (
        <ClashDialog clash={clash} labels={{body: 'Message'}} onClose={() => setClash(null)}
          onChoose={(fields) => void save(client, 'message', clash.theirs, fields).then(setClash, notSaved)} />
      )}
    </>
  );
  return {of, dialogs};
}
