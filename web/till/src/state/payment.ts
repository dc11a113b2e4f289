/* Taking money: tenders on the sale screen and on the payment screen, by the same rules of the engine. */
import type { HandOver, Minor, Piece, TenderKey } from '../model';
import { EngineRefusal } from '../core/engine';
import { uuid7 } from '../core/ids';
import { clean } from '../core/folding';
import { amount, euros } from '../core/money';
import type { SettleInput, Settled, Tender, TenderType } from '../core/wire';
import { draftOf, show, sync, tell, type Desk, type Draft } from './desk';
import { forgetUndo, keepDraft } from './basket';
import { piecesFor } from './drawer';
import { clearField, drawField, waitingMinor } from './field';
import { refusedByEngine, refusedTender, storageIsFull } from './notices';
import { completeSale } from './sale';
import { typeCreditNote } from './creditnote';

const ON_SALE_SCREEN = 4;
const NOT_YET = 'A0-0-1'; // a credit note being issued takes the number of the ticket that issues it, when that is sealed
const MUCH_CHANGE_MINOR = 50_000; // more than the largest note back: a finger slipped, or a code was typed as an amount
const SHORTCUTS: Record<string, string> = { cash: 'F9', card: 'F10', meal_voucher: '² tr' };

const PLAIN = { change: false, cap_minor: null, opens_drawer: false, eligible_only: false };
/** What corrections need of a shop that never heard of them: credit notes, and the part of an exchange that no money moves. */
const BUILT_IN: readonly TenderType[] = [
  { code: 'credit_note', label: 'Avoir', kind: 'credit_note', needs_reference: true, position: 98, ...PLAIN },
  { code: 'exchange', label: 'Échange', kind: 'exchange', needs_reference: false, position: 99, ...PLAIN },
];

function types(desk: Desk): TenderType[] {
  const own = desk.boot?.tenders ?? [];
  return [...own, ...BUILT_IN.filter((one) => !own.some((type) => type.kind === one.kind))].sort(
    (a, b) => (a.position ?? 0) - (b.position ?? 0),
  );
}
export const settleTypes = (desk: Desk): TenderType[] => types(desk).map(({ position: _, ...type }) => type);

export const typeOf = (desk: Desk, code: string): TenderType | undefined =>
  types(desk).find((type) => type.code === code);
export const firstOfKind = (desk: Desk, kind: string): string | null =>
  types(desk).find((type) => type.kind === kind)?.code ?? null;

export function settleInput(desk: Desk, tenders: readonly Tender[]): SettleInput {
  return {
    format: 'settle/1',
    total_minor: desk.priced?.gross_minor ?? 0,
    meal_voucher_minor: desk.priced?.meal_voucher_minor ?? 0,
    cash_rounding: desk.boot!.cash_rounding,
    types: settleTypes(desk),
    tenders: [...tenders],
  };
}

const settle = (desk: Desk, tenders: readonly Tender[]): Promise<Settled> =>
  desk.engine.call<Settled>('settle', settleInput(desk, tenders));

/** After the line is on the screen: what is due, what each key would take, plausible hand-overs. */
export async function afterPricing(desk: Desk): Promise<void> {
  if (desk.behind() > 0) {
    desk.unsettled = true;
    return;
  } // once for all of them: the queue comes back to it
  await settleNow(desk);
}

export async function settleNow(desk: Desk): Promise<void> {
  desk.unsettled = false;
  const draft = draftOf(desk);
  desk.settled = await settle(desk, draft.tenders);
  const due = desk.settled.due_minor;
  const overs =
    due > 0 && firstOfKind(desk, 'cash')
      ? (
          await desk.engine.call<{ amounts: HandOver[] }>('hand_overs', {
            due_minor: due,
            cash_rounding: desk.boot!.cash_rounding,
          })
        ).amounts
      : [];
  sync(desk.view.hand_overs, overs, 'received_minor');
  await drawPayment(desk);
}

export async function drawPayment(desk: Desk): Promise<void> {
  const { view, settled } = desk;
  const draft = draftOf(desk);
  if (!settled) return;
  view.due_minor = settled.due_minor;
  view.change_minor = settled.change_minor;
  view.taken = draft.tenders.map((tender) => {
    const paid = settled.payments.find((payment) => payment.id === tender.id);
    return {
      id: tender.id,
      label: typeOf(desk, tender.type)?.label ?? tender.type,
      amount_minor: paid?.amount_minor ?? 0,
      tendered_minor: tender.amount_minor,
      note: tender.reference,
    };
  });
  await drawCoins(desk, settled.change_minor);
  view.pay_blocked = payBlocked(desk, draft, settled);
  drawTenders(desk);
}

