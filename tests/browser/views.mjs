// Every view of the web side, for what looks at all of them: scripts/screenshots and the tests of accessibility.
import {Inbox} from './inbox.mjs';
import {Widget} from './widget.mjs';

const busiest = 'Grünzeug Lieferdienst';   // of the example company
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
  {name: 'conversation', path: (company) => `/#/c/${company}/inbox`, prepare: (inbox) => inbox.openConversation(busiest)},
  {name: 'details', path: (company) => `/#/c/${company}/inbox`, prepare: async (inbox) => {
    await inbox.openConversation(busiest);
    await inbox.showDetails();
    await inbox.details().waitFor();
  }},
  {name: 'new-customer', path: (company) => `/#/c/${company}/inbox`, prepare: async ({page}) => {
    await page.getByRole('button', {name: 'New customer'}).first().click();
    await dialog(page);
  }},
  {name: 'shortcuts', path: (company) => `/#/c/${company}/inbox`, prepare: async (inbox) => {
    await inbox.listed();
    await inbox.page.keyboard.press('?');
    await dialog(inbox.page);
  }},
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
  light: {viewport: {width: 1440, height: 860}, colorScheme: 'light'},
  dark: {viewport: {width: 1440, height: 860}, colorScheme: 'dark'},
  narrow: {viewport: {width: 360, height: 740}, colorScheme: 'light'},
};

// Calls visit(page, name) with each view in that look, ready to be looked at. Views follow each other in one page, as for
// people.
export async function eachView(world, look, visit) {
  const stranger = await world.page(await world.context(null, looks[look]), outside[0].path());
  await walk(stranger, outside, world, (page) => ({page}), visit);
  await stranger.context().close();

  const inbox = await Inbox.open(world, 'Mira Holt', '/', looks[look]);
  await walk(inbox.page, inside, world, () => inbox, visit);
  await inbox.close();

  for (const {name, prepare} of customers) {
    const widget = await Widget.open(world, {options: looks[look]});
    await prepare(widget);
    await settled(widget.page);
    await visit(widget.page, name);
    await widget.close();
  }
}

async function walk(page, views, world, handleOf, visit) {
  for (const {name, path, prepare} of views) {
    await page.evaluate((hash) => { location.hash = hash; }, path(world.company.id).slice(1));
    await page.getByRole('heading', {level: 1}).first().waitFor();
    await prepare?.(handleOf(page));
    await settled(page);
    await visit(page, name);
    if (await page.getByRole('dialog').count() > 0) {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({state: 'detached'});
    }
  }
}

// Waits until nothing moves: fonts are there, animations with an end have ended, and a list that measures its rows after
// it has drawn them has put them in their places.
function settled(page) {
  return page.evaluate(async () => {
    await document.fonts.ready;
    const endless = (each) => each.effect?.getComputedTiming().iterations === Infinity;
    const places = () => [...document.querySelectorAll('main *, dialog *')].map((each) => {
      const {x, y, width, height} = each.getBoundingClientRect();
      return [x, y, width, height].join();
    }).join(' ');
    const frames = async (count) => {
      while (count-- > 0) await new Promise(requestAnimationFrame);
    };
    for (let before = ''; ;) {
      await Promise.allSettled(document.getAnimations().filter((each) => !endless(each)).map((each) => each.finished));
      await frames(3);
      const now = places();
      if (now === before) return;
      before = now;
    }
  });
}
