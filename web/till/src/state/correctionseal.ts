/* Sealing what goes back: a refund, an exchange in two linked records, a cancellation, the correction of a wrong tender. Each is a new
   record beside the ticket it speaks of; both records of an exchange are written in one transaction or not at all. */
import type { Sealed, SealOptions } from '../core/ledger';
import type { Origin, TicketBody } from '../core/history';
import { uuid7 } from '../core/ids';
import { amount, euros } from '../core/money';
import type { LastSale } from '../model';
import type { Basket, Perpetual, PrintIntent, Tender } from '../core/wire';
import type { Approver } from './approval';
import { orApproved } from './approval';
import { priceBasket } from './ahead';
import {
  changeReturning,
  isLate,
  numberFrom,
  ORIGIN,
  returnBasket,
  soldBasket,
  soldRows,
  type Returning,
} from './correction';
import { issuesNote, noteValidUntil, withNoteNumber } from './creditnote';
import { draftOf, operator, show, tell, type Desk, type Draft } from './desk';
import { noteSale } from './drawer';
import { coinsFor, firstOfKind, settleTypes, typeOf } from './payment';
import { originTenders } from './returnview';
import { cashOut, lastSold, makeReceipt, nextCustomer, printedState, printsOf, saleRefused, showSold } from './sale';

interface Part {
  operation: 'sale' | 'refund' | 'cancel' | 'correction';
  id: string;
  origin: Origin | null;
  basket: Basket;
  tenders: Tender[];
  customer: string | null;
  opened_at: string;
  deleted: Draft['deleted'];
  approved: Approver | null;
  exchange?: string;
  reason?: string | null;
}
interface Answer {
  body: string;
  to_sign: string;
  ticket: Record<string, unknown>;
  perpetual: Perpetual;
}

const originOf = ({ id, chain, seq, at }: Origin): Origin => ({ id, chain, seq, at });

/** What the ledger needs to seal this part. */
function options(desk: Desk, part: Part, drop: string): SealOptions {
  const issues = part.operation === 'refund' && issuesNote(desk, part.tenders);
  const until = issues ? noteValidUntil(desk) : null;
  return {
    type: 'ticket',
    operator: operator(desk),
    id: part.id,
    prepare: async (head, previous, perpetual) => {
      const tenders = issues ? withNoteNumber(desk, head, part.tenders) : part.tenders;
      const answer = await desk.engine.call<Answer>('seal_ticket', {
        head,
        operation: part.operation,
        origin: part.origin,
        opened_at: part.opened_at,
        customer: part.customer,
        basket: part.basket,
        settle: { format: 'settle/1', cash_rounding: desk.boot!.cash_rounding, types: settleTypes(desk), tenders },
        deleted_lines: part.deleted,
        previous,
        perpetual,
        ...(part.reason ? { reason: part.reason } : {}),
        ...(part.approved ? { approved_by: part.approved } : {}),
        ...(part.exchange ? { exchange: part.exchange } : {}),
        ...(until ? { credit_valid_until: until } : {}),
      });
      return { sealed: answer, body: answer.ticket, perpetual: answer.perpetual };
    },
    prints: (body, signature) =>
      part.operation === 'sale'
        ? printsOf(desk, body as unknown as Parameters<typeof printsOf>[1], signature)
        : papers(desk, body as unknown as TicketBody, signature),
    also: (tx) => {
      tx.objectStore('drafts').delete(drop);
    },
  };
}

/** A correction always leaves a paper; the drawer opens when cash goes out of it or into it. */
async function papers(desk: Desk, body: TicketBody, signature: string): Promise<PrintIntent[]> {
  if (desk.printing.way === null) return [];
  const drawer = body.settled.payments.some((payment) => typeOf(desk, payment.type)?.opens_drawer);
  return [
    { job: uuid7(), kind: 'receipt', receipt: await makeReceipt(desk, 'ticket', body, signature), drawer, copies: 1 },
  ];
}

