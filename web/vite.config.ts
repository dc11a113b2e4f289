/* Builds the till. Every address is relative: the page is served at /d/<dossier>/caisse/ by the server and by the bridge,
   and its worker must live below the service worker's scope, or it could not start with the server dead. */
import { readFileSync, readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { join, relative } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';

const here = fileURLToPath(new URL('.', import.meta.url));
const engineFolder = join(here, '..', 'comptoir', 'engine');

function pythonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === '__pycache__' ? [] : pythonFiles(path);
      return entry.name.endsWith('.py') || entry.name.endsWith('.json') ? [path] : [];
    })
    .sort();
}

/** `virtual:engine`: the very files the server runs, as text, for MicroPython's file system. */
function engineFiles(): Plugin {
  const id = 'virtual:engine';
  return {
    name: 'comptoir-engine-files',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(source) {
      if (source !== `\0${id}`) return;
      const files: Record<string, string> = {};
      for (const path of pythonFiles(engineFolder)) {
        this.addWatchFile(path);
        files[relative(engineFolder, path).replaceAll('\\', '/')] = readFileSync(path, 'utf8');
      }
      const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
      return `export const files = ${JSON.stringify(files)};\nexport const version = ${JSON.stringify(version)};`;
    },
  };
}

/** Writes the list of built files, and its digest, into the service worker: one build, one cache. */
function precacheList(): Plugin {
  return {
    name: 'comptoir-precache',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js'];
      if (!worker || worker.type !== 'chunk') return;
      const names = Object.keys(bundle)
        .filter((name) => name !== 'sw.js' && !name.endsWith('.map'))
        .sort();
      const digest = createHash('sha256');
      for (const name of names) {
        const file = bundle[name]!;
        digest.update(name).update(file.type === 'chunk' ? file.code : file.source);
      }
      const list = names.includes('index.html') ? names : ['index.html', ...names];
      worker.code = worker.code
        .replaceAll('__BUILD__', digest.digest('hex').slice(0, 16))
        .replace(/["'`]__PRECACHE__["'`]/, JSON.stringify(JSON.stringify(list)));
    },
  };
}

export default defineConfig({
  root: join(here, 'till'),
  base: './',
  plugins: [svelte(), engineFiles(), precacheList()],
  worker: { format: 'es', plugins: () => [engineFiles()] },
  build: {
    outDir: join(here, 'dist', process.env['VITE_PROBE'] ? 'till-probe' : 'till'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { till: join(here, 'till', 'index.html'), sw: join(here, 'till', 'src', 'sw.ts') },
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { fs: { allow: [join(here, '..')] } },
});
