// Forms and dialogs: one place that turns a submit into a request, and a problem into words beside the fields.

import {Problem} from './api.js';
import {byId, el, setText} from './dom.js';

const maxToasts = 3;
const toastMs = 8_000;

function clearFaults(form) {
  form.querySelector('.form-error').hidden = true;
  form.querySelectorAll('.field-error').forEach((node) => node.remove());
  form.querySelectorAll('[aria-invalid]').forEach((input) => {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  });
}

// A composer has no room below its one field: what is wrong with that is told at the top, or by the focus alone.
function markField(input, text) {
  const id = `${input.form.id}-${input.name}-error`;
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', id);
  input.closest('.field')?.append(el('span', {class: 'field-error', id}, text));
}

// Each fault goes to the field that its JSON pointer names, the rest to the top of the form.
function showProblem(form, problem) {
  const rest = [];
  for (const fault of problem.errors ?? []) {
    const names = fault.pointer.split('/').slice(1);
    const input = names.map((name) => form.elements.namedItem(name)).find((found) => found instanceof HTMLElement);
    if (!input?.closest('.field')) rest.push(`${fault.pointer}: ${fault.detail}`);
    else if (!input.hasAttribute('aria-invalid')) markField(input, fault.detail);
  }
  if (!problem.errors?.length) rest.push(problem.message);
  const top = form.querySelector('.form-error');
  top.hidden = rest.length === 0;
  setText(top, rest.join('\n'));
  form.querySelector('[aria-invalid]')?.focus();
}

// The browser's own rules first (required, lengths), told in the page's own way.
function checkFields(form) {
  for (const input of form.elements) {
    if (input.willValidate && !input.checkValidity()) markField(input, input.validationMessage);
  }
  const first = form.querySelector('[aria-invalid]');
  first?.focus();
  return !first;
}

// action(form): does the work; a Problem that it throws is shown in the form. One submit at a time. `signal` ends it.
export function onSubmit(form, action, signal = undefined) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    clearFaults(form);
    if (!checkFields(form)) return;
    form.dataset.busy = 'true';
    try {
      await action(form);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      showProblem(form, problem);
    } finally {
      delete form.dataset.busy;
    }
  }, {signal});
}

export function openDialog(id, prepare) {
  const dialog = byId(id);
  const form = dialog.querySelector('form');
  form.reset();
  clearFaults(form);
  prepare?.(form);
  dialog.showModal();
  return dialog;
}

export function closeDialog(id) {
  byId(id).close();
}

export function wireDialogs() {
  for (const button of document.querySelectorAll('dialog [data-close]')) {
    button.addEventListener('click', () => button.closest('dialog').close());
  }
}

let confirmed = async () => {};

export function wireConfirm() {
  onSubmit(byId('confirm-form'), async () => {
    await confirmed();
    closeDialog('confirm-dialog');
  });
}

// Asks before something is deleted; `action` runs when the answer is yes.
export function confirmDeletion(title, text, action) {
  confirmed = action;
  setText(byId('confirm-title'), title);
  setText(byId('confirm-text'), text);
  openDialog('confirm-dialog');
}

// A short word at the edge of the page, for what has no form to stand in.
export function toast(text) {
  const place = byId('toasts');
  const node = el('p', {class: 'toast'}, text);
  while (place.children.length >= maxToasts) place.firstElementChild.remove();
  place.append(node);
  setTimeout(() => node.remove(), toastMs);
}

// Runs what a click asks for; a problem becomes a short word.
export async function attempt(action) {
  try {
    await action();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    toast(problem.message);
  }
}

// Enter sends, Shift+Enter makes a line. While an input method composes, Enter belongs to it.
export function sendOnEnter(textarea) {
  textarea.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    textarea.form.requestSubmit();
  });
}
