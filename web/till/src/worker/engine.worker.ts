/* MicroPython in a Web Worker, running the very Python files the server runs. One door: call(name, json) -> json, texts only. */
import { loadMicroPython } from '@micropython/micropython-webassembly-pyscript/micropython.mjs';
import wasmUrl from '@micropython/micropython-webassembly-pyscript/micropython.wasm?url';
import { files, version } from 'virtual:engine';

const HEAP_BYTES = 24 * 1024 * 1024; // a basket of 2,000 lines, priced and sealed, without collecting in the middle of a call

type Door = (name: string, json: string) => string;

async function openDoor(): Promise<Door> {
  const python = await loadMicroPython({ url: wasmUrl, heapsize: HEAP_BYTES, pystack: 32 * 1024 });
  const made = new Set<string>();
  const folder = (path: string): void => {
    if (made.has(path)) return;
    made.add(path);
    try { python.FS.mkdir(path); } catch { /* there already */ }
  };
  for (const path of ['/lib', '/lib/comptoir', '/lib/comptoir/engine']) folder(path);
  python.FS.writeFile('/lib/comptoir/__init__.py', '');
  for (const [name, text] of Object.entries(files)) {
    const parts = name.split('/');
    for (let i = 1; i < parts.length; i++) folder(`/lib/comptoir/engine/${parts.slice(0, i).join('/')}`);
    python.FS.writeFile(`/lib/comptoir/engine/${name}`, text);
  }
  python.runPython("import sys\nif '/lib' not in sys.path:\n    sys.path.append('/lib')\nfrom comptoir.engine.door import call as _call\n");
  const call = python.globals.get('_call') as Door;
  return (name, json) => call(name, json);
}

const opening = openDoor();
opening.then(
  () => postMessage({ ready: version }),
  (reason: unknown) => postMessage({ broken: String(reason) }),
);

onmessage = async (event: MessageEvent<{ id: number; name: string; json: string }>): Promise<void> => {
  const { id, name, json } = event.data;
  try {
    postMessage({ id, json: (await opening)(name, json) });
  } catch (reason) {
    postMessage({ id, broken: String(reason) });
  }
};
