/* The one field: what was typed, read as a number or as words, and what each key would make of it. */
import { flushSync } from 'svelte';
import { mark } from '../core/marks';
import type { FieldView, Found } from '../model';
import { fold } from '../core/folding';
import { amount, euros, parseDecimal, parseMilli, parseMinor, wholeCents } from '../core/money';
import { draftOf, sync, type Desk, type Pending } from './desk';
import { drawTenders } from './payment';

const FOUND_LIMIT = 12;
const AFTER_BURST_MS = 25; // longer than between two keys of a scanner
const LONGEST_NUMBER = 9;
const WHOLE_E4 = 10_000; // 100 %
const FRENCH_ROW = '&é"\'(-è_çà';

/** The digits of a French keyboard's top row typed without Maj: `é` may begin a word, or be a 2. */
export function asDigits(text: string): string | null {
  if (text === '' || ![...text].every((letter) => FRENCH_ROW.includes(letter) || /[\d,]/.test(letter))) return null;
  return [...text]
    .map((letter) => (FRENCH_ROW.includes(letter) ? String((FRENCH_ROW.indexOf(letter) + 1) % 10) : letter))
    .join('');
}

/** What was typed, as a number's text, when it can be one. */
export function numberText(desk: Desk): string | null {
  const plain = desk.field.replace(/^=/, '').trim();
  for (const text of [plain, desk.digits]) {
    if (text && text.replace(/\D/g, '').length <= LONGEST_NUMBER && parseDecimal(text, 3) !== null) return text;
  }
  return null;
}

export function setField(desk: Desk, text: string): void {
  desk.field = text.slice(0, 80);
  desk.digits = asDigits(desk.field);
  if (desk.burst()) drawAfterBurst(desk);
  else drawField(desk);
}

const drawings = new WeakMap<Desk, ReturnType<typeof setTimeout>>();

/** Keys as fast as a scanner's are most likely a scan, whose text leaves the field again: nothing is drawn until they stop. */
function drawAfterBurst(desk: Desk): void {
  const waiting = drawings.get(desk);
  if (waiting) clearTimeout(waiting);
  if (desk.field === desk.view.field.text) {
    drawings.delete(desk);
    return;
  } // the scan has left the field again
  drawings.set(
    desk,
    setTimeout(() => {
      drawings.delete(desk);
      drawField(desk);
    }, AFTER_BURST_MS),
  );
}

/** Forgets what was typed. A pending question is forgotten too, unless it is the one being asked. */
export function clearField(desk: Desk, keepPending = false): void {
  desk.field = '';
  desk.digits = null;
  if (!keepPending) desk.pending = null;
  drawField(desk);
}

export function drawField(desk: Desk): void {
  const waiting = drawings.get(desk);
  if (waiting) {
    clearTimeout(waiting);
    drawings.delete(desk);
  }
  const field = desk.view.field;
  const number = numberText(desk);
  const asked = ['reference', 'customer', 'attach'].includes(desk.pending?.op ?? '');
  field.text = desk.field;
  field.multiplier_milli = desk.multiplier;
  field.mode = desk.field === '' ? 'empty' : number !== null && !asked && desk.field !== '' ? 'number' : 'search';
  field.number = number === null ? null : french(number);
  sync(field.hints, hints(desk, number), 'key');
  field.asked = question(desk);
  drawTenders(desk);
  if (field.mode === 'search' && desk.pending?.op !== 'reference') drawFound(desk);
  else if (field.mode === 'number' && ambiguous(desk, number)) drawFound(desk);
  else clearFound(desk);
}

function french(text: string): string {
  const minor = parseMinor(text);
  return minor === null ? text.replace('.', ',') : amount(minor);
}

/** Four digits may be a phone number's end; a French `é` may begin a word: both readings stay on the screen. */
const ambiguous = (desk: Desk, number: string | null): boolean =>
  (desk.digits !== null && !/^\d/.test(desk.field)) || /^\d{4,}$/.test(number ?? '');

const ASKED: Record<Pending['op'], string> = {
  quantity: 'change la quantité de la ligne',
  line_price: 'change le prix de la ligne',
  line_discount: 'remise en % sur la ligne',
  basket_discount: 'remise en € sur le ticket',
  open_price: 'prix de l’article',
  weight: 'poids en kg',
  unknown_price: 'prix de l’article inconnu',
  reference: 'référence du règlement',
  customer: 'cherche le client',
  attach: 'rattache le code à cet article',
};

