import {ApiError, type Company, type Employee, type Id, request} from '@chatmesh/client';

const base = '/api/v1';

/** A login. */
export interface User {
  id: Id;
  name: string;
  email: string;
}

/** A company that the user belongs to, and as whom. */
export interface Membership {
  company: Company;
  employee: Employee;
}

/** Who is signed in, and where they belong. The token itself stays in the cookie, which scripts can't read. */
export interface Session {
  user: User;
  memberships: readonly Membership[];
}

/** Asks who is signed in; null for nobody. */
export async function currentSession(): Promise<Session | null> {
  try {
    return await request<Session>(base, 'GET', '/sessions/current');
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === 401) return null;
    throw thrown;
  }
}

/** Signs in. */
export function logIn(email: string, password: string): Promise<Session> {
  return request<Session>(base, 'POST', '/sessions', {email, password});
}

/** Makes a login and a company of its own. */
export async function signUp(wanted: {company: string; name: string; email: string; password: string}): Promise<Session> {
  const {company: name, ...person} = wanted;
  const made = await request<Membership & {user: User}>(base, 'POST', '/signup', {company: {name}, ...person});
  return {user: made.user, memberships: [{company: made.company, employee: made.employee}]};
}

/** Takes an invitation; what is not given proves itself by the session that there is. */
export function accept(token: string, proof: {name?: string; password?: string}): Promise<Session> {
  return request<Session>(base, 'POST', `/invitations/${encodeURIComponent(token)}/accept`, proof);
}

/** Makes a further company; whoever is signed in owns it. */
export function createCompany(name: string): Promise<Membership> {
  return request<Membership>(base, 'POST', '/companies', {name});
}

/** Ends the session, here and for every tab. One that has ended already is no fault. */
export async function logOut(): Promise<void> {
  try {
    await request<void>(base, 'DELETE', '/sessions/current');
  } catch (thrown) {
    if (!(thrown instanceof ApiError && thrown.status === 401)) throw thrown;
  }
}
