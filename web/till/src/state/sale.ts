/* The moment a sale exists: sealed, durable, and the next customer can come. Then papers, drawer and the server, in their time. */
import { mark } from '../core/marks';
import type { ReceiptDoc } from '../model';
import { EngineRefusal } from '../core/engine';
import { NotDurable, StorageFull } from '../core/db';
import { HeadMoved, type PrintRow, type Sealed } from '../core/ledger';
import { uuid7 } from '../core/ids';
import { amount } from '../core/money';
import type { Bootstrap, Perpetual, PrintIntent } from '../core/wire';
import { draftOf, operator, show, tell, type Desk } from './desk';
import { cancelApproval } from './approval';
import { emptyDraft, engineBasket, forgetUndo, isBlank, redraw, screenOf } from './basket';
import { completeReturning } from './correctionseal';
import { issuesNote, noteValidUntil, withNoteNumber } from './creditnote';
import { sealDuplicate } from './reprint';
import { coinsFor, settleInput, typeOf } from './payment';
import { noteSale } from './drawer';
import { refusedByEngine, storageIsFull } from './notices';
import { mustPrint, type Printable } from './papers';
import { clearField } from './field';

interface TicketAnswer {
  body: string;
  to_sign: string;
  ticket: Record<string, unknown>;
  perpetual: Perpetual;
}
interface TicketBody extends Printable {
  at: string;
  chain: string;
  seq: number;
  id: string;
}

export function receiptShop(boot: Bootstrap): Record<string, unknown> {
  return boot.shop;
}

/** Names that a record only holds by their codes. */
function namesOf(boot: Bootstrap): Record<string, string> {
  const families = boot.families.map(({ code, name }) => [`family.${code}`, name]);
  const reasons = boot.reasons.map(({ code, label }) => [`reason.${code}`, label]);
  return Object.fromEntries([...families, ...reasons]) as Record<string, string>;
}

export function makeReceipt(
  desk: Desk,
  kind: string,
  record: unknown,
  signature: string,
  duplicate = 0,
  words: Record<string, string> = {},
): Promise<ReceiptDoc> {
  const boot = desk.boot!;
  return desk.engine.call<ReceiptDoc>('receipt', {
    kind,
    shop: receiptShop(boot),
    record,
    signature,
    duplicate,
    labels: { ...namesOf(boot), ...words },
  });
}

export async function completeSale(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  if (draft.returning) return completeReturning(desk);
  const refund = (desk.priced?.gross_minor ?? 0) < 0;
  const issues = refund && issuesNote(desk, draft.tenders);
  const until = issues ? noteValidUntil(desk) : null;
  const input = {
    operation: refund ? 'refund' : 'sale',
    origin: null,
    opened_at: draft.opened_at,
    customer: draft.customer?.id ?? null,
    basket: engineBasket(desk, draft),
    deleted_lines: draft.deleted,
    ...(draft.approved ? { approved_by: draft.approved } : {}),
    ...(until ? { credit_valid_until: until } : {}),
  };
  let sealed: Sealed<TicketBody>;
  try {
    sealed = await desk.ledger.seal<TicketBody>({
      type: 'ticket',
      operator: operator(desk),
      id: draft.id,
      prepare: async (head, previous) => {
        const tenders = issues ? withNoteNumber(desk, head, draft.tenders) : draft.tenders;
        const answer = await desk.engine.call<TicketAnswer>('seal_ticket', {
          head,
          ...input,
          settle: settleInput(desk, tenders),
          previous,
          perpetual: desk.ledger.period.perpetual,
        });
        return { sealed: answer, body: answer.ticket, perpetual: answer.perpetual };
      },
      prints: (body, signature) => printsOf(desk, body as unknown as TicketBody, signature),
      also: (tx) => {
        tx.objectStore('drafts').delete(draft.id);
      },
    });
  } catch (reason) {
    return saleRefused(desk, reason);
  }
  mark('sale:sealed');
  desk.drafts.delete(draft.id);
  desk.sounds.play('sealed');
  for (const row of sealed.prints) void desk.printing.send(row);
  desk.printing.journal(sealed.envelope);
  desk.sync.soon();
  await nextCustomer(desk);
  await showSold(desk, sealed);
}

/** Papers are decided with the sale: on demand unless the shop prints always; the drawer opens for the tenders that need it. */
export async function printsOf(desk: Desk, body: TicketBody, signature: string): Promise<PrintIntent[]> {
  if (desk.printing.way === null) return [];
  const drawer = body.settled.payments.some((payment) => typeOf(desk, payment.type)?.opens_drawer);
  const always = mustPrint(desk, body);
  if (!drawer && !always) return [];
  const receipt = always ? await makeReceipt(desk, 'ticket', body, signature) : null;
  return [{ job: uuid7(), kind: always ? 'receipt' : 'drawer', receipt, drawer, copies: 1 }];
}

export function saleRefused(desk: Desk, reason: unknown): void {
  desk.sounds.play('refused');
  if (reason instanceof EngineRefusal) return refusedByEngine(desk, reason.refusal);
  if (reason instanceof StorageFull || reason instanceof NotDurable)
    return storageIsFull(desk, reason instanceof StorageFull);
  if (reason instanceof HeadMoved) {
    desk.view.screen = 'blocked';
    desk.view.blocked =
      'Cette caisse a été utilisée ailleurs. Rechargez la page : rien n’est encaissé, le ticket est gardé.';
    return;
  }
  const name = (reason as DOMException | null)?.name;
  if (name === 'AbortError' || name === 'InvalidStateError' || name === 'UnknownError')
    return storageIsFull(desk, false);
  storageIsFull(desk, false);
  console.error('sale not sealed', reason);
}

