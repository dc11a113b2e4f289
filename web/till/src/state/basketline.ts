/* Lines: from an article of the catalogue to the engine's line, and from the engine's answer to what is shown. */
import type { LineView, Milli } from '../model';
import type { Article } from '../core/catalogue';
import type { Discount, EngineLine, Priced } from '../core/wire';
import { clean } from '../core/folding';
import { uuid7 } from '../core/ids';
import { euros, percent, quantity, unitPrice } from '../core/money';
import type { Draft, DraftLine } from './desk';

export const isWeighed = (article: Article): boolean => article.kind === 'weighed';

export function engineLine(article: Article, quantity_milli: Milli, price_e4: number = article.price_e4): EngineLine {
  return {
    id: uuid7(),
    article: article.id,
    label: clean(article.name),
    family: article.family,
    kind: article.kind,
    quantity_milli,
    unit: article.unit,
    unit_price_e4: price_e4,
    vat_e4: article.vat_e4,
    label_total_minor: null,
    eco_minor: article.eco_minor,
    discountable: article.discountable,
    meal_voucher: article.mealVoucher,
    discounts: [],
  };
}

export function draftLine(line: EngineLine, more: Partial<DraftLine> = {}): DraftLine {
  return { line, kind: 'article', code: null, reason: null, manual: false, ...more };
}

/** A code that no article answers to: shown, never counted, until the cashier says what it is. */
export function waitingLine(kind: 'unknown' | 'refused', label: string, code: string, reason: string): DraftLine {
  const line: EngineLine = {
    id: uuid7(),
    article: null,
    label: clean(label),
    family: null,
    kind: 'goods',
    quantity_milli: 1000,
    unit: 'pce',
    unit_price_e4: 0,
    vat_e4: null,
    label_total_minor: null,
    eco_minor: 0,
    discountable: false,
    meal_voucher: false,
    discounts: [],
  };
  return { line, kind, code: clean(code), reason, manual: false };
}

/** The same article again joins its line unless something tells the two apart. */
export function mergeable(known: DraftLine, line: EngineLine): boolean {
  const it = known.line;
  return (
    known.kind === 'article' &&
    !known.manual &&
    !known.container &&
    it.article === line.article &&
    it.article !== null &&
    it.kind !== 'weighed' &&
    it.unit_price_e4 === line.unit_price_e4 &&
    it.label_total_minor === null &&
    line.label_total_minor === null &&
    it.discounts.length === 0 &&
    line.discounts.length === 0 &&
    Math.sign(it.quantity_milli) === Math.sign(line.quantity_milli)
  );
}

function discountLabel(discounts: readonly Discount[]): string | null {
  if (discounts.length === 0) return null;
  const size = (one: Discount): string =>
    `\u2212${one.kind === 'percent' ? percent(one.value_e4 ?? 0) : euros(one.value_minor ?? 0)}`;
  return discounts.map((one) => size(one) + (one.reason ? ` (${one.reason})` : '')).join(', ');
}

function detail(line: EngineLine): string | null {
  if ('origin_line' in line)
    return line.kind === 'weighed'
      ? `rendu · ${quantity(-line.quantity_milli, true)}\u00a0${line.unit}`
      : line.quantity_milli === -1000
        ? 'rendu'
        : `rendu · ${quantity(-line.quantity_milli, false)} pièces`;
  if (line.label_total_minor !== null)
    return line.kind === 'weighed'
      ? `${quantity(line.quantity_milli, true)} ${line.unit}, prix de l’étiquette`
      : 'prix de l’étiquette';
  if (line.kind === 'weighed')
    return `${quantity(line.quantity_milli, true)}\u00a0${line.unit} × ${unitPrice(line.unit_price_e4)}/${line.unit}`;
  return line.quantity_milli === 1000
    ? null
    : `${quantity(line.quantity_milli, false)} × ${unitPrice(line.unit_price_e4)}`;
}

export function lineViews(draft: Draft, priced: Priced | null, lit: string | null): LineView[] {
  const amounts = new Map(priced?.lines.map((row) => [row.id, row]));
  return draft.lines.map(({ line, kind, code, reason }) => {
    const row = amounts.get(line.id);
    return {
      id: line.id,
      label: line.label,
      detail: kind === 'article' ? detail(line) : null,
      kind,
      code,
      quantity_milli: line.quantity_milli,
      weighed: line.kind === 'weighed',
      unit: line.unit,
      gross_minor: row ? row.list_minor - row.line_discount_minor : 0,
      list_minor: row?.list_minor ?? 0,
      discount_minor: row?.line_discount_minor ?? 0,
      discount_label: discountLabel(line.discounts),
      reason,
      lit: line.id === lit,
    };
  });
}
