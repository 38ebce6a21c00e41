import type {Employee, Message} from '@chatmesh/client';
import type {JSX} from 'preact';

import {Avatar, Button, Icon, IconButton, Menu, type MenuItem} from '../ui/index.ts';
import {withRuns} from '../ui/unbroken.ts';
import {clockTime, dayName, fullTime} from './dates.ts';
import type {Sending} from './outbox.ts';
import {TextEditor} from './text_editor.tsx';

/** What may be done with one message. */
export interface MessageActions {
  canEdit: boolean;
  canDelete: boolean;
  editing: boolean;
  busy: boolean;
  onEdit(): void;
  onDelete(): void;
  onSave(text: string): void;
  onCancel(): void;
}

/** How long a message may be, in code points. */
export const maxMessageLength = 16_384;

function Actions({canEdit, canDelete, onEdit, onDelete, message}: MessageActions & {message: Message}) {
  const items: MenuItem[] = [
    {label: 'Copy text', icon: 'copy', onSelect: () => void navigator.clipboard?.writeText(message.body)},
    ...(canEdit ? [{label: 'Edit', icon: 'edit' as const, onSelect: onEdit}] : []),
  ];
  if (canDelete) items.push({label: 'Delete', icon: 'trash', danger: true, separated: true, onSelect: onDelete});
  return (
    <span class="message-actions">
      <Menu label="Message" align="end" items={items} trigger={(attributes) => (
        <IconButton icon="more" size="s" label="Message actions" {...attributes} />
      )} />
    </span>
  );
}

/** A line over the first message of a day. */
export function DayLine({time}: {time: string}): JSX.Element {
  return <div class="day-line"><span>{dayName(time)}</span></div>;
}

/** A line over the first message that one hasn't seen. */
export function NewLine(): JSX.Element {
  return <div class="new-line"><span>New</span></div>;
}

/** One message; `joined` where it goes on from the one above it by the same author. */
export function MessageRow({message, me, joined, actions}: {
  message: Message;
  me: string;
  joined: boolean;
  actions: MessageActions;
}): JSX.Element {
  const {author, direction, body, created_at: at} = message;
  const mine = author.kind === 'employee' && author.id === me;
  return (
    <article class="message" data-direction={direction} data-joined={joined} data-message={message.id}
      aria-label={`${mine ? 'You' : author.name}, ${fullTime(message.created_at)}`}>
      <span class="message-face">{!joined && <Avatar person={author} size="s" />}</span>
      <div class="message-main">
        {!joined && (
          <p class="message-head">
            <span class="message-author ellipsis" dir="auto">{mine ? 'You' : author.name}</span>
            <time dateTime={at} title={fullTime(at)}>{clockTime(at)}</time>
            {message.version > 1 && <span title={`Edited ${fullTime(message.updated_at)}`}>edited</span>}
          </p>
        )}
        {actions.editing ? (
          <TextEditor label="Message" value={body} busy={actions.busy} maxLength={maxMessageLength}
            onSave={actions.onSave} onCancel={actions.onCancel} />
        ) : (
          <div class="bubble-line">
            <p class={withRuns('bubble', body)} dir="auto" title={joined ? fullTime(message.created_at) : undefined}>
              {body}
              {joined && message.version > 1 && <span class="bubble-edited"> edited</span>}
            </p>
            <Actions {...actions} message={message} />
          </div>
        )}
      </div>
    </article>
  );
}

/** A message on its way, or one that did not get there. */
export function SendingRow({entry, joined, author, paused, onRetry, onDiscard}: {
  entry: Sending;
  joined: boolean;
  author: Employee | null;
  paused: boolean;
  onRetry(): void;
  onDiscard(): void;
}): JSX.Element {
  const failed = entry.state === 'failed';
  return (
    <article class="message" data-direction="outbound" data-joined={joined} data-state={entry.state} aria-label="You">
      <span class="message-face">{!joined && author && <Avatar person={author} size="s" />}</span>
      <div class="message-main">
        {!joined && (
          <p class="message-head">
            <span class="message-author">You</span>
            {!failed && <span>Sending…</span>}
          </p>
        )}
        <div class="bubble-line"><p class={withRuns('bubble', entry.body)} dir="auto">{entry.body}</p></div>
        {failed && (
          <p class="message-fault" role="alert">
            <Icon name="alert" size={16} /><span>Not sent. {entry.reason}</span>
            <Button size="s" icon="refresh" disabled={paused} onClick={onRetry}>Retry</Button>
            <Button size="s" kind="ghost" onClick={onDiscard}>Take back</Button>
          </p>
        )}
      </div>
    </article>
  );
}
