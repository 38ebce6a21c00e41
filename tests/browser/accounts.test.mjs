// Getting in: signing up, logging in, joining by invitation, and what is said when it does not work.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {World, emailOf, password} from './world.mjs';

let world;

before(async () => { world = await World.create(['Ada']); });
after(() => world?.close());

const field = (page, label) => page.getByLabel(label, {exact: true});
const press = (page, name) => page.getByRole('button', {name, exact: true}).click();
const says = (page, text) => page.getByText(text).waitFor();
const isIn = (page) => page.waitForURL(/#\/c\//u);
const invite = async (name, email) => {
  const ada = world.api('Ada');
  const {invitation} = await ada.request('POST', `${ada.company}/employees`, {name, email, role: 'agent'});
  return new URL(invitation.url).hash;
};

test('Signing up tells every fault at its field, and keeps what was typed', async () => {
  const page = await world.page(await world.context(), '/#/signup');
  await field(page, 'Company').fill('Second Hand');
  await field(page, 'E-mail').fill('nobody');
  await field(page, 'Password').fill('short');
  await press(page, 'Start');
  const faults = [['Your name', /empty/u], ['E-mail', /e-mail address/u], ['Password', /10 characters/u]];
  for (const [label, fault] of faults) {
    const input = field(page, label);
    await page.waitForFunction((each) => each.getAttribute('aria-invalid') === 'true', await input.elementHandle());
    const told = await page.locator(`[id="${await input.getAttribute('aria-describedby')}"]`).textContent();
    assert.match(told, fault);
  }
  const first = await field(page, 'Your name').evaluate((each) => each === document.activeElement);
  assert.ok(first, 'the first fault has the focus');
  assert.equal(await field(page, 'Company').inputValue(), 'Second Hand');
  await field(page, 'Your name').fill('Zoe');
  await field(page, 'E-mail').fill(emailOf('Ada'));
  await field(page, 'Password').fill(password);
  await press(page, 'Start');
  await says(page, 'has an account already');
  await field(page, 'E-mail').fill('zoe@example.com');
  await press(page, 'Start');
  await isIn(page);
  await page.context().close();
});

test('Logging in, wrongly and rightly, and out again', async () => {
  const page = await world.page(await world.context(), '/');
  await field(page, 'E-mail').fill(emailOf('Ada'));
  await field(page, 'Password').fill('something else');
  await press(page, 'Log in');
  await says(page, 'don’t belong together');
  await field(page, 'Password').fill(password);
  await press(page, 'Log in');
  await isIn(page);
  const company = world.company.id;
  await page.goto(`${world.base}/#/c/${company}/settings`);
  await page.getByRole('tab', {name: 'Your account'}).click();
  await page.getByRole('tabpanel').getByRole('button', {name: 'Log out'}).click();
  await page.getByRole('heading', {name: 'Log in'}).waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  await page.context().close();
});

test('Without the server the form says so, and works when it is back', async () => {
  const page = await world.page(await world.context(), '/#/login');
  await field(page, 'E-mail').fill(emailOf('Ada'));
  await field(page, 'Password').fill(password);
  await page.context().setOffline(true);
  await press(page, 'Log in');
  await says(page, 'can’t be reached');
  await page.context().setOffline(false);
  await press(page, 'Log in');
  await isIn(page);
  await page.context().close();
});

test('An invitation lets someone new in, once, and its token leaves the address', async () => {
  const hash = await invite('Ben', 'ben@example.com');
  const page = await world.page(await world.context(), `/${hash}`);
  await field(page, 'Choose a password').fill('short');
  await press(page, 'Join');
  await says(page, /10 characters/u);
  await field(page, 'Your name').fill('Benjamin');
  await field(page, 'Choose a password').fill(password);
  await press(page, 'Join');
  await isIn(page);
  await page.goto(`${world.base}/${hash}`);
  await page.reload();
  await page.getByRole('button', {name: 'Join', exact: true}).click();
  await says(page, 'was used already');
  await page.context().close();
});

test('An invitation to someone with a login takes its password or its session, and nobody else’s', async () => {
  const zoe = 'zoe@example.com';   // signed up above, with a company of her own
  const hash = await invite('Zoe', zoe);
  const page = await world.page(await world.context(), `/${hash}`);
  await field(page, 'Choose a password').fill('another long password');
  await press(page, 'Join');
  await says(page, 'an account for this e-mail address already');
  await page.getByRole('radio', {name: 'I have an account'}).click();
  await field(page, 'Your password').fill('another long password');
  await press(page, 'Join');
  await says(page, 'not the password of the account');
  await page.context().close();

  const ada = await world.open('Ada', `/${hash}`);
  await press(ada, 'Join');
  await says(ada, 'for another account than yours');
  await ada.context().close();

  const known = await world.page(await world.context(), '/#/login');
  await field(known, 'E-mail').fill(zoe);
  await field(known, 'Password').fill(password);
  await press(known, 'Log in');
  await isIn(known);
  await known.goto(`${world.base}/${hash}`);
  await says(known, `(${zoe})`);
  await press(known, 'Join');
  await known.waitForURL(new RegExp(`#/c/${world.company.id}`, 'u'));
  await known.context().close();
});

test('Too many attempts are told with the time to wait', async () => {
  await world.server.stop();
  await world.server.start(world.port, [...world.options, '--limits.rate=on', '--limits.auth-per-minute=1']);
  const page = await world.page(await world.context(), '/#/login');
  await field(page, 'E-mail').fill(emailOf('Ada'));
  await field(page, 'Password').fill('something else');
  await press(page, 'Log in');
  await says(page, 'don’t belong together');
  await press(page, 'Log in');
  await says(page, /too often. Try again in (\d+ seconds|\d minutes)/u);
  await page.context().close();
});

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
