/* Service worker: keeps the till's own files, so that the page opens with the server dead. It never keeps data: whatever is
   not one of this build's files goes to the network untouched. */

interface WaitEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface AnswerEvent extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

const worker = self as unknown as {
  registration: { scope: string };
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', act: (event: WaitEvent) => void): void;
  addEventListener(type: 'fetch', act: (event: AnswerEvent) => void): void;
  addEventListener(type: 'message', act: (event: MessageEvent) => void): void;
};

const CACHE = `comptoir-${worker.registration.scope}-__BUILD__`;
const FILES = JSON.parse('__PRECACHE__') as string[];
const scope = worker.registration.scope;
const known = new Set(FILES.map((name) => new URL(name, scope).href));

async function keepFiles(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    FILES.map(async (name) => {
      const url = new URL(name, scope).href;
      const response = await fetch(url, { cache: 'no-cache', credentials: 'omit' });
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      await cache.put(url, response);
    }),
  );
}

async function forgetOldBuilds(): Promise<void> {
  const mine = `comptoir-${scope}-`;
  for (const name of await caches.keys()) if (name.startsWith(mine) && name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

async function answer(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(url)) ?? fetch(request);
}

worker.addEventListener('install', (event) => event.waitUntil(keepFiles()));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOldBuilds()));
worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') void worker.skipWaiting();
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  const page = request.mode === 'navigate' && url.origin + url.pathname === scope;
  const wanted = page ? new URL('index.html', scope).href : url.origin + url.pathname;
  if (page || known.has(wanted)) event.respondWith(answer(wanted, request));
});
export {};
