/* Gestures on the selected line and on the whole ticket: quantity, price, discounts, customer. */
import type { Discount, EngineLine } from '../core/wire';

import { clean } from '../core/folding';
import { euros, percent, quantity } from '../core/money';
import { askApproval, cancelApproval, orApproved, type Approver } from './approval';
import { beingPaid, draftOf, permitted, tell, type Desk, type Pending } from './desk';
import { changeLine, keepDraft, replaceDraft, selectedLine } from './basket';
import { followsItsArticle } from './deposits';
import { answerArticle, scan, sellArticle, sellUnknown } from './scan';
import {
  clearField,
  customers,
  drawField,
  numberText,
  setField,
  waitingMilli,
  waitingMinor,
  waitingPercentE4,
} from './field';
import { takeReference } from './payment';
import { attachTo } from './unknowncode';

const MANY_MILLI = 99_000;
const WHOLE = 10_000; // 100 %

function wait(desk: Desk, pending: Pending): void {
  desk.pending = pending;
  clearField(desk, true);
}

/** Nothing to act upon: says so instead of doing nothing. */
function lineOr(desk: Desk): NonNullable<ReturnType<typeof selectedLine>> | null {
  if (beingPaid(desk)) return null;
  const row = selectedLine(desk);
  if (row && followsItsArticle(desk, row)) return null;
  if (row?.kind === 'article') return row;
  tell(desk, 'info', 'Aucune ligne n’est choisie.', null);
  return null;
}

/** `12 ×` before the scan; `×` alone asks the quantity of the line. */
export async function times(desk: Desk): Promise<void> {
  const value = waitingMilli(desk);
  if (value === null) return changeQuantity(desk);
  if (value === 0) return clearField(desk);
  desk.multiplier = value;
  desk.asked.delete('multiplier');
  clearField(desk);
}

/** The price printed on a label is of one piece: several of them are as many times that price. Null: its weight is not known. */
function severalOf(desk: Desk, line: EngineLine, quantity_milli: number): Partial<EngineLine> | null {
  if (line.label_total_minor === null) return { quantity_milli };
  if (line.kind !== 'weighed' && line.quantity_milli === 1000)
    return { quantity_milli, unit_price_e4: line.label_total_minor * 100, label_total_minor: null };
  desk.sounds.play('refused');
  tell(
    desk,
    'info',
    `${line.label} : le prix vient de son étiquette.`,
    'Scannez chaque étiquette l’une après l’autre.',
  );
  return null;
}

export async function changeQuantity(desk: Desk): Promise<void> {
  const row = lineOr(desk);
  if (!row) return;
  const value = waitingMilli(desk);
  if (value === null) return wait(desk, { op: 'quantity' });
  const question = `quantity:${row.line.id}:${value}`;
  if (value > MANY_MILLI && row.line.kind !== 'weighed' && !desk.asked.has(question)) {
    desk.asked.add(question);
    desk.pending = { op: 'quantity' };
    drawField(desk);
    return tell(
      desk,
      'warn',
      `${quantity(value, false)} × ${row.line.label} ?`,
      'Rien n’a changé. Appuyez encore sur Entrée pour confirmer.',
    );
  }
  clearField(desk);
  if (value === 0) return;
  const sign = row.line.quantity_milli < 0 ? -1 : 1;
  const patch = severalOf(desk, row.line, value * sign);
  if (patch) await changeLine(desk, row.line.id, patch, `Quantité de ${row.line.label}`);
}

/** One more or one less of the selected line; never below one: removing is another gesture. */
export async function more(desk: Desk, by: 1 | -1): Promise<void> {
  const row = lineOr(desk);
  if (!row || row.line.kind === 'weighed') return;
  const sign = row.line.quantity_milli < 0 ? -1 : 1; // of a container taken back, more is one more taken back
  const next = Math.abs(row.line.quantity_milli) + by * 1000;
  if (next <= 0) return tell(desk, 'info', 'La quantité est déjà de 1.', 'Pour enlever la ligne : Suppr.');
  const patch = severalOf(desk, row.line, next * sign);
  if (patch) await changeLine(desk, row.line.id, patch, `Quantité de ${row.line.label}`);
}

export async function changePrice(desk: Desk): Promise<void> {
  const row = lineOr(desk);
  if (!row) return;
  const article = row.line.article ? desk.catalogue.byArticle(row.line.article) : null;
  const value = waitingMinor(desk);
  if (value === null) return wait(desk, { op: 'line_price' });
  clearField(desk);
  const { id, label, kind, label_total_minor } = row.line;
  const price: Partial<EngineLine> =
    label_total_minor !== null && kind === 'weighed'
      ? { label_total_minor: value } // the price a kilogram stays, the label's own is replaced
      : { unit_price_e4: value * 100, label_total_minor: null };
  await orApproved(desk, {
    right: article?.openPrice ? 'till.open_price' : 'till.change_price',
    text: `Vendre ${label} à ${euros(value)}`,
    then: async (by) => {
      if (await changeLine(desk, id, price, `Prix de ${label}`)) sign(desk, by);
    },
  });
}

