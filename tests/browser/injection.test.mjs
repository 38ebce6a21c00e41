// Markup and script in every text that people can write: shown as the text that it is, everywhere, and never run.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Inbox} from './inbox.mjs';
import {Widget} from './widget.mjs';
import {World} from './world.mjs';

const attacks = [
  '<img src=x onerror="window.hit=1">', '<script>window.hit=1</script>', '"><svg onload=window.hit=1>',
  '\' autofocus onfocus=window.hit=1 x=\'', '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  'javascript:window.hit=1', '</textarea><details open ontoggle=window.hit=1>', '${window.hit=1}{{window.hit=1}}',
  '[click](javascript:window.hit=1) http://x"onmouseover="window.hit=1',
];
const all = attacks.join(' ');
const short = attacks[0];   // for fields that are short

let world;
let ada;
let customer;

// Everything that a person's text can be in, through the API: what it takes, the pages have to bear.
async function attack() {
  ada = world.api('Ada');
  const {company, employee} = ada;
  await ada.request('PATCH', company, {name: short});
  await ada.request('PATCH', `${company}/employees/${employee.id}`,
    {name: short, title: all.slice(0, 200), email: '<svg/onload=hit=1>@example.com', phone: '<b onclick=hit=1>1</b>'});
  customer = await ada.request('POST', `${company}/customers`, {
    name: all.slice(0, 200), email: '"<img/src/onerror=hit=1>"@example.com', phone: '<i>1</i>', organization: short,
    tags: attacks.map((each) => each.slice(0, 64)),
    attributes: Object.fromEntries(attacks.map((each) => [each.slice(0, 64), each])),
    avatar_url: 'http://127.0.0.1:1/"onerror="window.hit=1', assigned_employee_id: employee.id,
  });
  await ada.request('POST', `${company}/notes`, {customer_id: customer.id, body: all, pinned: true});
  for (const body of attacks) await ada.request('POST', `${company}/messages`, {customer_id: customer.id, body});
  await ada.request('POST', `${company}/employees`, {name: attacks[2], email: 'invited@example.com', role: 'agent'});
  await ada.request('POST', `${company}/api_tokens`, {name: attacks[1], role: 'agent'});
}

before(async () => {
  world = await World.create(['Ada']);
  await attack();
});
after(() => world?.close());

// Nothing ran, and no element came of a text.
async function isInert(page) {
  const found = await page.evaluate(() => {
    const deep = (root) => [...root.querySelectorAll('*')]
      .flatMap((each) => [each, ...(each.shadowRoot ? deep(each.shadowRoot) : [])]);
    const everything = deep(document);
    return [
      ...('hit' in window ? ['a script ran'] : []),
      ...everything.filter((each) => each.localName === 'iframe' || each.getAttributeNames().some((name) => name.startsWith('on')))
        .map((each) => each.outerHTML),
      ...everything.filter((each) => each.localName === 'script' && !each.src).map((each) => each.outerHTML),
      ...everything.filter((each) => /^\s*javascript:/iu.test(each.getAttribute('href') ?? ''))
        .map((each) => each.outerHTML),
    ];
  });
  assert.deepEqual(found, []);
}
const shows = (page, text) => page.getByText(text, {exact: false}).first().waitFor();

test('The conversation, the list and the details show it as text', async () => {
  const inbox = await Inbox.open(world, 'Ada');
  await inbox.openFirst();
  for (const each of attacks) await inbox.hasMessage(each);
  await inbox.hasNote(all);
  await isInert(inbox.page);
  await inbox.close();
});

test('The team and the settings show it as text', async () => {
  const inbox = await Inbox.open(world, 'Ada', `/#/c/${world.company.id}/team`);
  const {page} = inbox;
  await shows(page, attacks[2]);
  await page.getByRole('button', {name: `More for ${short}`}).click();
  await page.getByRole('menuitem', {name: 'Edit profile'}).click();
  assert.equal(await page.getByLabel('Name').inputValue(), short);
  await isInert(page);
  await page.goto(`${world.base}/#/c/${world.company.id}/settings`);
  for (const [tab, text] of [['API tokens', attacks[1]], ['Audit trail', short], ['Your account', short]]) {
    await page.getByRole('tab', {name: tab}).click();
    await page.getByRole('tabpanel').getByText(text).first().waitFor();
    await isInert(page);
  }
  for (const each of await page.getByRole('tabpanel').locator('summary').all()) await each.click();
  await isInert(page);
  await inbox.close();
});

test('What is typed into the pages themselves is text too, on every side', async () => {
  const visitor = await Widget.open(world);
  for (const each of attacks) {
    await visitor.say(each);
    await visitor.hasMessage(each);
  }
  const inbox = await Inbox.open(world, 'Ada');
  await inbox.openFirst();
  await inbox.hasMessage(attacks.at(-1));
  for (const each of attacks) {
    await inbox.say(`re: ${each}`);
    await visitor.hasMessage(`re: ${each}`);
  }
  await inbox.note(all);
  await inbox.hasNote(all);
  await isInert(inbox.page);
  await isInert(visitor.page);
  await visitor.close();
  await inbox.close();
});

test('Nothing was thrown, and there was nothing for the content security policy to refuse', () => {
  assert.deepEqual(world.faults, []);
});