/** Seals, then hands papers, journal and server their part. Null: refused in words, nothing was written, the basket is as it was. */
async function seal(desk: Desk, parts: readonly Part[], draft: Draft): Promise<Sealed<TicketBody>[] | null> {
  let sealed: Sealed<TicketBody>[];
  try {
    sealed = await desk.ledger.sealTogether<TicketBody>(parts.map((part) => options(desk, part, draft.id)));
  } catch (reason) {
    saleRefused(desk, reason);
    return null;
  }
  desk.drafts.delete(draft.id);
  desk.view.returning = null;
  desk.sounds.play('sealed');
  for (const { prints, envelope } of sealed) {
    for (const row of prints) void desk.printing.send(row);
    desk.printing.journal(envelope);
  }
  desk.sync.soon();
  await nextCustomer(desk);
  return sealed;
}

/** What goes back stands where the change of a sale stands, until the next scan. */
async function givenBack(desk: Desk, { body, envelope, prints }: Sealed<TicketBody>): Promise<LastSale> {
  const rows = body.settled.payments.filter((row) => typeOf(desk, row.type)?.kind !== 'exchange');
  const cash = cashOut(desk, rows);
  const [coins, { extract }] = await Promise.all([
    coinsFor(desk, cash),
    desk.engine.call<{ extract: string }>('extract', { signature: envelope.signature }),
  ]);
  return {
    number: desk.ledger.number(envelope.seq),
    at: body.at,
    total_minor: body.priced.gross_minor,
    change_minor: cash,
    received_minor: 0,
    payments: rows
      .map(
        (row) => `${(typeOf(desk, row.type)?.label ?? row.type).toLowerCase()} ${amount(Math.abs(row.amount_minor))}`,
      )
      .join(', '),
    coins: coins.pieces,
    printed: printedState(prints),
    extract,
  };
}

async function done(desk: Desk, one: Sealed<TicketBody>, what: string): Promise<void> {
  const { body, envelope, prints } = one;
  lastSold.set(desk, {
    record: body,
    signature: envelope.signature,
    copies: prints.some((row) => row.intent.receipt) ? 1 : 0,
  });
  desk.view.last_number = desk.ledger.number(envelope.seq);
  desk.view.last = body.operation === 'correction' ? null : await givenBack(desk, one);
  void noteSale(
    desk,
    body.settled,
    new Set(
      settleTypes(desk)
        .filter((type) => type.kind === 'cash')
        .map((type) => type.code),
    ),
    [],
  ).catch(() => undefined);
  const note = body.settled.payments.find(
    (row) => row.amount_minor < 0 && typeOf(desk, row.type)?.kind === 'credit_note',
  )?.reference;
  const words =
    note && body.operation === 'refund' ? `Avoir ${note} remis : ${euros(-body.priced.gross_minor)}.` : what;
  tell(desk, 'ok', words, `Ticket ${desk.ledger.number(envelope.seq)} scellé.`, [
    { label: 'Voir le ticket', command: { c: 'show_last' } },
  ]);
}

// -- who may --------------------------------------------------------------------------------------------------------------------

const limitOf = (desk: Desk, role: string): number => desk.boot?.limits.refund_max_minor?.[role] ?? 0;

/** A right, and an amount that the role may give back alone; above it a second person's code, which the record names. */
function authorised(
  desk: Desk,
  returning: Returning,
  amount: number,
  then: (by: Approver | null) => Promise<void>,
): void | Promise<void> {
  const right = returning.ticket && !isLate(desk, returning.ticket) ? 'till.refund' : 'till.refund_without_ticket';
  const before = draftOf(desk).approved;
  const person = before && desk.boot?.cashiers.find((one) => one.id === before.id);
  if (before && person && person.rights.includes(right) && amount <= limitOf(desk, person.role)) return then(before);
  const asked = draftOf(desk);
  return orApproved(desk, {
    right,
    text: `Rembourser ${euros(amount)}`,
    allows: (one) => amount <= limitOf(desk, one.role),
    then: (by) => (draftOf(desk) === asked ? then(by) : changedMeanwhile(desk, by)),
  });
}

