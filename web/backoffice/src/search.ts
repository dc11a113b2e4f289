/* Ctrl K opens the search from anywhere; arrows choose, Enter opens. */

export function openSearch(): void {
  const field = document.querySelector<HTMLInputElement>('#everywhere');
  const found = document.querySelector<HTMLElement>('#found');
  if (!field || !found) return;
  const links = (): HTMLAnchorElement[] => [...found.querySelectorAll<HTMLAnchorElement>('a')];
  const close = (): void => {
    found.replaceChildren();
  };
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
  document.addEventListener('click', (event) => {
    if (!(event.target as Element).closest('.everywhere')) close();
  });
  field.closest('.everywhere')?.addEventListener('keydown', (event) => {
    const key = (event as KeyboardEvent).key;
    if (key === 'Escape') {
      close();
      field.focus();
      return;
    }
    if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
    event.preventDefault();
    const list = links();
    const at = list.indexOf(document.activeElement as HTMLAnchorElement);
    const next = key === 'ArrowDown' ? at + 1 : at - 1;
    if (next < 0) field.focus();
    else list[Math.min(next, list.length - 1)]?.focus();
  });
}
