// Where the page looks for avatars.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {pictureOf} from '../../web/page/faces.js';

test('Faces.FindTheDemosAvatarsWhereverTheServerIsNow', () => {
  for (const host of ['localhost:8080', '127.0.0.1:1', '[::1]:8080', 'localhost']) {
    assert.equal(pictureOf(`http://${host}/avatars/ada.svg`, 'http://127.0.0.1:9'), 'http://127.0.0.1:9/avatars/ada.svg');
  }
});

test('Faces.LeaveOtherAvatarsAlone', () => {
  for (const url of ['http://example.org/avatars/ada.svg', 'https://localhost.example.org/avatars/a.png', 'http://localhost/a.png', 'http://%zz']) {
    assert.equal(pictureOf(url, 'http://127.0.0.1:9'), url);
  }
});
