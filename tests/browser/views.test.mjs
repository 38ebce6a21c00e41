// Every view in light, dark and at 360 pixels: nothing for axe to find (WCAG 2.2 AA and its best practice), no scrolling
// sideways, no target below 24 pixels.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {overflow, smallTargets, violations} from './checks.mjs';
import {eachView, looks} from './views.mjs';
import {World} from './world.mjs';

let world;

before(async () => { world = await World.demo(); });
after(() => world?.close());

for (const look of Object.keys(looks)) {
  test(`Every view is accessible and fits: ${look}`, async () => {
    const found = [];
    let count = 0;
    await eachView(world, look, async (page, name) => {
      count += 1;
      const faults = [...await violations(page), ...await overflow(page), ...await smallTargets(page)];
      found.push(...faults.map((each) => `${name}: ${each}`));
    });
    assert.deepEqual(found, []);
    assert.ok(count >= 17);
  });
}

test('Nothing was thrown or refused meanwhile', () => assert.deepEqual(world.faults, []));
