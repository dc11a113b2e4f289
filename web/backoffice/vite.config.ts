/* Builds the office's script, styles and icons into web/dist/backoffice, under stable names: the server adds a digest to
   their addresses. Fonts keep a hash in their names, the style sheet points at them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const lucide = join(here, '..', 'node_modules', 'lucide-static', 'icons');

/** One sprite of the icons named in icons.txt, and of our own mark. */
function icons(): Plugin {
  return {
    name: 'comptoir-icons',
    apply: 'build',
    generateBundle() {
      const names = readFileSync(join(here, 'icons.txt'), 'utf8').split(/\s+/).filter(Boolean);
      const symbols = names.map((name) => {
        const svg = readFileSync(join(lucide, `${name}.svg`), 'utf8');
        const inner = svg
          .replace(/^[\s\S]*?<svg[^>]*>/, '')
          .replace(/<\/svg>\s*$/, '')
          .replace(/\s*\n\s*/g, '');
        return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
      });
      const mark =
        '<rect width="24" height="24" rx="6" fill="#2A3EB1"/><path d="M7 6h10v13l-2.5-2-2.5 2-2.5-2L7 19z" fill="#fff"/>';
      symbols.push(`<symbol id="mark" viewBox="0 0 24 24">${mark}</symbol>`);
      this.emitFile({
        type: 'asset',
        fileName: 'icon.svg',
        source: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${mark}</svg>\n`,
      });
      this.emitFile({
        type: 'asset',
        fileName: 'icons.svg',
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`,
      });
    },
  };
}

export default defineConfig({
  root: here,
  base: './',
  plugins: [icons()],
  build: {
    outDir: join(here, '..', 'dist', 'backoffice'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rollupOptions: {
      input: { office: join(here, 'src', 'office.ts') },
      output: {
        entryFileNames: '[name].js',
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith('.css')) ? 'office.css' : 'fonts/[name]-[hash][extname]',
      },
    },
  },
});
