/* Display only: integers in, French text out. Nothing here adds, rounds or decides. */
import type { Milli, Minor } from './model';

const NNBSP = '\u202f'; // thousands
const NBSP = '\u00a0'; // before €
const MINUS = '\u2212';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, NNBSP);
}

/** 8745 → "87,45"; nothing for an amount that is not known. */
export function amount(minor: Minor | null | undefined): string {
  if (minor === null || minor === undefined) return '';
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? MINUS : ''}${grouped(digits.slice(0, -2))},${digits.slice(-2)}`;
}

/** 8745 → "87,45 €". */
export function money(minor: Minor | null | undefined): string {
  const text = amount(minor);
  return text && `${text}${NBSP}€`;
}

/** 8800 → "88 €", 8750 → "87,50 €": for notes handed over. */
export function shortMoney(minor: Minor): string {
  return minor % 100 === 0 ? `${amount(minor).slice(0, -3)}${NBSP}€` : money(minor);
}

/** A difference carries its sign and is followed by its word: "−1,50 manquant". */
export function signed(minor: Minor): string {
  return minor > 0 ? `+${amount(minor)}` : amount(minor);
}

/** The same with its unit: "−1,50 €", "+3,20 €". */
export function signedMoney(minor: Minor): string {
  return `${signed(minor)}${NBSP}€`;
}

/** 440 → "0,440"; 2000 → "2". */
export function quantity(milli: Milli): string {
  const digits = String(Math.abs(milli)).padStart(4, '0');
  const whole = grouped(digits.slice(0, -3));
  const part = digits.slice(-3);
  return `${milli < 0 ? MINUS : ''}${part === '000' ? whole : `${whole},${part}`}`;
}

/** 550 → "5,5 %", 2000 → "20 %". */
export function rate(e4: number): string {
  const digits = String(e4).padStart(3, '0');
  const part = digits.slice(-2).replace(/0+$/, '');
  return `${digits.slice(0, -2)}${part && `,${part}`}${NBSP}%`;
}

/** 200 → "2 €", 50 → "50 c". */
export function denomination(minor: Minor): string {
  return minor >= 100 ? shortMoney(minor) : `${minor}${NBSP}c`;
}

const CLOCK = new Intl.DateTimeFormat('fr-FR', { hour: 'numeric', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('fr-FR', { weekday: 'long', day: 'numeric', month: 'long' });

export function clock(at: string | number | Date): string {
  return CLOCK.format(new Date(at));
}

/** "2026-11-22" or an instant → "Dimanche 22 novembre". */
export function day(at: string | Date): string {
  const date = typeof at === 'string' && at.length === 10 ? new Date(`${at}T12:00:00`) : new Date(at);
  const text = DAY.format(date);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SHORT_DAY = new Intl.DateTimeFormat('fr-FR', { weekday: 'short', day: 'numeric', month: 'short' });

/** "dim. 22 nov.", for lists. */
export const shortDay = (at: string): string => SHORT_DAY.format(new Date(at));

/** Age of a basket or of a waiting ticket, in words short enough for a tab. */
export function age(since: string, now: number): { text: string; old: boolean } {
  const minutes = Math.max(0, Math.trunc((now - Date.parse(since)) / 60_000));
  const hours = Math.trunc(minutes / 60);
  const text =
    minutes < 1
      ? 'à l’instant'
      : minutes < 60
        ? `${minutes}${NBSP}min`
        : hours < 24
          ? `${hours}${NBSP}h`
          : `${Math.trunc(hours / 24)}${NBSP}j`;
  return { text, old: minutes > 30 };
}

/** French plural: zero and one are singular. */
export function count(n: number, one: string, many: string): string {
  return `${grouped(String(n))}${NBSP}${n < 2 ? one : many}`;
}
