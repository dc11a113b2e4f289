/* Coins and notes being counted: their sum, in cents, while they are typed. */
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
      if (total) total.textContent = euros(minor);
    };
    form.addEventListener('input', sum);
    sum();
  }
}
