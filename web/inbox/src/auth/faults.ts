import {ApiError} from '@chatmesh/client';

/** What a refusal says to the person at the form: beside fields, by their names, and of the form as a whole. */
export interface Faults {
  fields: Readonly<Record<string, string>>;
  form: string | null;
}

/** No fault. */
export const noFaults: Faults = {fields: {}, form: null};

const words: Record<string, string> = {
  email_taken: 'This e-mail address has an account already. Log in instead.',
  last_owner: 'This is the last owner. Make someone else an owner first.',
  forbidden: 'Your role does not allow this. Ask an admin of your company.',
  not_found: 'This is gone: someone deleted it meanwhile.',
  unauthenticated: 'Your session has ended. Log in again.',
  too_large: 'This is too large.',
  version_mismatch: 'Someone else changed this meanwhile. Look at the present version and try again.',
};

function wait(ms: number | undefined): string {
  const seconds = Math.max(1, Math.ceil((ms ?? 1000) / 1000));
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

function sentence(detail: string): string {
  const text = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?]$/u.test(text) ? text : `${text}.`;
}

function forForm(refusal: ApiError): string {
  if (refusal.status === 0) return 'The server can’t be reached. Try again when you are online.';
  if (refusal.status === 429) return `That was a little too often. Try again in ${wait(refusal.retryAfterMs)}.`;
  if (refusal.status === 503) return `The server is busy. Try again in ${wait(refusal.retryAfterMs)}.`;
  return words[refusal.code] ?? sentence(refusal.message || 'The server refused this');
}

/**
 * Sorts what was thrown into messages for fields and one for the form. `fields` maps JSON pointers ("/company/name")
 * to names of fields; what is about none of them is told at the form. Faults of the program itself are thrown on.
 */
export function explain(thrown: unknown, fields: Readonly<Record<string, string>>): Faults {
  if (!(thrown instanceof ApiError)) throw thrown;
  if (thrown.errors.length === 0) return {fields: {}, form: forForm(thrown)};
  const found: Record<string, string> = {};
  const others: string[] = [];
  for (const {pointer, detail} of thrown.errors) {
    const field = fieldOf(pointer, fields);
    if (field === undefined) others.push(sentence(`${pointer.slice(1)} ${detail}`.trim()));
    else if (!(field in found)) found[field] = sentence(detail);
  }
  return {fields: found, form: others.length > 0 ? others.join(' ') : null};
}

// The pointer's own field, or that of what it lies in: "/tags/3" belongs to the field of "/tags".
function fieldOf(pointer: string, fields: Readonly<Record<string, string>>): string | undefined {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    if (fields[at] !== undefined) return fields[at];
  }
  return undefined;
}
