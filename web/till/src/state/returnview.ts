/* What the return screen shows, drawn from the basket in hand and from what the engine says is left of its ticket. */
import type { ReturnLine, ReturnTender, ReturnView } from '../model';
import { uuid7 } from '../core/ids';
import { amount as euroText } from '../core/money';
import type { Tender, TenderType } from '../core/wire';
import {
  backRows,
  numberFrom,
  ORIGIN,
  refundBasket,
  soldRows,
  wantedOf,
  type Paid,
  type Returning,
} from './correction';
import { draftOf, type Desk, type Draft } from './desk';
import { firstOfKind, settleTypes, typeOf } from './payment';

/** What each original tender still holds of this ticket, the largest first. */
function held(desk: Desk, returning: Returning): Paid[] {
  const back = (row: Paid): number =>
    returning.refunded.filter((one) => one.type === row.type).reduce((all, one) => all + one.amount_minor, 0);
  return returning.paid
    .map((row) => ({ ...row, amount_minor: row.amount_minor + back(row) }))
    .filter(
      (row) =>
        row.amount_minor > 0 && typeOf(desk, row.type) !== undefined && typeOf(desk, row.type)!.kind !== 'exchange',
    )
    .sort((a, b) => b.amount_minor - a.amount_minor);
}

/** The tenders of a refund « as it was paid »: never more on one than it holds, nor meal vouchers for what they could not buy. */
export function originTenders(desk: Desk, returning: Returning, amount: number, meal: number): Tender[] {
  let rest = amount;
  let eligible = Math.max(0, meal);
  const made: Tender[] = [];
  for (const row of held(desk, returning)) {
    const limited = typeOf(desk, row.type)!.eligible_only;
    const part = Math.min(rest, row.amount_minor, limited ? eligible : rest);
    if (part <= 0) continue;
    rest -= part;
    if (limited) eligible -= part;
    made.push({ id: uuid7(), type: row.type, amount_minor: -part, reference: row.reference });
  }
  const cash = firstOfKind(desk, 'cash');
  const filler = made.find((row) => !typeOf(desk, row.type)!.eligible_only);
  if (rest > 0 && filler) filler.amount_minor -= rest;
  else if (rest > 0 && cash) made.push({ id: uuid7(), type: cash, amount_minor: -rest, reference: null });
  return made;
}

const SHORTCUTS: Record<string, string> = { cash: 'F9', card: 'F10', credit_note: '² av' };

function tenderKeys(desk: Desk, returning: Returning, amount: number, meal: number): ReturnTender[] {
  const key = (type: TenderType): string | null => SHORTCUTS[type.kind] ?? null;
  const made: ReturnTender[] = [];
  const origin = originTenders(desk, returning, amount, meal);
  const first = held(desk, returning)[0];
  const types = [...new Set(origin.length ? origin.map((row) => row.type) : first ? [first.type] : [])].map((code) =>
    typeOf(desk, code)!,
  );
  if (returning.ticket && first)
    made.push({
      code: ORIGIN,
      label: types.map((type) => type.label).join(' et '),
      caption: 'd’origine',
      amount_minor: amount,
      key: types.length === 1 ? key(types[0]!) : null,
      disabled: null,
    });
  for (const kind of ['cash', 'credit_note']) {
    const type = typeOf(desk, firstOfKind(desk, kind) ?? '');
    if (!type || (types.length === 1 && types[0]!.code === type.code && made.length > 0)) continue;
    made.push({
      code: type.code,
      label: type.label,
      caption: kind === 'cash' ? 'du tiroir' : 'à valoir',
      amount_minor: amount,
      key: key(type),
      disabled: null,
    });
  }
  return made;
}

/** Where cash is rounded, the key that gives cash back says how much leaves the drawer. */
async function roundedCaptions(
  desk: Desk,
  keys: ReturnTender[],
  returning: Returning,
  amount: number,
  meal: number,
): Promise<void> {
  if (desk.boot!.cash_rounding === 'none' || amount <= 0) return;
  const isCash = (code: string): boolean => typeOf(desk, code)?.kind === 'cash';
  for (const key of keys) {
    const parts = key.code === ORIGIN ? originTenders(desk, returning, amount, meal) : [];
    if (key.code === ORIGIN ? !parts.some((row) => isCash(row.type)) : !isCash(key.code)) continue;
    const { due_cash_minor } = await desk.engine.call<{ due_cash_minor: number }>('settle', {
      format: 'settle/1',
      total_minor: -amount,
      meal_voucher_minor: -meal,
      cash_rounding: desk.boot!.cash_rounding,
      types: settleTypes(desk),
      tenders: parts.filter((row) => !isCash(row.type)),
    });
    key.caption = `${euroText(-due_cash_minor)} après arrondi`;
  }
}

