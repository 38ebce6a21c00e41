// A company with believable people and conversations, made through the API: for screenshots and for trying things out.
// As a command: node demo_company.mjs PORT  (a server that runs), prints the e-mail addresses and the password.
import {pathToFileURL} from 'node:url';

import {Api} from './server.mjs';

export const password = 'correct horse battery';
const people = [
  {name: 'Mira Okafor', title: 'Head of support', avatar: 'mira'},
  {name: 'Jonas Lindqvist', title: 'Support', avatar: 'jonas', role: 'admin'},
  {name: 'Lucía Ferrer', title: 'Support', avatar: 'lucia', role: 'agent'},
  {name: 'Kenji Arai', title: 'Orders and shipping', avatar: 'kenji', role: 'agent'},
  {name: 'Noor Haddad', title: null, avatar: 'noor', role: 'agent', invited: true},
];
const addressOf = (name) => {
  const letters = name.normalize('NFD').replaceAll(/[^a-zA-Z ]/gu, '').toLowerCase();
  return `${letters.replaceAll(' ', '.')}@harbour.example`;
};

// `lines`: `<` from the customer, `>` from the one with that number in `people`.
const customers = [
  {name: 'Amara Nwosu', organization: 'Nwosu & Daughters', email: 'amara@nwosu.example', phone: '+44 20 7946 0812',
    tags: ['vip', 'wholesale'], attributes: {plan: 'Trade', orders: 42, newsletter: true}, to: 0, lines: [
      ['<', 'Hello! The spring order arrived this morning, all nine boxes. Lovely packing as always.'],
      [0, 'That’s good to hear, Amara. Anything damaged on the way?'],
      ['<', 'Only one dust jacket, nothing I can’t sell. But I have a question about the invoice.'],
      ['<', 'It lists 60 copies of “The Salt Road”, we ordered 40. Could you check?'],
      [0, 'You’re right, 20 of them belong to another order. I’m sorry. I’ll send a corrected invoice today.'],
      ['<', 'No hurry, it’s due at the end of the month. Thank you!'],
      ['<', 'Oh, and could I add 15 copies of “A Field Guide to Rain” to the next one?']],
    notes: [
      ['Always call before 10, she is in the shop after that.', true], ['Credit limit raised to £5,000 in March.', false]]},
  {name: 'Samuel Osei', email: 'samuel.osei@example.org', tags: ['return'], attributes: {plan: 'Retail', orders: 3},
    to: 2, lines: [['<', 'My copy has pages 112 to 128 twice and nothing of the next chapter.'],
    [2, 'Oh no, a binding mistake. A new one leaves today, keep the other or give it away.'],
    ['<', 'That was quick. Thanks, Lucía!']], notes: [['Third report of this print run: tell the publisher.', false]]},
  {name: 'Hannah Weiss', organization: 'Stadtbibliothek Kiel', email: 'weiss@stadtbibliothek.example',
    tags: ['library', 'wholesale'], attributes: {plan: 'Library', vat_id: 'DE811234567'}, to: null, lines: [
      ['<', 'Guten Tag, do you send to Germany with a reduced rate for libraries?'],
      ['<', 'We would need about 200 titles by the end of September.']]},
  {name: 'Tomás Rivera', email: 'tomas@example.net', to: 3, lines: [
    ['<', 'Where is order 10482? Tracking hasn’t moved since Tuesday.'],
    [3, 'It sits at the depot in Leeds. I’ve asked them to send it out again, it should be with you tomorrow.'],
    ['<', 'Fingers crossed.']]},
  {name: 'Priya Raman', organization: 'Lantern Press', email: 'priya@lanternpress.example', tags: ['publisher'],
    status: 'snoozed', to: 0, lines: [
      [0, 'We’d like to have “Night Ferries” in the window for its first week. Could you spare display copies?'],
      ['<', 'Gladly! Let me ask the author about signed ones. I’ll come back to you on Monday.']],
    notes: [['Signed copies: at most 30.', true]]},
  {name: 'Elif Demir', email: 'elif.demir@example.com', phone: '+90 212 555 01 24', to: 2, lines: [
    ['<', 'Do your gift cards work in the shop as well?'], [2, 'They do, in both shops and here online.'],
    ['<', 'Perfect, thank you.']]},
  {name: 'Oskar Nilsen', tags: ['event'], to: 1, lines: [
    ['<', 'Is there still room at the reading on Thursday?'], [1, 'Four seats. How many should I keep?'],
    ['<', 'Two, please.'], [1, 'Done. Doors open at half past six.']], status: 'closed'},
  {name: 'Visitor 4127', to: null, lines: [['<', 'hi, do you have the second volume of the Tidewater series in paperback?']]},
  {name: 'مريم الخطيب', email: 'maryam@example.org', to: null, lines: [['<', 'مرحبًا، هل لديكم كتب بالعربية للأطفال؟']]},
  {name: 'Gwendolyn Featherstonehaugh-Cholmondeley',
    organization: 'The Society for the Preservation of Illuminated Manuscripts',
    email: 'secretary.of.the.society@illuminated-manuscripts.example', tags: ['vip'], to: 1, lines: [
      ['<', [
        'Dear all,', '', 'please find below the titles that our members asked for:', '', '1. The Book of Hours, facsimile',
        '2. Pigments of the Middle Ages', '3. Vellum: a history', '', 'With kind regards,', 'Gwendolyn'].join('\n')]]},
  {name: 'Ben Carver', email: 'ben@example.com', status: 'closed', to: 3, lines: [
    ['<', 'Refund received, thanks.'], [3, 'You’re welcome, Ben.']]},
  {name: 'Ines Duarte', organization: 'Café Lombada', email: 'ines@lombada.example', tags: ['wholesale'], to: null,
    lines: [['<', 'We open our book café in May and look for a partner. Who is the right person to talk to?']]},
];

