// Every view of the web side, for what looks at all of them: scripts/screenshots and the tests of accessibility.
import {Inbox} from './inbox.mjs';
import {Widget} from './widget.mjs';

const dialog = (page) => page.getByRole('dialog').waitFor();
const settings = (tab) => ({
  path: (company) => `/#/c/${company}/settings`,
  prepare: async ({page}) => {
    await page.getByRole('tab', {name: tab}).click();
    await page.getByRole('tabpanel', {name: tab}).locator('.setting').first().waitFor();
  },
});
const team = (company) => `/#/c/${company}/team`;

// Without a session.
const outside = [
  {name: 'log-in', path: () => '/#/login'},
  {name: 'sign-up', path: () => '/#/signup', prepare: async ({page}) => {
    await page.getByRole('button', {name: 'Start', exact: true}).click();
    await page.locator('[aria-invalid=true]').first().waitFor();
  }},
  {name: 'invitation', path: () => '/#/invitations/none'},
];

// Of a member, with the example company.
const inside = [
  {name: 'inbox', path: (company) => `/#/c/${company}/inbox`, prepare: (inbox) => inbox.listed()},
  {name: 'conversation', path: (company) => `/#/c/${company}/inbox`, prepare: (inbox) => inbox.openFirst()},
  {name: 'team', path: team},
  {name: 'invite', path: team, prepare: async ({page}) => {
    await page.getByRole('button', {name: 'Invite'}).click();
    await dialog(page);
  }},
  {name: 'profile', path: team, prepare: async ({page}) => {
    await page.getByRole('button', {name: 'More for Mira Holt'}).click();
    await page.getByRole('menuitem', {name: 'Edit profile'}).click();
    await dialog(page);
  }},
  {name: 'settings-company', ...settings('Company')},
  {name: 'settings-widget', ...settings('Widget')},
  {name: 'settings-tokens', ...settings('API tokens')},
  {name: 'settings-audit', ...settings('Audit trail')},
  {name: 'settings-account', ...settings('Your account')},
];

// Of a customer.
const customers = [
  {name: 'widget', prepare: (widget) => widget.say('Do you have this one in green?')},
];

// The looks in which each view is seen.
export const looks = {
  light: {viewport: {width: 1280, height: 800}, colorScheme: 'light'},
  dark: {viewport: {width: 1280, height: 800}, colorScheme: 'dark'},
  narrow: {viewport: {width: 360, height: 740}, colorScheme: 'light'},
};

// Calls visit(page, name) with each view in that look, ready to be looked at.
export async function eachView(world, look, visit) {
  const visitor = await world.context(null, looks[look]);
  for (const {name, path, prepare} of outside) {
    const page = await world.page(visitor, path());
    await page.getByRole('heading', {level: 1}).waitFor();
    await prepare?.({page});
    await visit(page, name);
    await page.close();
  }
  await visitor.close();
  const member = await world.context('Mira Holt', looks[look]);
  for (const {name, path, prepare} of inside) {
    const inbox = new Inbox(await world.page(member, path(world.company.id)));
    await inbox.live();
    await prepare?.(inbox);
    await visit(inbox.page, name);
    await inbox.page.close();
  }
  await member.close();
  for (const {name, prepare} of customers) {
    const widget = await Widget.open(world, {options: looks[look]});
    await prepare(widget);
    await visit(widget.page, name);
    await widget.close();
  }
}