/** The basket keeps the name of who allowed it, for the ticket. */
function sign(desk: Desk, by: Approver | null): void {
  if (!by) return;
  const draft = draftOf(desk);
  desk.drafts.set(draft.id, { ...draft, approved: by });
  keepDraft(desk, draft.id);
}

const capOf = (desk: Desk, role: string): number => Math.min(desk.boot?.limits.discount_max_e4?.[role] ?? 0, WHOLE);
const cap = (desk: Desk): number => capOf(desk, desk.cashier?.role ?? '');

export async function discountLine(desk: Desk, given: number | null = null): Promise<void> {
  const row = lineOr(desk);
  if (!row || !permitted(desk, 'till.discount_line', 'les remises')) return;
  const value = given ?? waitingPercentE4(desk);
  if (value === null) return wait(desk, { op: 'line_discount' });
  if (!row.line.discountable) {
    clearField(desk);
    return tell(desk, 'info', `${row.line.label} ne prend pas de remise.`, 'La ligne reste à son prix.');
  }
  const { id, label } = row.line;
  if (value > cap(desk)) return aboveCap(desk, value, id, label);
  cancelApproval(desk);
  clearField(desk);
  await giveDiscount(desk, id, label, value, null);
}

async function giveDiscount(desk: Desk, id: string, label: string, value: number, by: Approver | null): Promise<void> {
  const discounts: Discount[] = value === 0 ? [] : [{ kind: 'percent', value_e4: value, reason: null }];
  if (await changeLine(desk, id, { discounts }, `Remise sur ${label}`)) sign(desk, by);
}

/** The most that may be given alone is offered; somebody who may give more can allow it here. */
function aboveCap(desk: Desk, value: number, id: string, label: string): void {
  desk.sounds.play('refused');
  const most = cap(desk);
  clearField(desk);
  if (most > 0) {
    desk.pending = { op: 'line_discount' }; // a discount waiting to be said yes to, never an amount of money
    setField(desk, percent(most).replace(/[^\d,]/g, ''));
  }
  tell(
    desk,
    'warn',
    `Remise de ${percent(value)} au-dessus de votre limite (${percent(most)}).`,
    `${label} reste à son prix.`,
    most > 0 ? [{ label: `Appliquer ${percent(most)}`, command: { c: 'percent' } }] : [],
  );
  if (value > WHOLE) return;
  askApproval(desk, {
    right: 'till.discount_line',
    text: `Remise de ${percent(value)} sur ${label}`,
    allows: (person) => capOf(desk, person.role) >= value,
    quiet: true,
    then: (by) => {
      clearField(desk);
      return giveDiscount(desk, id, label, value, by);
    },
  });
}

/** The total before the ticket's own discount, in the mode discounts are counted in. */
function undiscounted(desk: Desk): number {
  const { priced } = desk;
  if (!priced) return 0;
  const back = new Set(draftOf(desk).lines.flatMap((row) => (row.back ? [row.line.id] : [])));
  const onLines = priced.lines.reduce((sum, row) => (back.has(row.id) ? sum : sum + row.line_discount_minor), 0);
  const now = desk.boot?.mode === 'HT' ? priced.net_minor : priced.gross_minor;
  return now + priced.discount_minor - onLines;
}

/** `5 F7`: 5 € off the ticket; `= 30`: the total the customer asks for, kept as what it takes off: what is scanned afterwards is paid for. */
export async function discountBasket(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  if (beingPaid(desk)) return;
  if (draft.lines.length === 0) return tell(desk, 'info', 'Le ticket est vide.', null);
  if (!permitted(desk, 'till.discount_basket', 'les remises sur le ticket')) return;
  const wanted = desk.field.trim().startsWith('=');
  const value = waitingMinor(desk);
  if (value === null) return wait(desk, { op: 'basket_discount' });
  const total = undiscounted(desk);
  const off = wanted ? total - value : value;
  if (off < 0) return aboveTotal(desk, value, total);
  const discounts: Discount[] = off === 0 ? [] : [{ kind: 'amount', value_minor: off, reason: null }];
  const give = async (by: Approver | null): Promise<void> => {
    if (await replaceDraft(desk, { ...draftOf(desk), discounts }, { undo: 'Remise sur le ticket' })) sign(desk, by);
  };
  if (total > 0 && off * WHOLE > total * cap(desk)) return aboveCapBasket(desk, off, total, give);
  cancelApproval(desk);
  clearField(desk);
  await give(null);
}