/** What was allowed is not what stands there now: nothing is sealed, the name is kept for the amount its role may allow. */
function changedMeanwhile(desk: Desk, by: Approver | null): void {
  const draft = draftOf(desk);
  if (by) desk.drafts.set(draft.id, { ...draft, approved: by });
  tell(
    desk,
    'info',
    'Le retour a changé pendant l’autorisation.',
    'Rien n’est remboursé. Vérifiez, puis validez de nouveau.',
  );
}

// -- refund and exchange ----------------------------------------------------------------------------------------------------------

function refundPart(draft: Draft, basket: Basket, tenders: Tender[], by: Approver | null): Part {
  const returning = draft.returning!;
  return {
    operation: 'refund',
    id: draft.id,
    origin: returning.ticket ? originOf(returning.ticket) : null,
    basket,
    tenders,
    customer: draft.customer?.id ?? null,
    opened_at: draft.opened_at,
    deleted: [],
    approved: by,
    reason: returning.ticket ? null : 'Retour sans ticket',
  };
}

/** The one action of the return screen. */
export async function refundNow(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  const { returning } = draft;
  if (!returning) return;
  if (returning.correcting) return correctTender(desk);
  const blocked = desk.view.returning?.blocked;
  if (blocked) {
    desk.sounds.play('refused');
    return tell(desk, 'info', blocked, null);
  }
  if (soldRows(draft).length > 0) return changeReturning(desk, { open: false }).then(() => show(desk, 'sale'));
  const basket = (await returnBasket(desk, draft))!;
  const priced = await priceBasket(desk, basket);
  const amount = -priced.gross_minor;
  const wanted = refundTenders(
    desk,
    { ...returning, tender: desk.view.returning?.tender ?? returning.tender },
    amount,
    -priced.meal_voucher_minor,
  );
  const tenders = await cashRounded(desk, priced, wanted);
  await authorised(desk, returning, amount, async (by) => {
    const sealed = await seal(desk, [refundPart(draft, basket, tenders, by)], draft);
    if (sealed)
      await done(
        desk,
        sealed[0]!,
        `${euros(-tenders.reduce((all, row) => all + row.amount_minor, 0))} remboursés (${names(desk, tenders)}).`,
      ); // in cash: after rounding
  });
}

/** Where cash is rounded, the cash part of a refund is what cash would give back. */
async function cashRounded(
  desk: Desk,
  priced: { gross_minor: number; meal_voucher_minor: number },
  tenders: Tender[],
): Promise<Tender[]> {
  const cash = tenders.find((row) => typeOf(desk, row.type)?.kind === 'cash');
  if (!cash || desk.boot!.cash_rounding === 'none') return tenders;
  const others = tenders.filter((row) => row !== cash);
  const { due_cash_minor } = await desk.engine.call<{ due_cash_minor: number }>('settle', {
    format: 'settle/1',
    total_minor: priced.gross_minor,
    meal_voucher_minor: priced.meal_voucher_minor,
    cash_rounding: desk.boot!.cash_rounding,
    types: settleTypes(desk),
    tenders: others,
  });
  return due_cash_minor === 0 ? others : [...others, { ...cash, amount_minor: due_cash_minor }];
}

const names = (desk: Desk, tenders: readonly Tender[]): string =>
  tenders.map((row) => (typeOf(desk, row.type)?.label ?? row.type).toLowerCase()).join(', ');

function refundTenders(desk: Desk, returning: Returning, amount: number, meal: number): Tender[] {
  if (amount === 0) return [];
  if (returning.tender === ORIGIN) return originTenders(desk, returning, amount, meal);
  return [{ id: uuid7(), type: returning.tender, amount_minor: -amount, reference: null }];
}

