import type {Role} from './rights.ts';

/** How roles are called, and what they may do in half a line (docs/roles.md has it in full). */
export const roleWords: Readonly<Record<Role, {name: string; may: string}>> = {
  agent: {name: 'Agent', may: 'talks to customers'},
  admin: {name: 'Admin', may: 'also runs the team and the settings'},
  owner: {name: 'Owner', may: 'may do everything'},
};
