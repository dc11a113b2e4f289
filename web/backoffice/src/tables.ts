/* A row opens its page wherever it is clicked; its link stays the way for the keyboard and for a new tab. Arrows go from row
   to row, `/` to the search of the list. What is chosen in a strip that scrolls sideways is brought into sight. */

function typing(target: Element): boolean {
  return target.closest('input, select, textarea, [contenteditable]') !== null;
}

function nextRow(link: Element, down: boolean): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main a.row-link')];
  rows[rows.indexOf(link as HTMLElement) + (down ? 1 : -1)]?.focus();
}

function readyKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    const down = event.key === 'ArrowDown';
    if (event.key === '/' && !typing(target)) {
      const field =
        document.querySelector<HTMLInputElement>('#id_recherche') ??
        document.querySelector<HTMLInputElement>('#everywhere');
      event.preventDefault();
      field?.focus();
      field?.select();
    } else if (down && target.id === 'id_recherche') {
      const first = document.querySelector<HTMLElement>('main a.row-link');
      if (first) {
        event.preventDefault();
        first.focus();
      }
    } else if ((down || event.key === 'ArrowUp') && target.matches('a.row-link')) {
      event.preventDefault();
      nextRow(target, down);
    }
  });
}

export function readyTables(): void {
  readyKeys();
  for (const one of document.querySelectorAll<HTMLElement>('.views > [aria-current]')) {
    const strip = one.parentElement as HTMLElement;
    strip.scrollLeft = one.offsetLeft - strip.offsetLeft - (strip.clientWidth - one.offsetWidth) / 2;
  }
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    if (
      event.defaultPrevented ||
      target.closest('a, button, input, select, label, summary') ||
      window.getSelection()?.toString()
    )
      return;
    target.closest('tr')?.querySelector<HTMLAnchorElement>('a.row-link')?.click();
  });
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-print]');
    if (button) window.print();
  });
  document.addEventListener('change', (event) => {
    const field = event.target as Element;
    if (field.matches('form[data-sends] select, form[data-sends] input[type="date"]'))
      field.closest('form')?.requestSubmit();
  });
}
