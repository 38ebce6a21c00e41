import type {JSX} from 'preact';

import type {Role} from './rights.ts';
import {roleWords} from './role_words.ts';

/** The options of a `<Select>` of roles. */
export function RoleOptions({roles, chosen}: {roles: readonly Role[]; chosen?: Role}): JSX.Element {
  return (
    <>
      {roles.map((role) => (
        <option key={role} value={role} selected={role === chosen}>{roleWords[role].name}: {roleWords[role].may}</option>
      ))}
    </>
  );
}
