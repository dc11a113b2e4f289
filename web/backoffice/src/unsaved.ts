/* The bar of a form says how many fields changed, and the browser asks before leaving them. */

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const valueOf = (field: Field): string =>
  field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio')
    ? String(field.checked)
    : field.value;

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter(
    (one): one is Field =>
      (one instanceof HTMLInputElement || one instanceof HTMLSelectElement || one instanceof HTMLTextAreaElement) &&
      one.type !== 'hidden' &&
      one.name !== '',
  );
}

function labelOf(field: Field): string {
  return field.labels?.[0]?.textContent?.trim() ?? field.name;
}

function watch(form: HTMLFormElement): void {
  const before = new Map(fieldsOf(form).map((field) => [field, valueOf(field)]));
  const refused = form.querySelector('[aria-invalid="true"], .refused') !== null;
  const title = form.querySelector<HTMLElement>('[data-changes]');
  const names = form.querySelector<HTMLElement>('[data-changed-names]');
  const bar = form.querySelector<HTMLElement>('.bar');
  let leaving = false;
  const changed = (): Field[] =>
    [...before].filter(([field, value]) => valueOf(field) !== value).map(([field]) => field);
  const show = (): void => {
    const list = changed();
    const waiting = list.length > 0 || refused || form.dataset['always'] === '1';
    bar?.classList.toggle('waiting', waiting);
    if (title)
      title.textContent =
        list.length === 0
          ? refused
            ? 'À compléter'
            : (title.dataset['changes'] ?? '')
          : `${list.length} changement${list.length > 1 ? 's' : ''}`;
    if (names) names.textContent = list.map(labelOf).slice(0, 4).join(', ');
  };
  form.addEventListener('input', show);
  form.addEventListener('change', show);
  form.addEventListener('reset', () => setTimeout(show));
  form.addEventListener('submit', () => {
    leaving = true;
  });
  window.addEventListener('beforeunload', (event) => {
    if (!leaving && changed().length > 0) event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  show();
}

export function watchForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-watch]')) watch(form);
}
