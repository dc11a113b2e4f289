/* A new build is taken only when nobody is selling: between two customers, never in the middle of a sale. */
import { scriptUrl } from '../core/trusted';

const LOOK_EVERY_MS = 30 * 60_000;

export function startServiceWorker(idle: () => boolean, onIdle: (act: () => void) => void): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  let waiting: ServiceWorker | null = null;
  const hadController = navigator.serviceWorker.controller !== null;
  const take = (): void => { if (waiting && idle()) waiting.postMessage('take-over'); };
  onIdle(take);
  navigator.serviceWorker.addEventListener('controllerchange', () => { if (hadController && waiting) location.reload(); });
  void (async () => {
    try {
      const registration = await navigator.serviceWorker.register(scriptUrl('./sw.js'), { scope: './', updateViaCache: 'none' });
      const watch = (worker: ServiceWorker | null): void => worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed' && navigator.serviceWorker.controller) { waiting = worker; take(); }
      });
      waiting = registration.waiting;
      watch(registration.installing);
      registration.addEventListener('updatefound', () => watch(registration.installing));
      setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
      take();
    } catch (reason) {
      console.warn('service worker', reason);
    }
  })();
}
