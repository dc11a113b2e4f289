/* Coins and notes being counted, cheques being ticked: their sum, in cents, meanwhile. */
const THIN = '\u202f';

function euros(minor: number): string {
  const whole = String(Math.floor(minor / 100)).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  return `${whole},${String(minor % 100).padStart(2, '0')}\u00a0€`;
}

export function sumCounts(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-counts]')) {
    const total = form.querySelector<HTMLOutputElement>('[data-total]');
    const sum = (): void => {
      let minor = 0;
      for (const field of form.querySelectorAll<HTMLInputElement>('input[data-value]')) {
        const count = Number.parseInt(field.value, 10);
        if (count > 0) minor += count * Number(field.dataset.value);
      }
      for (const box of form.querySelectorAll<HTMLInputElement>('input[data-minor]:checked'))
        minor += Number(box.dataset.minor);
      if (total) total.textContent = euros(minor);
    };
    form.addEventListener('input', sum);
    form.querySelector<HTMLElement>('[data-tick-all]')?.addEventListener('click', (event) => {
      const name = (event.currentTarget as HTMLElement).dataset['tickAll'];
      const boxes = [...form.querySelectorAll<HTMLInputElement>(`input[type="checkbox"][name="${name}"]`)];
      const on = boxes.some((box) => !box.checked);
      for (const box of boxes) box.checked = on;
      sum();
    });
    sum();
  }
}
