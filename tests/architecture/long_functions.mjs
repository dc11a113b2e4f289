// Lists the functions of TypeScript and Svelte files that are longer than the limit: node long_functions.mjs LIMIT FILE…
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const ts = createRequire(resolve('web/package.json'))('typescript');
const [limit, ...files] = process.argv.slice(2);
const found = [];

/** The scripts of a Svelte file, with every other line blanked so that line numbers hold. */
function scriptOf(file, text) {
  if (!file.endsWith('.svelte')) return text;
  let inside = false;
  return text.split('\n').map((line) => {
    if (/^<script/.test(line)) { inside = true; return ''; }
    if (/^<\/script/.test(line)) { inside = false; return ''; }
    return inside ? line : '';
  }).join('\n');
}

for (const file of files) {
  const source = ts.createSourceFile(file, scriptOf(file, readFileSync(file, 'utf8')), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      if (last - first + 1 > Number(limit)) found.push(`${file}:${first + 1}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}
process.stdout.write(JSON.stringify(found));
