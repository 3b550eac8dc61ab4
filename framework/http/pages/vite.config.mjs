// Builds the pages: each folder of src/ with an index.html is one, and they share src/shared/.
// The output is what the program embeds: <page>/index.html, and assets/ with hashed names.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), 'src');
const pages = readdirSync(root).filter((name) => existsSync(join(root, name, 'index.html')));

// What stands in the head of every page is written once; a page says <!-- head --> there.
function sharedHead() {
  const head = readFileSync(join(root, 'shared', 'head.html'), 'utf8').trim();
  return {
    name: 'shared-head',
    transformIndexHtml: { order: 'pre', handler: (html) => html.replace('<!-- head -->', head) },
  };
}

export default defineConfig({
  root,
  publicDir: 'public',
  plugins: [sharedHead()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2020',
    // The policy of the pages allows files of our own only: no data: script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: Object.fromEntries(pages.map((name) => [name, join(root, name, 'index.html')])),
    },
  },
});
