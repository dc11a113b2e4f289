/* Boxes for one amount (`data-box`): at the closing, what each tender and tomorrow's float come to. The pad and loose digits type
   into the box in hand, as they do everywhere else; a touch elsewhere never takes the focus, so leaving a step commits it. */

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>('input[data-box]')];

function inHand(): HTMLInputElement | undefined {
  const active = document.activeElement;
  return boxes().find((box) => box === active);
}

/** The box a digit belongs to: the one in hand, or the first that is still empty. */
function wanted(): HTMLInputElement | undefined {
  const all = boxes();
  const box = inHand() ?? all.find((one) => one.value === '') ?? all[0];
  if (box && document.activeElement !== box) {
    box.focus({ preventScroll: true });
    box.select();
  }
  return box;
}

export function typeIntoBox(key: string): void {
  const box = wanted();
  if (!box || box.value.length > 12) return;
  box.setRangeText(key, box.selectionStart ?? box.value.length, box.selectionEnd ?? box.value.length, 'end');
}

export function eraseInBox(): void {
  const box = wanted();
  if (!box) return;
  const from = box.selectionStart ?? box.value.length;
  const to = box.selectionEnd ?? from;
  box.setRangeText('', from === to ? Math.max(0, from - 1) : from, to, 'end');
}

/** Entrée in a box: its amount is taken and the next one waits. False: no box is in hand. */
export function enterBox(): boolean {
  const box = inHand();
  box?.form?.requestSubmit();
  return box !== undefined;
}

/** Gives up what is typed to the till before the screen moves on. True when something was being typed. */
export function commitBox(): boolean {
  const active = document.activeElement;
  if (!(active instanceof HTMLInputElement) || !active.closest('[data-boxes]')) return false;
  const changed = active.value !== (active.dataset['told'] ?? '');
  if (changed) active.dispatchEvent(new Event('change', { bubbles: true })); // what the pad wrote is no edit for the browser: it would stay silent
  active.blur();
  return changed;
}

export const nextBox = (): HTMLInputElement | undefined => {
  const all = boxes();
  const box = inHand();
  return box && all[all.indexOf(box) + 1];
};

/** A box is ready for digits: this one, the first empty one, or the first. */
export function focusBox(box = boxes().find((one) => one.value === '') ?? boxes()[0]): void {
  box?.focus({ preventScroll: true });
  box?.select();
}
