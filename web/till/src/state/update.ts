/* A new build is taken only when nobody is selling: between two customers, never in the middle of a sale. */
import { scriptUrl } from '../core/trusted';
import type { TillView } from '../model';

const LOOK_EVERY_MS = 30 * 60_000;
const TRY_AGAIN_MS = 5_000;
const CHANGE_GIVEN_MS = 60_000; // after a sale the screen still says what to give back: it stays until hands have rested

/** Would nobody miss this page for a second? `untouched_ms`: since the last key or touch. */
export function betweenCustomers(view: TillView, untouched_ms: number): boolean {
  if (view.screen === 'lock' || view.screen === 'enrol') return true;
  return view.screen === 'sale' && view.lines.length === 0 && (view.last === null || untouched_ms > CHANGE_GIVEN_MS);
}

export function startServiceWorker(idle: () => boolean, onIdle: (act: () => void) => void): void {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  let waiting: ServiceWorker | null = null;
  let controlled = navigator.serviceWorker.controller !== null;
  const take = (): void => {
    if (waiting && idle()) waiting.postMessage('take-over');
  };
  onIdle(take);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled && waiting) location.reload();
    controlled = true; // the first one to take this page over has the build that the page already is
  });
  void (async () => {
    try {
      const registration = await navigator.serviceWorker.register(scriptUrl('./sw.js'), {
        scope: './',
        updateViaCache: 'none',
      });
      const watch = (worker: ServiceWorker | null): void =>
        worker?.addEventListener('statechange', () => {
          if (worker.state === 'installed' && navigator.serviceWorker.controller) {
            waiting = worker;
            take();
          }
        });
      waiting = registration.waiting;
      watch(registration.installing);
      registration.addEventListener('updatefound', () => watch(registration.installing));
      setInterval(take, TRY_AGAIN_MS);
      setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS);
      take();
    } catch (reason) {
      console.warn('service worker', reason);
    }
  })();
}
