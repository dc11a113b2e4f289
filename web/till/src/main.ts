/* Starts the till: the real one, or in development `?mock=<screen>` draws a screen from made-up data. */
import { mount } from 'svelte';
import App from './App.svelte';
import type { TillModel } from './model';

async function openModel(): Promise<TillModel> {
  if (import.meta.env.DEV || import.meta.env.VITE_MOCK) {
    const screen = new URLSearchParams(location.search).get('mock');
    if (screen !== null) return (await import('./state/mock.svelte')).openMock(screen);
  }
  return (await import('./state/till.svelte')).openTill();
}

const target = document.getElementById('till');
if (target) {
  const model = await openModel();
  if (import.meta.env.VITE_PROBE) Object.assign(window, { __comptoir: model }); // the browser tests' build only
  mount(App, { target, props: { model } });
}
