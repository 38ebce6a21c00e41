import assert from 'node:assert/strict';
import {test} from 'node:test';

import {inkOn, luminance, readOptions} from '../src/core/options.ts';

const src = 'https://chat.test:8443/widget.js?v=2';

test('without a key or an address there is nothing to start', () => {
  assert.equal(readOptions({src, dataset: {}}), null);
  assert.equal(readOptions({src, dataset: {key: ' '}}), null);
  assert.equal(readOptions({src: '', dataset: {key: 'k'}}), null);
});

test('the server is where the script came from; the rest has defaults', () => {
  assert.deepEqual(readOptions({src, dataset: {key: ' k '}}, 'de-AT'), {
    key: 'k', server: 'https://chat.test:8443', name: undefined, email: undefined, side: 'right', theme: 'auto',
    color: undefined, title: undefined, greeting: undefined, language: 'de-AT',
  });
});

test('attributes that make no sense are left aside', () => {
  const read = readOptions({src, dataset: {
    key: 'k', position: 'top', theme: 'pink', color: 'red;x', name: '  ', title: 'x'.repeat(99), language: '',
  }});
  assert.equal(read?.side, 'right');
  assert.equal(read?.theme, 'auto');
  assert.equal(read?.color, undefined);
  assert.equal(read?.name, undefined);
  assert.equal(read?.title?.length, 60);
  assert.equal(read?.language, 'en');
});

test('the text on a colour is what stands out more', () => {
  assert.equal(inkOn('#ffd447'), '#000');
  assert.equal(inkOn('#0f6b5c'), '#fff');
  assert.equal(inkOn('#FFF'), '#000');
  const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  for (let grey = 0; grey < 256; grey += 1) {
    const color = `#${grey.toString(16).padStart(2, '0').repeat(3)}`;
    const ink = inkOn(color);
    const other = ink === '#000' ? '#fff' : '#000';
    assert.ok(contrast(luminance(color)!, luminance(ink)!) >= 4.5, color);
    assert.ok(contrast(luminance(color)!, luminance(ink)!) >= contrast(luminance(color)!, luminance(other)!) - 0.1, color);
  }
});

test('luminance knows colours of three and six digits and nothing else', () => {
  assert.equal(luminance('#fff'), luminance('#ffffff'));
  for (const each of ['', 'fff', '#ff', '#ffff', '#gggggg', 'rgb(0,0,0)', '#fff ']) assert.equal(luminance(each), null);
});
