/** What a role may do (docs/roles.md). The server decides; this only keeps from offering what it would refuse. */
export type Role = 'owner' | 'admin' | 'agent';

/** Someone with a role; `id` tells oneself from others. */
export interface Member {
  id: string;
  role: Role;
}

const ranks: Record<Role, number> = {agent: 0, admin: 1, owner: 2};

/** The roles from the least to the greatest. */
export const roles: readonly Role[] = ['agent', 'admin', 'owner'];

/** Only owners touch owners; admins touch everyone else. */
export function mayManage(me: Member, role: Role): boolean {
  return role === 'owner' ? me.role === 'owner' : ranks[me.role] >= ranks.admin;
}

/** May `me` change this employee's details? */
export function mayEdit(me: Member, other: Member): boolean {
  return me.id === other.id || mayManage(me, other.role);
}

/** The roles that `me` may give to this employee; none but the present one where it may not be changed. */
export function rolesToGive(me: Member, other: Member): readonly Role[] {
  if (!mayManage(me, other.role)) return [other.role];
  return rolesToGrant(me);
}

/** The roles that `me` may give to someone new, or to an API token. */
export function rolesToGrant(me: Member): readonly Role[] {
  return roles.filter((role) => mayManage(me, role));
}

/** May `me` invite people, change the company, write API tokens and read the audit trail? */
export function isAdmin(me: Member): boolean {
  return ranks[me.role] >= ranks.admin;
}

/** May `me` delete the company? */
export function isOwner(me: Member): boolean {
  return me.role === 'owner';
}
