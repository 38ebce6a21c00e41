import {signal} from '@preact/signals';

/** The parts of the settings; the first is shown where none is named. */
export const settingsSections = ['company', 'widget', 'tokens', 'audit', 'account'] as const;
export type SettingsSection = (typeof settingsSections)[number];

/** Where in the application one is; kept in the address' fragment, so that every place can be linked to. */
export type Route =
  | {view: 'home'}
  | {view: 'login'; next?: string}
  | {view: 'signup'}
  | {view: 'invitation'; token: string}
  | {view: 'inbox'; company: string; customer: string | null}
  | {view: 'team'; company: string}
  | {view: 'settings'; company: string; section?: SettingsSection}
  | {view: 'unknown'};

const decode = (text: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;   // a `%` that stands for itself
  }
};

/** The place that a fragment such as `#/c/ID/inbox` names. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/u, '').split('?', 2);
  const parts = path.split('/').filter(Boolean).map(decode);
  const [first, second, third, fourth] = parts;
  if (first === undefined) return {view: 'home'};
  if (first === 'login' && parts.length === 1) {
    const next = new URLSearchParams(query).get('next');
    return next?.startsWith('#/') ? {view: 'login', next} : {view: 'login'};
  }
  if (first === 'signup' && parts.length === 1) return {view: 'signup'};
  if (first === 'invitations' && second && parts.length === 2) return {view: 'invitation', token: second};
  if (first === 'c' && second) {
    if (third === undefined) return {view: 'inbox', company: second, customer: null};
    if (third === 'inbox' && parts.length <= 4) return {view: 'inbox', company: second, customer: fourth ?? null};
    if (third === 'team' && parts.length === 3) return {view: third, company: second};
    if (third === 'settings' && parts.length <= 4) {
      const section = settingsSections.find((each) => each === fourth);
      if (section) return {view: third, company: second, section};
      if (fourth === undefined) return {view: third, company: second};
    }
  }
  return {view: 'unknown'};
}

/** The fragment that names a place: the reverse of `parseRoute`. */
export function hrefOf(route: Route): string {
  const path = (...parts: string[]) => `#/${parts.map(encodeURIComponent).join('/')}`;
  switch (route.view) {
    case 'login': return path('login') + (route.next ? `?next=${encodeURIComponent(route.next)}` : '');
    case 'signup': return path('signup');
    case 'invitation': return path('invitations', route.token);
    case 'inbox': return path('c', route.company, 'inbox', ...(route.customer ? [route.customer] : []));
    case 'team': return path('c', route.company, route.view);
    case 'settings': return path('c', route.company, route.view, ...(route.section ? [route.section] : []));
    default: return '#/';
  }
}

const browser = typeof location !== 'undefined';

/** The present place. */
export const route = signal<Route>(browser ? parseRoute(location.hash) : {view: 'home'});
if (browser) addEventListener('hashchange', () => { route.value = parseRoute(location.hash); });

/** Goes to a place; with `replace`, without a step in the history. */
export function navigate(to: Route, {replace = false} = {}): void {
  const href = hrefOf(to);
  if (href === location.hash) return;
  if (!replace) {
    location.hash = href;
    return;
  }
  history.replaceState(null, '', href);
  route.value = parseRoute(href);
}
