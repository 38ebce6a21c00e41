// node screenshots.mjs FOLDER: a picture of every view in every look, of the example company. scripts/screenshots calls it.
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';

import {small} from './pictures.mjs';
import {eachView, looks} from './views.mjs';
import {World} from './world.mjs';

const folder = process.argv[2];
await mkdir(folder, {recursive: true});
const world = await World.demo();
const decoder = await world.browser.newPage();

// Chromium decodes its own picture: its pixels, four bytes each.
async function pixelsOf(png) {
  const {width, height, text} = await decoder.evaluate(async (source) => {
    const bytes = Uint8Array.from(atob(source), (each) => each.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    const {data} = pen.getImageData(0, 0, image.width, image.height);
    let binary = '';
    for (let at = 0; at < data.length; at += 32_768) binary += String.fromCharCode(...data.subarray(at, at + 32_768));
    return {width: image.width, height: image.height, text: btoa(binary)};
  }, png.toString('base64'));
  return {width, height, rgba: Buffer.from(text, 'base64')};
}

for (const look of Object.keys(looks)) {
  await eachView(world, look, async (page, name) => {
    await page.evaluate(() => document.fonts.ready);
    const {width, height, rgba} = await pixelsOf(await page.screenshot({animations: 'disabled', caret: 'hide'}));
    const picture = small(width, height, rgba);
    await writeFile(join(folder, `${name}-${look}.png`), picture);
    console.log(`${name}-${look}.png: ${Math.round(picture.length / 1024)} KiB`);
  });
}
await world.close();