async function drawCoins(desk: Desk, change: Minor): Promise<void> {
  const answer = await coinsFor(desk, change);
  desk.view.coins = answer.pieces;
  desk.view.coins_short = answer.short;
}

export async function coinsFor(desk: Desk, change: Minor): Promise<{ pieces: Piece[]; short: Minor[] }> {
  return piecesFor(desk, change);
}

function payBlocked(desk: Desk, draft: Draft, settled: Settled): string | null {
  if (draft.lines.length === 0) return 'Le ticket est vide.';
  const unfit = unfitOf(draft, settled);
  if (unfit) return unfitWords(desk, unfit);
  if (settled.complete) return null;
  return settled.due_minor > 0
    ? `Il manque ${euros(settled.due_minor)}.`
    : `Il reste ${euros(-settled.due_minor)} à rembourser.`;
}

export function drawTenders(desk: Desk): void {
  const waiting = desk.pending ? null : waitingMinor(desk);
  const all = types(desk)
    .filter((type) => type.kind !== 'exchange')
    .map((type): TenderKey => {
      const own = waiting ?? takes(desk, type);
      return {
        code: type.code,
        label: type.label,
        kind: type.kind,
        caption: waiting !== null ? (type.change ? 'reçus' : '') : own !== null && own < 0 ? 'rend' : '',
        amount_minor: draftOf(desk).lines.length && own !== null ? Math.abs(own) : null,
        shortcut: SHORTCUTS[type.kind] ?? null,
        disabled:
          own === 0 && waiting === null && type.eligible_only && draftOf(desk).lines.length > 0
            ? reasonNotEligible(desk)
            : null,
        selected: false,
      };
    });
  sync(desk.view.tenders, all.slice(0, ON_SALE_SCREEN), 'code');
  sync(desk.view.more_tenders, all.slice(ON_SALE_SCREEN), 'code');
}

function reasonNotEligible(desk: Desk): string {
  return (desk.priced?.meal_voucher_minor ?? 0) > 0 ? 'plafond atteint' : 'aucun article éligible';
}

/** What this tender takes when nothing is typed: the remainder, within its limits. */
function takes(desk: Desk, type: TenderType): Minor {
  const { settled, priced } = desk;
  if (!settled || !priced) return 0;
  if (type.kind === 'cash') return settled.due_cash_minor;
  const size = Math.abs(settled.due_minor);
  const spent = (test: (one: TenderType) => boolean): Minor =>
    settled.payments.reduce(
      (sum, payment) => (test(typeOf(desk, payment.type)!) ? sum + Math.abs(payment.amount_minor) : sum),
      0,
    );
  const cap = type.cap_minor === null ? size : type.cap_minor - spent((one) => one.code === type.code);
  const eligible = type.eligible_only ? Math.abs(priced.meal_voucher_minor) - spent((one) => one.eligible_only) : size;
  return Math.max(0, Math.min(size, cap, eligible)) * (settled.due_minor < 0 ? -1 : 1);
}

/** Something stands between this basket and its payment. Asked once, then the cashier's gesture is obeyed. */
export function obstacle(desk: Desk, draft: Draft): boolean {
  if (desk.storageFull) {
    storageIsFull(desk, true);
    return true;
  }
  if (desk.ledger.period.session === null) {
    show(desk, 'opening');
    return true;
  }
  const unknown = draft.lines.find((row) => row.kind !== 'article');
  if (unknown && !desk.asked.has(unknown.line.id)) {
    desk.asked.add(unknown.line.id);
    tell(desk, 'warn', `${unknown.line.label} n’est pas compté.`, 'Le reste du ticket est prêt.', [
      { label: 'Vendre en divers', command: { c: 'sell_unknown', line: unknown.line.id } },
      { label: 'Retirer', command: { c: 'remove_line', id: unknown.line.id } },
    ]);
    return true;
  }
  if (desk.multiplier !== null && !desk.asked.has('multiplier')) {
    desk.asked.add('multiplier');
    tell(desk, 'warn', `La quantité × ${desk.multiplier / 1000} n’a pas servi.`, 'Le ticket est intact.', [
      { label: 'L’oublier', command: { c: 'escape' } },
    ]);
    return true;
  }
  return false;
}