async function linesOf(desk: Desk, draft: Draft, returning: Returning): Promise<ReturnLine[]> {
  const amounts = new Map(desk.priced?.lines.map((row) => [row.id, -row.gross_minor]));
  const rows = backRows(draft);
  if (!returning.ticket)
    return rows.map(({ line }) => {
      const amount_minor = amounts.get(line.id) ?? 0;
      return {
        id: line.id,
        label: line.label,
        sold_milli: -line.quantity_milli,
        left_milli: -line.quantity_milli,
        wanted_milli: -line.quantity_milli,
        left_minor: amount_minor,
        amount_minor,
        weighed: line.kind === 'weighed',
        unit: line.unit,
      };
    });
  const wanted = new Map(wantedOf(draft).map((row) => [row.line, row]));
  const kinds = new Map(returning.ticket.basket.lines.map((line) => [line.id, line]));
  if (returning.ticket.operation !== 'sale')
    return returning.ticket.basket.lines.map((line) => ({
      id: line.id,
      label: line.label,
      sold_milli: line.quantity_milli,
      left_milli: 0,
      wanted_milli: 0,
      left_minor: 0,
      amount_minor: 0,
      weighed: line.kind === 'weighed',
      unit: line.unit,
    }));
  const { lines } = await refundBasket(desk, returning, []);
  return lines.map((row) => {
    const chosen = wanted.get(row.line);
    return {
      id: row.line,
      label: row.label,
      sold_milli: row.sold_milli,
      left_milli: returning.cancelled ? 0 : row.left_milli,
      left_minor: row.left_minor,
      wanted_milli: chosen?.quantity_milli ?? 0,
      amount_minor: chosen ? (amounts.get(chosen.id) ?? 0) : 0,
      weighed: kinds.get(row.line)?.kind === 'weighed',
      unit: kinds.get(row.line)?.unit ?? 'pce',
    };
  });
}

function blockedBy(desk: Desk, draft: Draft, returning: Returning): string | null {
  if (backRows(draft).length === 0)
    return returning.ticket ? 'Choisissez ce qui est rendu.' : 'Scannez ce qui est rendu.';
  if (returning.reason === null && (desk.boot?.return_reasons?.length ?? 0) > 0) return 'Choisissez le motif.';
  return desk.ledger.period.session === null ? 'Ouvrez d’abord la caisse.' : null;
}

function whyNoCancel(returning: Returning): string | null {
  if (returning.cancelled) return 'Il est déjà annulé.';
  if (returning.returned.length > 0) return 'Une partie est déjà reprise : remboursez le reste.';
  if (returning.corrected) return 'Son règlement a été corrigé : remboursez ses articles.';
  return returning.ticket && ['sale', 'refund'].includes(returning.ticket.operation)
    ? null
    : 'Ce n’est ni une vente ni un remboursement.';
}

function whyNoCorrection(returning: Returning): string | null {
  if (returning.cancelled) return 'Ce ticket est annulé.';
  return returning.ticket && ['sale', 'refund'].includes(returning.ticket.operation) && returning.paid.length > 0
    ? null
    : 'Ce ticket n’a pas de règlement à corriger.';
}

function correctingOf(desk: Desk, returning: Returning): ReturnView['correcting'] {
  const asked = returning.correcting;
  if (!asked) return null;
  const taken = asked.taken === null ? null : returning.paid[asked.taken];
  const puts = settleTypes(desk)
    .filter((type) => type.code !== taken?.type && !['exchange', 'credit_note'].includes(type.kind))
    .map(({ code, label }) => ({ code, label }));
  return {
    taken: asked.taken,
    put: asked.put,
    puts,
    blocked: !taken
      ? 'Choisissez le règlement à corriger.'
      : asked.put === null
        ? 'Choisissez le bon règlement.'
        : null,
  };
}

export async function drawReturn(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  const { returning } = draft;
  if (!returning) {
    if (desk.view.returning) desk.view.returning = null;
    return;
  }
  const { ticket } = returning;
  const before = desk.view.returning?.selected;
  const lines = await linesOf(desk, draft, returning);
  const refund = lines.reduce((all, row) => all + row.amount_minor, 0);
  const meal = ticket && desk.priced && desk.priced.gross_minor < 0 ? -desk.priced.meal_voucher_minor : 0;
  const tenders = tenderKeys(desk, returning, refund, meal);
  await roundedCaptions(desk, tenders, returning, refund, meal);
  const exchanging =
    soldRows(draft).length > 0 ? 'Un échange est en cours : retirez d’abord les articles choisis.' : null;
  desk.view.returning = {
    ticket: ticket && {
      number: numberFrom(ticket),
      at: ticket.at,
      by: ticket.operator.name,
      operation: ticket.operation,
      total_minor: ticket.priced.gross_minor,
      payments: returning.paid.map((row) => ({
        label: typeOf(desk, row.type)?.label ?? row.type,
        amount_minor: row.amount_minor,
      })),
      copies: returning.copies,
    },
    lines,
    selected: lines.some((row) => row.id === before) ? before! : null,
    reasons: (desk.boot?.return_reasons ?? []).map(({ code, label }) => ({ code, label })),
    reason: returning.reason,
    disposition: returning.disposition,
    tenders,
    tender: tenders.some((row) => row.code === returning.tender) ? returning.tender : (tenders[0]?.code ?? ''),
    refund_minor: refund,
    sold: soldRows(draft).length,
    blocked: blockedBy(desk, draft, returning),
    no_cancel: exchanging ?? whyNoCancel(returning),
    no_correction: exchanging ?? whyNoCorrection(returning),
    correcting: correctingOf(desk, returning),
  };
}
