// Makes the folder that the server serves: node build.mjs OUT
import {build, transform} from 'esbuild';
import {cp, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {minify} from 'terser';

const here = dirname(fileURLToPath(import.meta.url));
const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  legalComments: 'none',
  logLevel: 'warning',
};

// What the documentation promises of each file that others load, in bytes after gzip -9.
const limits = {'client/chatmesh.js': 6 * 1024, 'widget.js': 15 * 1024};

async function bundleInbox(out) {
  const {metafile} = await build({
    ...common,
    entryPoints: {main: 'inbox/src/main.tsx'},
    outdir: join(out, 'assets'),
    entryNames: '[name]-[hash]',   // such a name is served as immutable
    assetNames: '[name]-[hash]',
    loader: {'.woff2': 'file'},
    jsx: 'automatic',
    jsxImportSource: 'preact',
    sourcemap: false,
    metafile: true,
  });
  const named = extension => {
    const found = Object.keys(metafile.outputs).find(name => name.endsWith(extension));
    return `/assets/${basename(found)}`;
  };
  const page = await readFile(join(here, 'inbox/index.html'), 'utf8');
  await writeFile(join(out, 'index.html'), page.replace('@SCRIPT@', named('.js')).replace('@STYLE@', named('.css')));
  await writeLicenses(out, Object.keys(metafile.inputs));
}

// What others wrote goes into the bundle without its notices; they stand in a file beside it.
async function writeLicenses(out, inputs) {
  const names = new Set(inputs.map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean));
  const texts = await Promise.all([...names].sort().map(async name =>
    `${name}\n\n${(await readFile(join(here, 'node_modules', name, 'LICENSE'), 'utf8')).trim()}\n`));
  await writeFile(join(out, 'licenses.txt'), texts.join('\n----\n\n'));
}

async function bundleClient(out) {
  await build({
    ...common,
    entryPoints: ['client/src/index.ts'],
    outfile: join(out, 'client/chatmesh.js'),
    mangleProps: /[a-z]_$/,   // the library's own members, which no one else names
  });
  await shrink(join(out, 'client/chatmesh.js'), true);
}

// A second pass, for what strangers' pages load: it finds some hundred bytes that esbuild leaves.
async function shrink(file, module) {
  const {code} = await minify(await readFile(file, 'utf8'), {module, ecma: 2022, compress: {passes: 2}});
  await writeFile(file, code);
}

// A style sheet as a string, for a shadow root.
const styleText = {
  name: 'style text',
  setup({onLoad}) {
    onLoad({filter: /\.css$/}, async ({path}) => {
      const {code} = await transform(await readFile(path), {loader: 'css', minify: true, target: common.target});
      return {contents: code.trim(), loader: 'text'};
    });
  },
};

async function bundleWidget(out) {
  await build({
    ...common,
    format: 'iife',
    entryPoints: ['widget/src/main.ts'],
    outfile: join(out, 'widget.js'),
    plugins: [styleText],
  });
  await shrink(join(out, 'widget.js'), false);
  await cp(join(here, 'widget/demo'), join(out, 'demo'), {recursive: true});
}

async function assertSizes(out) {
  for (const [name, limit] of Object.entries(limits)) {
    const size = gzipSync(await readFile(join(out, name)), {level: 9}).length;
    console.log(`${name}: ${size} of ${limit} bytes gzipped`);
    if (size > limit) throw new Error(`${name} is larger than it may be`);
  }
}

const out = process.argv[2];
if (!out) {
  console.error('usage: node build.mjs OUT');
  process.exit(2);
}
await rm(out, {recursive: true, force: true});
await mkdir(out, {recursive: true});
for (const each of ['api', 'avatars', 'docs', 'icon.svg']) await cp(join(here, each), join(out, each), {recursive: true});
await Promise.all([bundleInbox(out), bundleClient(out), bundleWidget(out)]);
await assertSizes(out);