/** A tender taken before the ticket changed, that the ticket can no longer take whole: it would count for nothing. */
const unfitOf = (draft: Draft, settled: Settled): Tender | undefined =>
  draft.tenders.find((row) => settled.refusals.some((one) => one.id === row.id));
const unfitWords = (desk: Desk, one: Tender): string =>
  `${typeOf(desk, one.type)?.label ?? one.type} ${euros(Math.abs(one.amount_minor))} ne convient plus à ce ticket.`;

/** Says which tender no longer fits, before anything else is taken for what it already paid. */
export function unfitting(desk: Desk): boolean {
  const unfit = desk.settled ? unfitOf(draftOf(desk), desk.settled) : undefined;
  if (!unfit) return false;
  desk.sounds.play('refused');
  tell(desk, 'warn', unfitWords(desk, unfit), 'Rien d’autre n’est pris. Retirez-le, ou remettez l’article.', [
    { label: 'Retirer ce règlement', command: { c: 'untake', id: unfit.id } },
  ]);
  return true;
}

/** A tender key. Nothing typed: the remainder; a number typed: that amount. */
export async function tender(desk: Desk, code: string, given: Minor | null = null): Promise<void> {
  const draft = draftOf(desk);
  const type = typeOf(desk, code);
  if (!type || draft.lines.length === 0 || obstacle(desk, draft)) return;
  if (!desk.settled || desk.settled.due_minor === 0) await afterPricing(desk);
  if (unfitting(desk)) return;
  const settled = desk.settled!;
  if (settled.complete) return desk.view.screen === 'payment' ? undefined : finish(desk);
  if (given === null && desk.pending && desk.field.trim() !== '') return notAnswered(desk);
  const typed = given ?? waitingMinor(desk);
  if (typed === null && desk.field.trim() !== '') return notAnAmount(desk);
  if (typed !== null && muchChange(desk, type, typed, settled.due_minor)) return;
  const amount_minor = typed === null ? takes(desk, type) : typed * (settled.due_minor < 0 ? -1 : 1);
  if (type.kind === 'credit_note' && settled.due_minor < 0)
    return take(desk, { id: uuid7(), type: code, amount_minor, reference: NOT_YET });
  if (type.needs_reference) {
    desk.pending = { op: 'reference', tender: code, amount_minor };
    clearField(desk, true);
    if (type.kind === 'credit_note')
      return tell(desk, 'info', 'Scannez l’avoir du client.', 'Ou tapez son numéro, puis Entrée.');
    return tell(desk, 'info', `${type.label} : notez la référence.`, `${euros(amount_minor)} à prendre.`);
  }
  await take(desk, { id: uuid7(), type: code, amount_minor, reference: null });
}

/** What stands in the field must never be passed over in silence: the sale would close on another amount than the one typed. */
function notAnAmount(desk: Desk): void {
  desk.sounds.play('refused');
  tell(
    desk,
    'warn',
    `« ${desk.field.trim()} » n’est pas un montant.`,
    'Rien n’est pris, le ticket est intact. Échap efface le champ.',
  );
}

/** What is typed answers a question still open: it is neither an amount nor to be forgotten. */
function notAnswered(desk: Desk): void {
  desk.sounds.play('refused');
  tell(
    desk,
    'warn',
    `« ${desk.field.trim()} » n’est pas encore validé.`,
    'Rien n’est pris, le ticket est intact. Entrée pour valider, Échap pour effacer.',
  );
}

function muchChange(desk: Desk, type: TenderType, typed: Minor, due: Minor): boolean {
  const question = `change:${typed}`;
  if (!type.change || due <= 0 || typed - due < MUCH_CHANGE_MINOR || desk.asked.has(question)) return false;
  desk.asked.add(question);
  desk.sounds.play('refused');
  tell(
    desk,
    'warn',
    `${euros(typed)} reçus pour ${euros(due)} ?`,
    'Rien n’est pris. Appuyez encore sur la touche pour confirmer, ou sur Échap pour effacer.',
  );
  return true;
}

