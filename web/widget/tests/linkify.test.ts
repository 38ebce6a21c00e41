import assert from 'node:assert/strict';
import {test} from 'node:test';

import {linkify} from '../src/core/linkify.ts';

const links = (text: string): string[] => linkify(text).flatMap(({href}) => href ?? []);

test('a text without an address stays whole', () => {
  assert.deepEqual(linkify('just a.b text: see http:// or www.'), [{text: 'just a.b text: see http:// or www.'}]);
  assert.deepEqual(linkify(''), []);
});

test('the pieces together are the text', () => {
  for (const text of ['http://a.test', 'x https://a.test/b?c=d#e, y', '(see https://a.test/(b)) und http://c.test!', '<http://a.test>']) {
    assert.equal(linkify(text).map(each => each.text).join(''), text);
  }
});

test('what ends a sentence or closes a bracket is no part of the address', () => {
  assert.deepEqual(links('Is it https://a.test/x? Yes: https://a.test/y.'), ['https://a.test/x', 'https://a.test/y']);
  assert.deepEqual(links('(https://a.test/x)'), ['https://a.test/x']);
  assert.deepEqual(links('https://a.test/x_(y)'), ['https://a.test/x_(y)']);
  assert.deepEqual(links('[https://a.test/x],'), ['https://a.test/x']);
});

test('only http and https become links', () => {
  assert.deepEqual(links('javascript:alert(1) data:text/html,x ftp://a.test file:///x vbscript:x mailto:a@a.test'), []);
  assert.deepEqual(links('xhttps://a.test'), []);
  assert.deepEqual(links('HTTPS://A.test/B'), ['https://a.test/B']);
});

test('an address that is none stays text', () => {
  assert.deepEqual(linkify('https://[ and http://a b'), [{text: 'https://[ and '}, {text: 'http://a', href: 'http://a/'}, {text: ' b'}]);
});