function aboveTotal(desk: Desk, value: number, total: number): void {
  desk.sounds.play('refused');
  clearField(desk);
  tell(
    desk,
    'warn',
    `Le total demandé, ${euros(value)}, dépasse celui du ticket (${euros(total)}).`,
    'Le ticket reste à son prix.',
  );
}

function aboveCapBasket(desk: Desk, off: number, total: number, give: (by: Approver) => Promise<void>): void {
  desk.sounds.play('refused');
  clearField(desk);
  tell(
    desk,
    'warn',
    `Remise de ${euros(off)} sur ${euros(total)} : au-dessus de votre limite (${percent(cap(desk))}).`,
    'Le ticket reste à son prix.',
  );
  if (off > total) return;
  askApproval(desk, {
    right: 'till.discount_basket',
    text: `Remise de ${euros(off)} sur un ticket de ${euros(total)}`,
    allows: (person) => off * WHOLE <= total * capOf(desk, person.role),
    quiet: true,
    then: give,
  });
}

/** Why it was given: on the line's discounts, or on the ticket's own. */
export async function discountReason(desk: Desk, line: string | null, text: string): Promise<void> {
  const draft = draftOf(desk);
  const reason = clean(text.trim()).slice(0, 60) || null;
  const explained = (discounts: readonly Discount[]): Discount[] => discounts.map((one) => ({ ...one, reason }));
  if (line === null) {
    await replaceDraft(desk, { ...draft, discounts: explained(draft.discounts) });
    return;
  }
  const row = draft.lines.find((one) => one.line.id === line);
  if (row?.line.discounts.length)
    await changeLine(desk, line, { discounts: explained(row.line.discounts) }, 'Motif de la remise');
}

// -- customer -----------------------------------------------------------------------------------------------------------------

export async function setCustomer(desk: Desk, id: string | null): Promise<void> {
  const found = desk.boot?.customers.find((customer) => customer.id === id);
  if (id !== null && !found) return;
  const draft = draftOf(desk);
  const customer = found
    ? { id: found.id, name: found.name, detail: found.phone_tail ? `tél. ·· ${found.phone_tail}` : '' }
    : null;
  clearField(desk);
  if (customer) desk.sounds.play('recognised');
  await replaceDraft(desk, { ...draft, customer });
}

// -- Entrée ---------------------------------------------------------------------------------------------------------------------

export async function pick(desk: Desk, index: number): Promise<void> {
  const found = desk.view.field.found[index];
  if (!found) return;
  const { kind, id } = found;
  if (desk.pending?.op === 'attach') return attachTo(desk, id);
  clearField(desk);
  if (kind === 'customer') await setCustomer(desk, id);
  else if (kind === 'article') await sellArticle(desk, id);
}

/** ⏎ in the field: the answer to what was asked, a code, the article chosen in the list, or a customer's last digits. */
export async function enter(desk: Desk): Promise<void> {
  const { pending } = desk;
  if (pending) return answer(desk, pending);
  const text = desk.field.trim();
  if (text === '') return;
  const row = selectedLine(desk);
  if (row?.kind === 'unknown' && numberText(desk) !== null && text.length < 8) return sellUnknown(desk, row.line.id);
  if (/^\d{6,14}$/.test(text)) {
    clearField(desk);
    return scan(desk, text);
  }
  if (text.startsWith('=')) return discountBasket(desk);
  const number = numberText(desk);
  if (number !== null && /^\d{4,5}$/.test(number)) {
    const found = customers(desk, number);
    if (found.length === 1) return setCustomer(desk, found[0]!.id);
    if (found.length > 1) return pick(desk, desk.view.field.selected);
  }
  if (desk.view.field.found.length > 0) return pick(desk, desk.view.field.selected);
  if (number === null && !/\d/.test(text))
    return tell(desk, 'info', `Rien ne correspond à « ${text} ».`, 'Corrigez le mot, ou Échap pour l’effacer.'); // words are no code
  if (number === null) {
    clearField(desk);
    return scan(desk, text);
  }
  tell(desk, 'info', `${text} attend une touche.`, 'Espèces, Carte, × pour la quantité, % pour une remise.');
}

async function answer(desk: Desk, pending: Pending): Promise<void> {
  switch (pending.op) {
    case 'quantity':
      return changeQuantity(desk);
    case 'line_price':
      return changePrice(desk);
    case 'line_discount':
      return discountLine(desk);
    case 'basket_discount':
      return discountBasket(desk);
    case 'open_price':
    case 'weight':
      return answerArticle(desk);
    case 'unknown_price':
      return sellUnknown(desk, pending.line);
    case 'reference':
      return takeReference(desk, desk.field);
    case 'customer':
    case 'attach':
      return pick(desk, desk.view.field.selected);
  }
}

/** F3: the field now looks for customers; what was typed is looked for at once. */
export function askCustomer(desk: Desk): void {
  desk.pending = { op: 'customer' };
  drawField(desk);
}