export async function take(desk: Desk, one: Tender): Promise<void> {
  const draft = draftOf(desk);
  const type = typeOf(desk, one.type)!;
  let settled: Settled;
  try {
    settled = await settle(desk, [...draft.tenders, one]);
  } catch (reason) {
    if (!(reason instanceof EngineRefusal)) throw reason;
    return refusedByEngine(desk, reason.refusal);
  }
  const refusal = settled.refusals.find((row) => row.id === one.id);
  if (refusal) {
    desk.sounds.play('refused');
    return refusedTender(desk, type, refusal, one.amount_minor);
  }
  clearField(desk);
  forgetUndo(desk);
  desk.view.notice = null;
  const paying = { ...draft, tenders: [...draft.tenders, one] };
  desk.drafts.set(draft.id, paying);
  desk.settled = settled;
  if (settled.complete && desk.view.screen !== 'payment') return finish(desk);
  keepDraft(desk, draft.id);
  await afterPricing(desk);
}

export async function takeReference(desk: Desk, text: string): Promise<void> {
  const { pending } = desk;
  if (pending?.op !== 'reference' || text.trim() === '') return;
  desk.pending = null;
  if (typeOf(desk, pending.tender)?.kind === 'credit_note') {
    clearField(desk);
    return typeCreditNote(desk, text);
  }
  await take(desk, {
    id: uuid7(),
    type: pending.tender,
    amount_minor: pending.amount_minor,
    reference: clean(text.trim()),
  });
}

/** One of the plausible notes: closes the sale at once on the sale screen; on the payment screen it may still be changed. */
export async function handOver(desk: Desk, received: Minor): Promise<void> {
  const cash = firstOfKind(desk, 'cash');
  if (!cash) return;
  if (desk.view.screen === 'payment') await removeTenders(desk, (one) => one.type === cash);
  await tender(desk, cash, received);
}

export async function untake(desk: Desk, id: string): Promise<void> {
  await removeTenders(desk, (one) => one.id === id);
}

async function removeTenders(desk: Desk, test: (one: Tender) => boolean): Promise<void> {
  const draft = draftOf(desk);
  if (!draft.tenders.some(test)) return;
  desk.drafts.set(draft.id, { ...draft, tenders: draft.tenders.filter((one) => !test(one)) });
  forgetUndo(desk); // it would bring the tender back
  keepDraft(desk, draft.id);
  await afterPricing(desk);
}

export async function openPayment(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  if (draft.lines.length === 0) return tell(desk, 'info', 'Le ticket est vide.', null);
  if (obstacle(desk, draft)) return;
  if (draft.returning && desk.settled?.complete) return finish(desk); // an exchange without difference
  desk.drafts.set(draft.id, { ...draft, paying: true });
  keepDraft(desk, draft.id);
  show(desk, 'payment');
  await afterPricing(desk);
  drawField(desk);
}

export async function backToSale(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  desk.drafts.set(draft.id, { ...draft, paying: false });
  keepDraft(desk, draft.id);
  show(desk, 'sale');
  await afterPricing(desk);
  drawField(desk);
}

/** The bar of the payment screen. A number typed and not yet taken is taken in cash first. */
export async function validate(desk: Desk): Promise<void> {
  const cash = firstOfKind(desk, 'cash');
  if (unfitting(desk)) return;
  if (waitingMinor(desk) !== null && cash && desk.settled && !desk.settled.complete) {
    const before = draftOf(desk);
    await tender(desk, cash);
    if (draftOf(desk) === before) return; // not taken, and it was said why
  }
  if (desk.settled?.complete) return finish(desk);
  const due = desk.settled?.due_minor ?? 0;
  if (due < 0) return tell(desk, 'warn', `Il reste ${euros(-due)} à rembourser.`, 'Le ticket est intact.');
  tell(
    desk,
    'warn',
    `Montant reçu insuffisant : il manque ${euros(due)}.`,
    desk.view.taken.length
      ? `Les ${amount(desk.settled?.paid_minor ?? 0)}\u00a0€ reçus sont comptés.`
      : 'Le ticket est intact.',
  );
}

/** Re-checks the obstacles, for a basket may have changed since its first tender. */
async function finish(desk: Desk): Promise<void> {
  if (unfitting(desk) || obstacle(desk, draftOf(desk))) return afterPricing(desk);
  await completeSale(desk);
}
