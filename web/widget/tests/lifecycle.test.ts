import assert from 'node:assert/strict';
import {afterEach, beforeEach, mock, test} from 'node:test';

import {watchPage} from '../src/core/lifecycle.ts';
import {FakeTime} from './fake_time.ts';

// A page that the test opens, hides, freezes and takes offline.
const page = {window: new EventTarget(), document: Object.assign(new EventTarget(), {visibilityState: 'visible'}), onLine: true};
const before = new Map<string, PropertyDescriptor | undefined>();
let time: FakeTime;
let told: boolean[];
let stop: () => void;

beforeEach(() => {
  for (const [name, value] of Object.entries({window: page.window, document: page.document, navigator: page})) {
    before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, {value, configurable: true});
  }
  page.document.visibilityState = 'visible';
  page.onLine = true;
  time = new FakeTime();
  told = [];
  stop = watchPage(wanted => told.push(wanted));
});
afterEach(() => {
  stop();
  mock.restoreAll();
  for (const [name, descriptor] of before) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    else Reflect.deleteProperty(globalThis, name);
  }
});

const happens = (target: EventTarget, type: string): boolean => target.dispatchEvent(new Event(type));
const show = (state: 'visible' | 'hidden'): void => {
  page.document.visibilityState = state;
  happens(page.document, 'visibilitychange');
};

test('a page that is seen is connected', () => assert.deepEqual(told, [true]));

test('a hidden page stays connected for a moment', () => {
  show('hidden');
  time.tick(29_999);
  show('visible');
  time.tick(60_000);
  assert.deepEqual(told, [true, true]);
});

test('a page that stays hidden is not, until it is seen again', () => {
  show('hidden');
  time.tick(30_000);
  assert.deepEqual(told, [true, false]);
  show('visible');
  assert.deepEqual(told, [true, false, true]);
});

for (const [target, off, on] of [['window', 'pagehide', 'pageshow'], ['document', 'freeze', 'resume']] as const) {
  test(`${off} ends it at once, ${on} brings it back`, () => {
    happens(page[target], off);
    assert.equal(told.at(-1), false);
    happens(page.window, 'online');
    assert.equal(told.at(-1), false);
    happens(page[target], on);
    assert.equal(told.at(-1), true);
  });
}

test('offline there is nothing to connect to', () => {
  page.onLine = false;
  happens(page.window, 'offline');
  assert.equal(told.at(-1), false);
  show('visible');
  assert.equal(told.at(-1), false);
  page.onLine = true;
  happens(page.window, 'online');
  assert.equal(told.at(-1), true);
});

test('once stopped it tells nothing', () => {
  show('hidden');
  stop();
  time.tick(60_000);
  happens(page.window, 'offline');
  assert.deepEqual(told, [true]);
});