export async function nextCustomer(desk: Desk): Promise<void> {
  const wanted =
    [desk.next, desk.back].find((id) => id !== null && desk.drafts.has(id)) ??
    [...desk.drafts.values()].find(isBlank)?.id;
  const back =
    wanted !== undefined && wanted !== null && wanted === desk.back && wanted !== desk.next
      ? desk.drafts.get(wanted)
      : undefined;
  const draft = wanted ? desk.drafts.get(wanted)! : emptyDraft();
  desk.drafts.set(draft.id, draft);
  desk.current = draft.id;
  desk.next = desk.back = desk.selected = null;
  desk.settled = null;
  desk.multiplier = null;
  desk.pending = null;
  desk.asked.clear();
  desk.view.notice = null;
  forgetUndo(desk);
  cancelApproval(desk); // it was asked about the basket just sealed
  clearField(desk);
  show(desk, screenOf(draft));
  await redraw(desk);
  if (back && back.lines.length > 0) tell(desk, 'info', 'Vous revenez au client précédent.', null);
}

const PRINTED: Record<string, NonNullable<Desk['view']['last']>['printed']> = {
  new: 'queued',
  queued: 'queued',
  sending: 'sent',
  printed: 'printed',
  sent_unconfirmed: 'printed',
  uncertain: 'blocked',
  blocked: 'blocked',
  failed: 'blocked',
};

export function printedState(rows: readonly PrintRow[]): NonNullable<Desk['view']['last']>['printed'] {
  const paper = rows.find((row) => row.intent.receipt !== null);
  return paper ? (PRINTED[paper.state] ?? 'no') : 'no';
}

/** What these payments take out of the drawer, beyond change: containers taken back, a refund. */
export function cashOut(desk: Desk, payments: readonly { type: string; amount_minor: number }[]): number {
  return Math.max(
    0,
    -payments.reduce((sum, row) => (typeOf(desk, row.type)?.kind === 'cash' ? sum + row.amount_minor : sum), 0),
  );
}

export async function showSold(desk: Desk, sealed: Sealed<TicketBody>): Promise<void> {
  const { body, envelope } = sealed;
  const { settled } = body;
  const received = settled.payments.reduce((sum, payment) => sum + payment.tendered_minor, 0);
  const change_minor = settled.change_minor || cashOut(desk, settled.payments);
  const [coins, { extract }] = await Promise.all([
    coinsFor(desk, change_minor),
    desk.engine.call<{ extract: string }>('extract', { signature: envelope.signature }),
  ]);
  void noteSale(
    desk,
    settled,
    new Set(desk.boot!.tenders.filter((type) => type.kind === 'cash').map((type) => type.code)),
    coins.pieces,
  ).catch(() => undefined);
  lastSold.set(desk, {
    record: body,
    signature: envelope.signature,
    copies: sealed.prints.some((row) => row.intent.receipt) ? 1 : 0,
  });
  desk.view.last_number = numberOf(desk, envelope.seq);
  desk.view.last = {
    number: numberOf(desk, envelope.seq),
    at: body.at,
    total_minor: body.priced.gross_minor,
    change_minor,
    received_minor: received,
    payments: settled.payments
      .map(
        (payment) =>
          `${(typeOf(desk, payment.type)?.label ?? payment.type).toLowerCase()} ${amount(Math.abs(payment.tendered_minor))}`,
      )
      .join(', '),
    coins: coins.pieces,
    printed: printedState(sealed.prints),
    extract,
  };
}

export const numberOf = (desk: Desk, seq: number): string => desk.ledger.number(seq);

export interface Sold {
  record: unknown;
  signature: string;
  copies: number;
  shown?: boolean;
} // shown: its QR code was
export const lastSold = new WeakMap<Desk, Sold>();

/** Shows the last receipt. Looking is not copying. */
export async function showLast(desk: Desk): Promise<void> {
  const sold = lastSold.get(desk);
  if (!sold) return tell(desk, 'info', 'Aucun ticket depuis l’ouverture de cette page.', null);
  desk.view.receipt = await makeReceipt(desk, 'ticket', sold.record, sold.signature);
  desk.view.overlay = 'receipt';
}

/** Prints the last receipt: the original the first time, then numbered duplicates, each of them sealed. */
export async function printLast(desk: Desk): Promise<void> {
  const sold = lastSold.get(desk);
  if (!sold) return tell(desk, 'info', 'Aucun ticket depuis l’ouverture de cette page.', null);
  if (desk.printing.way === null)
    return tell(
      desk,
      'warn',
      'Aucune imprimante n’est reliée à cette caisse.',
      'La vente est enregistrée, le ticket reste visible à l’écran.',
      [{ label: 'Voir le ticket', command: { c: 'show_last' } }],
    );
  const body = sold.record as TicketBody;
  const duplicate = sold.copies > 0 ? await sealDuplicate(desk, body) : 0;
  sold.copies += 1;
  const receipt = await makeReceipt(desk, 'ticket', sold.record, sold.signature, duplicate);
  await desk.printing.request({ kind: 'receipt', receipt, drawer: false, copies: 1 }, numberOf(desk, body.seq));
  if (desk.view.last) desk.view.last.printed = 'queued';
}
