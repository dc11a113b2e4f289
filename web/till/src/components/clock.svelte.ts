/* The time shown on tabs and on the lock screen: one timer for the whole page. */
export const now = $state({ ms: Date.now() });
setInterval(() => {
  now.ms = Date.now();
}, 15_000);