/** A basket with returned lines, paid: a refund alone, or an exchange whose common part goes from one record to the other. */
export async function completeReturning(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  const returning = draft.returning!;
  const back = await returnBasket(desk, draft);
  const given = back ? -(await priceBasket(desk, back)).gross_minor : 0;
  if (back && returning.reason === null && (desk.boot?.return_reasons?.length ?? 0) > 0) {
    await changeReturning(desk, { open: true });
    show(desk, 'return');
    return tell(desk, 'info', 'Choisissez le motif du retour.', 'Le ticket est intact.');
  }
  const { sold, price, taken } = await sides(desk, draft, back, given);
  const finish = async (by: Approver | null): Promise<void> => {
    const parts = exchangeParts(desk, draft, taken, sold, price, by);
    const sealed = await seal(desk, parts, draft);
    if (!sealed) return;
    const last = sealed.at(-1)!;
    if (last.body.operation === 'sale') await showSold(desk, last as unknown as Parameters<typeof showSold>[1]);
    if (sealed.length === 2)
      tell(
        desk,
        'ok',
        price === taken.given ? 'Échange sans différence.' : 'Échange scellé.',
        `Reprise ${desk.ledger.number(sealed[0]!.envelope.seq)}, vente ${desk.ledger.number(last.envelope.seq)}.`,
      );
    else if (last.body.operation === 'refund') await done(desk, last, `${euros(taken.given)} remboursés.`);
  };
  return back ? authorised(desk, returning, given, finish) : finish(draft.approved ?? null);
}

interface Taken {
  back: Basket | null;
  given: number;
} // what comes back, and what it is worth

/** What is sold and what comes back, as they will be sealed. Containers that outweigh what is sold go with what comes back: a sale
    cannot give money. */
async function sides(
  desk: Desk,
  draft: Draft,
  back: Basket | null,
  given: number,
): Promise<{ sold: Basket; price: number; taken: Taken }> {
  const sold = soldBasket(desk, draft);
  const price = (await priceBasket(desk, sold)).gross_minor;
  if (back === null || price >= 0) return { sold, price, taken: { back, given } };
  const returned = sold.lines.filter((line) => line.kind === 'deposit' && line.quantity_milli < 0);
  const kept = { ...sold, lines: sold.lines.filter((line) => !returned.includes(line)) };
  const all = { ...back, lines: [...back.lines, ...returned] };
  return {
    sold: kept,
    price: (await priceBasket(desk, kept)).gross_minor,
    taken: { back: all, given: -(await priceBasket(desk, all)).gross_minor },
  };
}

function exchangeParts(
  desk: Desk,
  draft: Draft,
  { back, given }: Taken,
  sold: Basket,
  price: number,
  by: Approver | null,
): Part[] {
  const returning = draft.returning!;
  const sale: Part = {
    operation: 'sale',
    id: draft.id,
    origin: null,
    basket: sold,
    tenders: [...draft.tenders],
    customer: draft.customer?.id ?? null,
    opened_at: draft.opened_at,
    deleted: draft.deleted,
    approved: by,
  };
  if (!back) return [sale];
  if (sold.lines.length === 0) return [{ ...refundPart(draft, back, [...draft.tenders], by), deleted: draft.deleted }];
  const common = Math.min(given, price);
  const type = firstOfKind(desk, 'exchange')!;
  const through = (amount_minor: number): Tender[] =>
    common > 0 ? [{ id: uuid7(), type, amount_minor, reference: null }] : [];
  const paid = price > given;
  const refund = {
    ...refundPart(draft, back, [...through(-common), ...(paid ? [] : draft.tenders)], by),
    id: returning.refund,
    exchange: returning.exchange,
  };
  return [
    refund,
    { ...sale, tenders: [...through(common), ...(paid ? draft.tenders : [])], exchange: returning.exchange },
  ];
}

