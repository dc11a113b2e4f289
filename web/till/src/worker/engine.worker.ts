/* MicroPython in a Web Worker, running the very Python files the server runs. One door: call(name, json) -> json, texts only. */
import { loadMicroPython } from '@micropython/micropython-webassembly-pyscript/micropython.mjs';
import wasmUrl from '@micropython/micropython-webassembly-pyscript/micropython.wasm?url';
import { files, version } from 'virtual:engine';

const HEAP_BYTES = 6 * 1024 * 1024; // it grows by itself; collecting a larger one costs more at each scan
const QUIET_MS = 120;
const WARM_UP_CALLS = 40; // the browser compiles what it has seen run
const WARM_UP = JSON.stringify({
  format: 'basket/1',
  mode: 'TTC',
  currency: 'EUR',
  country: 'FR',
  discounts: [],
  charges: [],
  lines: Array.from({ length: 12 }, (_, i) => ({
    id: `warm-up-${i}`,
    article: null,
    label: 'Mise en route',
    family: null,
    kind: 'goods',
    quantity_milli: 1000,
    unit: 'pce',
    unit_price_e4: 10000 + i,
    vat_e4: 2000,
    label_total_minor: null,
    eco_minor: 0,
    discountable: true,
    meal_voucher: false,
    discounts: [],
  })),
});

type Door = (name: string, json: string) => string;

async function openDoor(): Promise<Door> {
  const python = await loadMicroPython({ url: wasmUrl, heapsize: HEAP_BYTES, pystack: 32 * 1024 });
  const made = new Set<string>();
  const folder = (path: string): void => {
    if (made.has(path)) return;
    made.add(path);
    try {
      python.FS.mkdir(path);
    } catch {
      /* there already */
    }
  };
  for (const path of ['/lib', '/lib/comptoir', '/lib/comptoir/engine']) folder(path);
  python.FS.writeFile('/lib/comptoir/__init__.py', '');
  for (const [name, text] of Object.entries(files)) {
    const parts = name.split('/');
    for (let i = 1; i < parts.length; i++) folder(`/lib/comptoir/engine/${parts.slice(0, i).join('/')}`);
    python.FS.writeFile(`/lib/comptoir/engine/${name}`, text);
  }
  python.runPython(
    "import sys\nif '/lib' not in sys.path:\n    sys.path.append('/lib')\nfrom comptoir.engine.door import call as _call\nfrom gc import collect as _collect\n",
  );
  const call = python.globals.get('_call') as Door;
  collect = python.globals.get('_collect') as () => void;
  return (name, json) => call(name, json);
}

let collect = (): void => undefined;
let quiet: ReturnType<typeof setTimeout> | null = null;
let warm = 0;

/** Between two customers' gestures: memory is collected, and at first the engine is exercised, so that no scan waits for either. */
function useQuiet(door: Door): void {
  if (quiet) clearTimeout(quiet);
  quiet = setTimeout(
    () => {
      if (warm < WARM_UP_CALLS) {
        warm += 1;
        door('price_basket', WARM_UP);
        useQuiet(door);
      } else collect();
    },
    warm < WARM_UP_CALLS ? 4 : QUIET_MS,
  );
}

const opening = openDoor();
opening.then(
  (door) => {
    postMessage({ ready: version });
    useQuiet(door);
  },
  (reason: unknown) => postMessage({ broken: String(reason) }),
);

onmessage = async (event: MessageEvent<{ id: number; name: string; json: string }>): Promise<void> => {
  const { id, name, json } = event.data;
  try {
    const door = await opening;
    postMessage({ id, json: door(name, json) });
    useQuiet(door);
  } catch (reason) {
    postMessage({ id, broken: String(reason) });
  }
};
