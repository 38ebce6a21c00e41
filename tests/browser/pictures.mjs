// PNG pictures: one of a single colour, and small ones of screenshots.
import {deflateSync} from 'node:zlib';

const maxColours = 256;   // a palette's

const table = Array.from({length: 256}, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc32 = (bytes) => ~bytes.reduce((crc, byte) => table[(crc ^ byte) & 255] ^ (crc >>> 8), ~0) >>> 0;

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

// `palette`: [r, g, b] each; `pixels`: one index into it each.
function encode(width, height, palette, pixels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);   // 8 bits a pixel, palette
  const rows = Buffer.alloc((width + 1) * height);   // each begins with its filter, none
  for (let y = 0; y < height; ++y) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())), chunk('IDAT', deflateSync(rows, {level: 9})),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// `width` × `height` pixels of one colour.
export function picture(width, height, colour = [15, 107, 92]) {
  return encode(width, height, [colour], Buffer.alloc(width * height));
}

// The palette that serves most pixels: means of the most frequent of 32 × 32 × 32 boxes of colours.
function paletteOf(rgba) {
  const boxes = new Map();
  for (let at = 0; at < rgba.length; at += 4) {
    const key = (rgba[at] >> 3) << 10 | (rgba[at + 1] >> 3) << 5 | rgba[at + 2] >> 3;
    const box = boxes.get(key) ?? {count: 0, sum: [0, 0, 0]};
    box.count += 1;
    for (let c = 0; c < 3; ++c) box.sum[c] += rgba[at + c];
    boxes.set(key, box);
  }
  return [...boxes.values()].sort((a, b) => b.count - a.count).slice(0, maxColours)
    .map(({count, sum}) => sum.map((each) => Math.round(each / count)));
}

function nearest(palette, r, g, b) {
  let best = 0;
  let least = Infinity;
  palette.forEach(([pr, pg, pb], index) => {
    const distance = (pr - r) ** 2 + (pg - g) ** 2 + (pb - b) ** 2;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

// The same picture with a palette of 256 colours: a third of the size and, of flat surfaces and text, as good to the eye.
// `rgba`: its pixels.
export function small(width, height, rgba) {
  const palette = paletteOf(rgba);
  const known = new Map();
  const pixels = Buffer.alloc(width * height);
  for (let n = 0; n < pixels.length; ++n) {
    const [r, g, b] = rgba.subarray(4 * n, 4 * n + 3);
    const key = r << 16 | g << 8 | b;
    if (!known.has(key)) known.set(key, nearest(palette, r, g, b));
    pixels[n] = known.get(key);
  }
  return encode(width, height, palette, pixels);
}