// -- cancel and correct -------------------------------------------------------------------------------------------------------------

export async function cancelTicket(desk: Desk, sure: boolean): Promise<void> {
  const draft = draftOf(desk);
  const returning = draft.returning;
  if (!returning?.ticket) return;
  const { ticket } = returning;
  const no = desk.view.returning?.no_cancel;
  if (no) {
    desk.sounds.play('refused');
    return tell(desk, 'warn', `Le ticket ${numberFrom(ticket)} ne peut pas être annulé.`, no);
  }
  if (desk.ledger.period.session === null) return show(desk, 'opening');
  if (!sure)
    return tell(
      desk,
      'warn',
      `Annuler le ticket ${numberFrom(ticket)}, ${euros(ticket.priced.gross_minor)} ?`,
      'Un ticket contraire sera scellé, et l’argent rendu comme il a été reçu.',
      [{ label: 'Oui, l’annuler', command: { c: 'cancel_ticket', sure: true } }],
    );
  await orApproved(desk, {
    right: 'till.cancel_ticket',
    text: `Annuler le ticket ${numberFrom(ticket)}`,
    then: async (by) => {
      if (draftOf(desk) !== draft) return changedMeanwhile(desk, null);
      const { basket, tenders } = await desk.engine.call<{ basket: Basket; tenders: Tender[] }>('cancel_basket', {
        ticket,
        returned: returning.returned,
      });
      const part: Part = {
        operation: 'cancel',
        id: draft.id,
        origin: originOf(ticket),
        basket,
        tenders,
        customer: ticket.customer,
        opened_at: draft.opened_at,
        deleted: [],
        approved: by,
      };
      const sealed = await seal(desk, [part], draft);
      if (sealed)
        await done(
          desk,
          sealed[0]!,
          `Ticket ${numberFrom(ticket)} annulé : ${euros(ticket.priced.gross_minor)} rendus.`,
        );
    },
  });
}

/** − old tender, + the right one, on a record of its own: the drawer's expected cash follows, the sale does not move. */
export async function correctTender(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  const returning = draft.returning;
  const asked = returning?.correcting;
  if (!returning?.ticket || !asked || desk.view.returning?.correcting?.blocked) return;
  if (desk.ledger.period.session === null) return show(desk, 'opening');
  const { ticket } = returning;
  const old = returning.paid[asked.taken!]!;
  const { mode, currency, country } = ticket.basket;
  const reference = old.reference ?? (typeOf(desk, asked.put!)?.needs_reference ? numberFrom(ticket) : null); // of the ticket it paid
  const part: Part = {
    operation: 'correction',
    id: draft.id,
    origin: originOf(ticket),
    basket: { format: 'basket/1', mode, currency, country, lines: [], discounts: [], charges: [] },
    tenders: [
      { id: uuid7(), type: old.type, amount_minor: -old.amount_minor, reference: old.reference },
      { id: uuid7(), type: asked.put!, amount_minor: old.amount_minor, reference },
    ],
    customer: ticket.customer,
    opened_at: draft.opened_at,
    deleted: [],
    approved: null,
  };
  const of = (word: string): string => (/^[aeiouyéèêhœ]/.test(word) ? `d’${word}` : `de ${word}`);
  const label = (type: string): string => (typeOf(desk, type)?.label ?? type).toLowerCase();
  const correct = async (by: Approver | null): Promise<void> => {
    if (draftOf(desk) !== draft) return changedMeanwhile(desk, null);
    const sealed = await seal(desk, [{ ...part, approved: by }], draft);
    if (sealed)
      await done(
        desk,
        sealed[0]!,
        `${euros(Math.abs(old.amount_minor))} passés ${of(label(old.type))} à ${label(asked.put!)}.`,
      );
  };
  await orApproved(desk, {
    right: 'till.correct_tender',
    text: `Corriger le règlement du ticket ${numberFrom(ticket)}`,
    then: correct,
  });
}