const QUESTIONS: Record<Pending['op'], string> = {
  quantity: 'Quelle quantité ?',
  line_price: 'Quel prix ?',
  line_discount: 'Quelle remise, en % ?',
  basket_discount: 'Quelle remise, en € ? Ou = puis le total voulu',
  open_price: 'Quel prix ?',
  weight: 'Quel poids, en kg ?',
  unknown_price: 'À quel prix ?',
  reference: 'Quelle référence ?',
  customer: 'Nom du client, ou fin de son téléphone',
  attach: 'Quel article ?',
};

/** What is waited for, and of what: said where the eyes are, for a till that waits in silence looks as if it had not heard. */
function question(desk: Desk): string | null {
  const { pending } = desk;
  if (!pending) return null;
  const row = ['quantity', 'line_price', 'line_discount'].includes(pending.op)
    ? draftOf(desk).lines.find((one) => one.line.id === desk.selected)
    : undefined;
  const about = 'article' in pending ? pending.article.name : row?.line.label;
  return about
    ? `${about} : ${QUESTIONS[pending.op].charAt(0).toLowerCase()}${QUESTIONS[pending.op].slice(1)}`
    : QUESTIONS[pending.op];
}

function hints(desk: Desk, number: string | null): FieldView['hints'] {
  if (desk.pending) return [{ key: '⏎', does: ASKED[desk.pending.op] }];
  if (number === null) return [];
  const minor = parseMinor(number);
  const rows: FieldView['hints'] = [];
  if (desk.view.lines.length > 0 && minor !== null) rows.push({ key: 'Espèces', does: `prend ${euros(minor)}` });
  rows.push({ key: '×', does: `quantité ${number}` });
  const percent = parseDecimal(number, 2);
  if (desk.selected !== null && percent !== null && percent <= WHOLE_E4)
    rows.push({ key: '%', does: `remise de ${number} % sur la ligne` });
  if (/^\d{4,}$/.test(number)) rows.push({ key: '⏎', does: 'cherche un client' });
  return rows;
}

// -- search ----------------------------------------------------------------------------------------------------------------

function clearFound(desk: Desk): void {
  if (desk.view.field.found.length > 0) desk.view.field.found.length = 0;
  desk.view.field.selected = 0;
}

function drawFound(desk: Desk): void {
  if (desk.field === '') return clearFound(desk);
  const found =
    desk.pending?.op === 'customer'
      ? customers(desk, desk.field)
      : desk.pending?.op === 'attach'
        ? articles(desk, desk.field)
        : [...articles(desk, desk.field), ...customers(desk, desk.field)];
  desk.view.field.found = found.slice(0, FOUND_LIMIT);
  desk.view.field.selected = 0;
  flushSync();
  mark('search:shown');
}

function articles(desk: Desk, text: string): Found[] {
  const families = new Map(desk.boot?.families.map((family) => [family.code, family]));
  return desk.catalogue.find(text, FOUND_LIMIT).map((article) => {
    const family = families.get(article.family ?? '');
    return {
      kind: 'article',
      id: article.id,
      title: article.name,
      detail: [family?.name, article.code].filter(Boolean).join(' · '),
      price_minor: article.openPrice ? null : wholeCents(article.price_e4),
      colour: family?.colour ?? 6,
    };
  });
}

export function customers(desk: Desk, text: string): Found[] {
  const digits = text.replace(/\D/g, '');
  const words = fold(text).split(' ').filter(Boolean);
  const matches = (desk.boot?.customers ?? []).filter((customer) =>
    digits.length >= 4 && digits.length === text.replace(/\s/g, '').length
      ? customer.phone_tail.endsWith(digits.slice(-4))
      : words.length > 0 && words.every((word) => fold(customer.name).includes(word)),
  );
  return matches.slice(0, 6).map((customer) => ({
    kind: 'customer',
    id: customer.id,
    title: customer.name,
    detail: customer.phone_tail ? `tél. ·· ${customer.phone_tail}` : '',
    price_minor: null,
    colour: 6,
  }));
}

// -- numbers waiting in the field --------------------------------------------------------------------------------------------

export const waitingMinor = (desk: Desk): number | null => {
  const text = numberText(desk);
  return text === null ? null : parseMinor(text);
};
export const waitingMilli = (desk: Desk): number | null => {
  const text = numberText(desk);
  return text === null ? null : parseMilli(text);
};
export const waitingPercentE4 = (desk: Desk): number | null => {
  const text = numberText(desk);
  return text === null ? null : parseDecimal(text, 2);
};
