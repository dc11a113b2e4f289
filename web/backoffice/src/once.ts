/* A form that acts is sent once, however often its button is pressed while the answer is on its way. */
const AGAIN_MS = 3000; // a page that is still there after that has answered with a file, or the network has given up

export function sendOnce(): void {
  const sent = new WeakMap<EventTarget, number>();
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== 'post') return;
    const last = sent.get(form);
    if (last !== undefined && event.timeStamp - last < AGAIN_MS) event.preventDefault();
    else sent.set(form, event.timeStamp);
  });
}
