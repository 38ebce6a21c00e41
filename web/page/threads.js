// A customer's messages and notes, as lists that keep their place while others write.

import {send} from './api.js';
import {byId, el, icon, setText, syncList} from './dom.js';
import {fullTime, shortTime, showFace} from './faces.js';
import {attempt, closeDialog, confirmDeletion, onSubmit, openDialog} from './forms.js';

const nearEndPx = 80;

const isAdmin = (employee) => employee.role !== 'agent';

// ---- editing a text, for notes and messages alike

let edited = null;   // {desk, entity, object}

function editText(desk, entity, object) {
  edited = {desk, entity, object};
  setText(byId('text-dialog-title'), entity === 'note' ? 'Edit note' : 'Edit message');
  openDialog('text-dialog', (form) => { form.elements.namedItem('body').value = object.body; });
}

async function change(desk, entity, object, fields) {
  const {value, cursor} = await send('PATCH', `${desk.path}/${entity}s/${object.id}`, fields, {version: object.version});
  desk.wrote(entity, 'updated', value, cursor);
}

onSubmit(byId('text-form'), async (form) => {
  const {desk, entity, object} = edited;
  await change(desk, entity, object, {body: form.elements.namedItem('body').value});
  closeDialog('text-dialog');
});

function deleteText(desk, entity, object) {
  confirmDeletion(entity === 'note' ? 'Delete this note?' : 'Delete this message?', 'It is gone for everyone.', async () => {
    const {cursor} = await send('DELETE', `${desk.path}/${entity}s/${object.id}`);
    desk.wrote(entity, 'deleted', object, cursor);
  });
}

function action(name, label, onclick) {
  return el('button', {type: 'button', class: 'ghost', 'aria-label': label, title: label, onclick}, icon(name));
}

// ---- messages

function createMessage(desk, id) {
  const object = () => desk.store.messages.get(id);
  return el('li', {class: 'message'},
    el('span', {class: 'message-face'}),
    el('div', {class: 'bubble'},
      el('p', {class: 'message-body', dir: 'auto'}),
      el('div', {class: 'message-meta'},
        el('span', {class: 'message-author', dir: 'auto'}), el('time', {}), el('span', {class: 'edited'}),
        el('span', {class: 'message-actions'},
          action('edit', 'Edit message', () => editText(desk, 'message', object())),
          action('trash', 'Delete message', () => deleteText(desk, 'message', object()))))));
}

export function drawMessages(desk, customerId) {
  const me = desk.store.myself();
  const messages = desk.store.messagesOf(customerId);
  const scroll = byId('messages-scroll');
  const list = byId('messages');
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < nearEndPx;
  const height = scroll.scrollHeight;
  syncList(list, messages, ({id}) => id, ({id}) => createMessage(desk, id), (line, message) => {
    const {author} = message;
    const mine = author.kind === 'employee' && author.id === me.id;
    line.classList.toggle('outbound', message.direction === 'outbound');
    showFace(line.querySelector('.message-face'), author, 'small');
    setText(line.querySelector('.message-body'), message.body);
    setText(line.querySelector('.message-author'), mine ? 'You' : author.name);
    const time = line.querySelector('time');
    setText(time, shortTime(message.created_at));
    time.title = fullTime(message.created_at);
    setText(line.querySelector('.edited'), message.version > 1 ? 'edited' : '');
    const [edit, remove] = line.querySelector('.message-actions').children;
    edit.hidden = message.direction === 'inbound' || !(mine || isAdmin(me));
    remove.hidden = !(isAdmin(me) || (mine && message.direction === 'outbound'));
  });
  byId('messages-empty').hidden = messages.length > 0;
  if (atEnd && scroll.scrollHeight !== height) scroll.scrollTop = scroll.scrollHeight;
}

// ---- notes

function createNote(desk, id) {
  const object = () => desk.store.notes.get(id);
  return el('li', {class: 'note'},
    el('header', {class: 'note-head'},
      el('span', {class: 'note-face'}),
      el('span', {class: 'note-author', dir: 'auto'}),
      el('time', {}),
      el('span', {class: 'note-pinned'}, 'pinned'),
      el('span', {class: 'note-actions'},
        action('pin', 'Pin note', () => attempt(() => change(desk, 'note', object(), {pinned: !object().pinned}))),
        action('edit', 'Edit note', () => editText(desk, 'note', object())),
        action('trash', 'Delete note', () => deleteText(desk, 'note', object())))),
    el('p', {class: 'note-body', dir: 'auto'}));
}

export function drawNotes(desk, customerId) {
  const {store} = desk;
  const me = store.myself();
  const notes = store.notesOf(customerId);
  setText(byId('notes-count'), notes.length ? String(notes.length) : '');
  syncList(byId('notes'), notes, ({id}) => id, ({id}) => createNote(desk, id), (line, note) => {
    const author = store.person(note.author.id) ?? note.author;
    line.classList.toggle('pinned', note.pinned);
    showFace(line.querySelector('.note-face'), author, 'small');
    setText(line.querySelector('.note-author'), author.id === me.id ? 'You' : author.name);
    const time = line.querySelector('time');
    setText(time, shortTime(note.created_at));
    time.title = fullTime(note.created_at);
    line.querySelector('.note-pinned').hidden = !note.pinned;
    setText(line.querySelector('.note-body'), note.body);
    line.querySelector('.note-actions').hidden = !(author.id === me.id || isAdmin(me));
    line.querySelector('.note-actions button').setAttribute('aria-label', note.pinned ? 'Unpin note' : 'Pin note');
  });
  byId('notes-empty').hidden = notes.length > 0;
}
