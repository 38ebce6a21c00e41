// The page's stream against a fake browser: waits, watchdog, resume, ends.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Stream} from '../../web/page/stream.js';
import {FakeWorld} from './fake_world.mjs';

const hello = {heartbeat_ms: 15_000, head: 7};

function start({probe = async () => null, random = () => 1} = {}) {
  const world = new FakeWorld(random);
  const states = [];
  const frames = [];
  const stream = new Stream({
    path: '/events', client: 'tab', cursor: 'e-7', probe,
    onFrame: (type, data) => frames.push([type, data]),
    onState: (state) => states.push(state),
  }, world);
  stream.start();
  return {world, states, frames, stream, waits: () => states.filter(({phase}) => phase === 'waiting')};
}

const event = (world, seq) => world.source.say('note.created', {seq, object: {}}, `e-${seq}`);

test('Stream.ResumesFromTheLastAppliedFrame', () => {
  const {world, states} = start();
  assert.equal(world.source.url.searchParams.get('cursor'), 'e-7');
  assert.equal(world.source.url.searchParams.get('client'), 'tab');
  world.source.say('hello', hello, 'e-7');
  assert.equal(states.at(-1).phase, 'live');
  event(world, 8);
  world.source.say('skip', {from: 9, to: 11}, 'e-11');
  world.source.fail({givenUp: false});
  assert.ok(world.sources[0].closed);
  world.pass(1_000);
  assert.equal(world.sources.length, 2);
  assert.equal(world.source.url.searchParams.get('cursor'), 'e-11');
});

test('Stream.WaitsTwiceAsLongEachTimeUpToThirtySeconds', () => {
  const {world, waits} = start();
  const expected = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
  for (const ms of expected) {
    world.source.fail({givenUp: false});
    assert.equal(waits().at(-1).untilMs - world.now(), ms);
    world.pass(ms);
  }
  assert.equal(world.sources.length, expected.length + 1);
});

test('Stream.StartsOverAfterAMinuteOfHealthOnly', () => {
  const {world, waits} = start();
  const liveFor = (ms) => {
    world.source.say('hello', hello, 'e-7');
    for (let passed = 0; passed < ms; passed += 10_000) {
      world.pass(10_000);
      world.source.say('heartbeat', {head: 7});
    }
    world.source.fail({givenUp: false});
    const wait = waits().at(-1).untilMs - world.now();
    world.pass(wait);
    return wait;
  };
  assert.equal(liveFor(10_000), 1_000);
  assert.equal(liveFor(50_000), 2_000);
  assert.equal(liveFor(60_000), 1_000);
});

test('Stream.SpreadsItsWaits', () => {
  for (const share of [0, 0.25, 1]) {
    const {world, waits} = start({random: () => share});
    world.source.fail({givenUp: false});
    assert.equal(waits().at(-1).untilMs, share * 1_000);
  }
});

test('Stream.TakesSilenceForDeath', () => {
  const {world, states} = start();
  world.source.say('hello', hello, 'e-7');
  world.pass(37_499);
  assert.equal(states.at(-1).phase, 'live');
  world.pass(1);
  assert.equal(states.at(-1).phase, 'waiting');
  assert.ok(world.sources[0].closed);
});

test('Stream.WaitsAsLongAsAGoodbyeAsks', () => {
  const {world, states} = start();
  world.source.say('hello', hello, 'e-7');
  world.source.say('goodbye', {reason: 'draining', retry_ms: 4_321});
  assert.deepEqual(states.at(-1), {phase: 'waiting', untilMs: 4_321});
  world.pass(4_321);
  assert.equal(world.sources.length, 2);
});

test('Stream.StopsAtAFinalGoodbye', () => {
  const {world, states} = start();
  world.source.say('hello', hello, 'e-7');
  world.source.say('goodbye', {reason: 'membership_ended', retry_ms: 1_000});
  assert.equal(states.at(-1).phase, 'stopped');
  assert.match(states.at(-1).reason, /no longer a member/u);
  world.pass(120_000);
  assert.equal(world.sources.length, 1);
});

test('Stream.AsksForTheReasonWhereTheBrowserGaveUp', async () => {
  const answers = [() => { throw new Error('503'); }, () => null, () => 'your session has ended'];
  const {world, states} = start({probe: async () => answers.shift()()});
  const settled = () => new Promise((done) => setImmediate(done));

  world.source.fail({givenUp: true});
  world.pass(1_000);
  await settled();
  assert.equal(states.at(-1).phase, 'waiting', 'no useful answer: trouble that passes');
  assert.equal(world.sources.length, 1);

  world.pass(2_000);
  await settled();
  assert.equal(world.sources.length, 2, 'the session is fine: another attempt');

  world.source.fail({givenUp: true});
  world.pass(4_000);
  await settled();
  assert.deepEqual(states.at(-1), {phase: 'stopped', reason: 'your session has ended'});
  world.pass(120_000);
  assert.equal(world.sources.length, 2);
});

test('Stream.ReadsAgainWhereAnEventIsMissing', () => {
  const {world, frames} = start();
  world.source.say('hello', hello, 'e-7');
  event(world, 8);
  event(world, 10);
  assert.ok(world.sources[0].closed);
  assert.deepEqual(frames.map(([type]) => type), ['hello', 'note.created']);
  world.pass(1_000);
  assert.equal(world.source.url.searchParams.get('cursor'), 'e-8');
  world.source.say('hello', hello, 'e-8');
  event(world, 9);
  event(world, 10);
  assert.equal(frames.filter(([type]) => type === 'note.created').length, 3);
});

test('Stream.ReadsAgainWhereItStaysBehindTheHead', () => {
  const {world} = start();
  world.source.say('hello', hello, 'e-7');
  event(world, 8);
  world.source.say('heartbeat', {head: 9});
  assert.ok(!world.sources[0].closed, 'the event may be on its way');
  world.source.say('heartbeat', {head: 9});
  assert.ok(world.sources[0].closed);
});

test('Stream.DropsWhatComesAfterItWasStopped', () => {
  const {world, stream, frames} = start();
  stream.onFrame = (type) => {
    frames.push([type]);
    stream.stop();
  };
  world.source.say('hello', hello, 'e-7');
  event(world, 8);
  world.pass(300_000);
  assert.deepEqual(frames, [['hello']]);
  assert.equal(world.sources.length, 1);
});