async function widgetPost(api, token, body) {
  const response = await fetch(`http://127.0.0.1:${api.port}/api/v1/widget/messages`, {
    method: 'POST', headers: {'Content-Type': 'application/json', Authorization: `Bearer ${token}`},
    body: JSON.stringify({body}),
  });
  if (!response.ok) throw new Error(`widget message: ${response.status} ${await response.text()}`);
}

// Only the widget makes inbound messages, so a customer begins there and gets their details afterwards.
async function makeCustomer(owner, members, key, wanted) {
  const {customer, token} = await owner.request('POST', `/widget/${key}/sessions`, {name: wanted.name});
  const {name, email = null, phone = null, organization = null, tags = [], attributes = {}, status = 'open'} = wanted;
  await owner.request('PUT', `${owner.company}/customers/${customer.id}`, {
    name, email, phone, organization, tags, attributes, status,
    assigned_employee_id: wanted.to === null ? null : members[wanted.to].employee.id,
  });
  for (const [from, body] of wanted.lines) {
    if (from === '<') await widgetPost(owner, token, body);
    else await members[from].request('POST', `${owner.company}/messages`, {customer_id: customer.id, body});
  }
  for (const [body, pinned] of wanted.notes ?? []) {
    await members[1].request('POST', `${owner.company}/notes`, {customer_id: customer.id, body, pinned});
  }
  return {...customer, token};
}

const avatarUrl = (port, name) => `http://127.0.0.1:${port}/avatars/${name}.svg`;

async function makePeople(port, company) {
  const [first, ...others] = people;
  const owner = new Api(port);
  const signed = await owner.request('POST', '/signup',
    {company: {name: company}, name: first.name, email: addressOf(first.name), password});
  const path = `/companies/${signed.company.id}`;
  Object.assign(owner, {token: signed.session.token, employee: signed.employee, company: path});
  await owner.request('PATCH', `${owner.company}/employees/${owner.employee.id}`,
    {title: first.title, avatar_url: avatarUrl(port, first.avatar)});
  const members = [owner];
  for (const {name, title, role, avatar, invited} of others) {
    const {invitation} = await owner.request('POST', `${owner.company}/employees`,
      {name, email: addressOf(name), title, role, ...(!invited && {avatar_url: avatarUrl(port, avatar)})});
    if (invited) continue;
    const member = new Api(port);
    const joined = await member.request('POST', `/invitations/${invitation.token}/accept`, {password});
    Object.assign(member, {token: joined.session.token, employee: joined.memberships[0].employee, company: path});
    members.push(member);
  }
  return {members, company: signed.company};
}

/**
 * Makes the company on the server at `port`. Resolves to {company, members: [Api], customers: [{id, name, token}],
 * emails, password}; the first member owns it, the second is an admin, the others are agents.
 */
export async function makeDemoCompany(port, name = 'Harbour Books') {
  const {members, company} = await makePeople(port, name);
  const [owner] = members;
  const made = [];
  for (const wanted of [...customers].reverse()) {
    made.unshift(await makeCustomer(owner, members, company.widget_key, wanted));
  }
  const emails = people.filter(({invited}) => !invited).map((each) => addressOf(each.name));
  return {company, members, customers: made, emails, password};
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.argv[2]);
  if (!port) {
    console.error('usage: node demo_company.mjs PORT');
    process.exit(2);
  }
  const {company, emails} = await makeDemoCompany(port);
  console.log(`${company.name}: ${emails.join(', ')}; password: ${password}`);
}
