/* Amounts as people read and type them. Nothing here computes a price: integers in, French text out, and back. */
import type { Minor, Milli } from '../model';

const THIN = '\u202f';
const HARD = '\u00a0';
const MINUS = '\u2212';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

/** 123456 -> "1 234,56" */
export function amount(minor: Minor): string {
  const text = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? MINUS : ''}${grouped(text.slice(0, -2))},${text.slice(-2)}`;
}

export const euros = (minor: Minor): string => `${amount(minor)}${HARD}€`;

/** A signed difference with its word: never by sign or colour alone. */
export function difference(minor: Minor): string {
  if (minor === 0) return 'juste';
  return minor < 0 ? `${amount(minor)}${HARD}manquant` : `+${amount(minor)}${HARD}en trop`;
}

/** 1234 thousandths -> "1,234"; whole numbers without comma for pieces. */
export function quantity(milli: Milli, weighed: boolean): string {
  const text = String(Math.abs(milli)).padStart(4, '0');
  const sign = milli < 0 ? MINUS : '';
  const decimals = weighed ? text.slice(-3) : text.slice(-3).replace(/0+$/, '');
  return `${sign}${grouped(text.slice(0, -3))}${decimals ? `,${decimals}` : ''}`;
}

/** Unit price in ten-thousandths as people read it: cents, or more decimals when it has them. */
export function unitPrice(e4: number): string {
  const text = String(Math.abs(e4)).padStart(5, '0');
  const decimals = text.slice(-4).replace(/0{1,2}$/, '');
  return `${e4 < 0 ? MINUS : ''}${grouped(text.slice(0, -4))},${decimals}${HARD}€`;
}

/** The price on a key, in cents, when it is a whole number of cents. */
export const wholeCents = (e4: number): Minor | null => (e4 % 100 === 0 ? e4 / 100 : null);

/** 550 -> "5,5 %" */
export function percent(e4: number): string {
  const text = String(e4).padStart(3, '0');
  const decimals = text.slice(-2).replace(/0+$/, '');
  return `${text.slice(0, -2)}${decimals ? `,${decimals}` : ''}${HARD}%`;
}

/** Reads "12", "4,50", "4.5", "1 234,5" as an integer of `decimals` decimals; null when it is no such number or too large. */
export function parseDecimal(text: string, decimals: number): number | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, '').replace('.', ',');
  const match = /^(\d{0,9})(?:,(\d*))?$/.exec(plain);
  if (!match || (match[1] === '' && !match[2])) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return null;
  return Number(match[1]! + fraction.padEnd(decimals, '0'));
}

export const parseMinor = (text: string): Minor | null => parseDecimal(text, 2);
export const parseMilli = (text: string): Milli | null => parseDecimal(text, 3);
