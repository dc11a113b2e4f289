// Runs the engine's own files on MicroPython (wasm), as the till does: one process, one line of JSON per call.
//
// Standard input: {"name", "text"} per line; standard output: the answer's text, one line each (canonical text holds no
// line break). {"name": "$time", "text", "call", "repeat"} answers the milliseconds of each repetition instead.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const runtime = join(root, 'web/node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs');
const { loadMicroPython } = await import(runtime);
const micropython = await loadMicroPython({ heapsize: 4 * 1024 * 1024, linebuffer: true, stdout: (line) => process.stderr.write(line + '\n') });

const engine = join(root, 'comptoir/engine');
micropython.FS.mkdir('/comptoir');
micropython.FS.mkdir('/comptoir/engine');
micropython.FS.writeFile('/comptoir/__init__.py', '');
for (const name of readdirSync(engine)) {
  if (name.endsWith('.py')) micropython.FS.writeFile('/comptoir/engine/' + name, readFileSync(join(engine, name)));
}
micropython.runPython("import sys\nsys.path.append('/')\nfrom comptoir.engine.door import call");
const call = micropython.globals.get('call');

function measure(request) {
  const times = [];
  for (let turn = 0; turn < request.repeat; turn++) {
    const started = performance.now();
    call(request.call, request.text);
    times.push(performance.now() - started);
  }
  return JSON.stringify(times);
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (!line) continue;
  const request = JSON.parse(line);
  let answer;
  try {
    answer = request.name === '$time' ? measure(request) : call(request.name, request.text);
  } catch (error) {
    answer = JSON.stringify({ crashed: String(error) });
  }
  process.stdout.write(answer + '\n');
}
