/* A row opens its page wherever it is clicked; its link stays the way for the keyboard and for a new tab. */

export function readyTables(): void {
  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    if (event.defaultPrevented || target.closest('a, button, input, select, label, summary') || window.getSelection()?.toString()) return;
    target.closest('tr')?.querySelector<HTMLAnchorElement>('a.row-link')?.click();
  });
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-print]');
    if (button) window.print();
  });
  document.addEventListener('change', (event) => {
    const field = event.target as Element;
    if (field.matches('form[data-sends] select, form[data-sends] input[type="date"]')) field.closest('form')?.requestSubmit();
  });
}
