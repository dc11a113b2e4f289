/* Counting notes and coins: one grid for opening, closing and surprise counts. */
import type { CountView, Piece } from '../model';
import type { Desk } from './desk';
import { sync, tell } from './desk';

const EURO = [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
const SMALLEST_NOTE = 500;
const MOST_PIECES = 99_999;

export function denominations(desk: Desk): number[] {
  const values = desk.boot?.denominations.map((one) => (typeof one === 'number' ? one : one.value_minor)) ?? [];
  return (values.length ? [...values] : EURO).sort((a, b) => b - a);
}

export function startCount(desk: Desk, pieces: readonly Piece[] = []): void {
  desk.count = denominations(desk).map((value) => pieces.find((piece) => piece.value_minor === value)?.count ?? 0);
  desk.countSelected = 0;
  desk.countTyped = false;
  desk.countTouched = false;
}

export function countedPieces(desk: Desk): Piece[] {
  return denominations(desk)
    .map((value_minor, i) => ({ value_minor, count: desk.count[i] ?? 0 }))
    .filter((piece) => piece.count > 0);
}

export function countedMinor(desk: Desk): number {
  return denominations(desk).reduce((sum, value, i) => sum + value * (desk.count[i] ?? 0), 0);
}

export function drawCount(desk: Desk, view: CountView): void {
  const rows = denominations(desk).map((value_minor, i) => ({
    value_minor,
    count: desk.count[i] ?? 0,
    bank_note: value_minor >= SMALLEST_NOTE,
    amount_minor: value_minor * (desk.count[i] ?? 0),
  }));
  sync(view.rows, rows, 'value_minor');
  view.selected = desk.countSelected;
  view.notes_minor = rows.reduce((sum, row) => sum + (row.bank_note ? row.amount_minor : 0), 0);
  view.coins_minor = rows.reduce((sum, row) => sum + (row.bank_note ? 0 : row.amount_minor), 0);
  view.total_minor = view.notes_minor + view.coins_minor;
}

export function setCount(desk: Desk, row: number, change: { by?: number; set?: number }): void {
  if (row < 0 || row >= desk.count.length) return;
  const wanted = change.set ?? (desk.count[row] ?? 0) + (change.by ?? 0);
  if (!Number.isInteger(wanted)) return;
  desk.count[row] = Math.max(0, Math.min(MOST_PIECES, wanted));
  desk.countSelected = row;
  desk.countTouched = true;
  if (change.by !== undefined) desk.countTyped = false;
}

/** Digits typed go to the selected row; the first one replaces what was there. */
export function typeCount(desk: Desk, key: string): void {
  if (!/^\d+$/.test(key)) return;
  const before = desk.countTyped ? String(desk.count[desk.countSelected] ?? 0) : '';
  const wanted = Number(before + key);
  if (wanted > MOST_PIECES) {
    // never cut in silence: another number than the one typed would be counted
    desk.sounds.play('refused');
    return tell(desk, 'info', 'Une ligne compte au plus 99\u202f999 pièces.', 'Le dernier chiffre n’a pas été pris.');
  }
  setCount(desk, desk.countSelected, { set: wanted });
  desk.countTyped = true;
}

/** Effacer tout: the count starts again from nothing. */
export function clearCount(desk: Desk): void {
  startCount(desk);
  desk.countTouched = true;
}

export function backCount(desk: Desk): void {
  const text = String(desk.count[desk.countSelected] ?? 0).slice(0, -1);
  setCount(desk, desk.countSelected, { set: Number(text || '0') });
  desk.countTyped = true;
}

export function selectCount(desk: Desk, row: number): void {
  desk.countSelected = Math.max(0, Math.min(desk.count.length - 1, row));
  desk.countTyped = false;
}
