/* A ticket come back: what is left of it to return, whoever returned the rest, and what the customer gives back of it. The return is
   a basket like another: kept, parked, found again after a reload. Nothing of the sealed ticket ever changes. */
import { Refused, Unreachable } from '../core/api';
import { EngineRefusal } from '../core/engine';
import { localDate } from '../core/clock';
import { copiesOf, correctionsOf, ownTicket, type Own, type TicketBody } from '../core/history';
import { uuid7 } from '../core/ids';
import type { Basket, Disposition, EngineLine, Envelope, Priced } from '../core/wire';
import { askApproval } from './approval';
import { priceBasket } from './ahead';
import { emptyDraft, engineBasket, forgetDraft, newBasket, replaceDraft, switchTo, drawTabs } from './basket';
import { can, draftOf, show, tell, type Desk, type Draft, type DraftLine } from './desk';
import { refusedByEngine } from './notices';

export interface Paid {
  type: string;
  amount_minor: number;
  reference: string | null;
}
export interface Returned {
  line: string;
  quantity_milli: number;
}
/** What a basket knows of the ticket that came back; `ticket` null: a return without its ticket. */
export interface Returning {
  ticket: TicketBody | null;
  signature: string;
  returned: Returned[];
  cancelled: boolean;
  corrected: boolean;
  paid: Paid[];
  refunded: Paid[];
  copies: number;
  reason: string | null;
  disposition: Disposition | null;
  tender: string;
  open: boolean; // open: the ticket is on the screen, otherwise the basket is
  exchange: string;
  refund: string; // ids, given once so that a second attempt seals the same records
  correcting: { taken: number | null; put: string | null } | null;
}
interface ServerTicket {
  ticket: Envelope;
  returned: Returned[];
  cancelled: boolean;
  payments: Paid[];
  refunded?: Paid[];
  duplicates: number;
}

export const ORIGIN = 'origin'; // to the tenders the ticket was paid with
const PATIENCE_MS = 4000;
const SHORT_PATIENCE_MS = 1500; // the server was silent a moment ago

export const backRows = (draft: Draft): DraftLine[] => draft.lines.filter((row) => row.back);
export const soldRows = (draft: Draft): DraftLine[] => draft.lines.filter((row) => !row.back);
export const numberFrom = (at: { chain: string; seq: number }): string =>
  `${at.chain.slice(0, at.chain.lastIndexOf('-'))}-${at.seq}`;

// -- opening ------------------------------------------------------------------------------------------------------------------

/** The server's word on a ticket; null: it does not answer; undefined: it knows no such ticket. */
async function askServer(desk: Desk, chain: string, seq: number): Promise<ServerTicket | null | undefined> {
  if (desk.ledger.training) return null;
  try {
    return await desk.api.get<ServerTicket>(
      `tickets/${encodeURIComponent(chain)}/${seq}`,
      desk.sync.online ? PATIENCE_MS : SHORT_PATIENCE_MS,
    );
  } catch (reason) {
    if (reason instanceof Refused && reason.status === 404) return undefined;
    if (reason instanceof Refused || reason instanceof Unreachable) return null;
    throw reason;
  }
}

/** Opens a ticket, from its code, a list or the server. What is on the screen stays in its tab. */
export async function openTicket(desk: Desk, chain: string, seq: number): Promise<void> {
  const [record, server] = await Promise.all([ownTicket(desk.db, chain, seq), askServer(desk, chain, seq)]);
  const sealed = record ?? server?.ticket;
  if (!sealed) return notFound(desk, numberFrom({ chain, seq }), server === null);
  const ticket = JSON.parse(sealed.body) as TicketBody;
  const own = await correctionsOf(desk.db, desk.ledger.chain('ticket'), ticket.id);
  const known = gather(ticket, own, server ?? null);
  const copies = Math.max(server?.duplicates ?? 0, await copiesOf(desk.db, desk.ledger.chain('duplicate'), ticket.id));
  desk.sounds.play('recognised');
  await take(desk, { ticket, signature: sealed.signature, copies, ...known });
  if (isLate(desk, ticket)) tellLate(desk, ticket);
}

/** Bought longer ago than the shop takes things back. Without a limit nothing is ever late. */
export function isLate(desk: Desk, ticket: TicketBody, now = new Date()): boolean {
  const days = desk.boot?.returns?.max_days ?? null;
  return (
    days !== null &&
    ticket.operation === 'sale' &&
    localDate(new Date(ticket.at)) < localDate(new Date(now.getTime() - days * 86_400_000))
  );
}

/** Said when the ticket opens; nothing is forbidden: somebody who may take things back without a ticket may accept this one. */
function tellLate(desk: Desk, ticket: TicketBody): void {
  const [year, month, day] = localDate(new Date(ticket.at)).split('-');
  const kept = can(desk, 'till.refund_without_ticket')
    ? 'Votre profil permet de l’accepter.'
    : 'Le code d’un responsable sera demandé pour rembourser.';
  tell(
    desk,
    'warn',
    `Ticket du ${day}/${month}/${year} : le délai de retour (${desk.boot!.returns!.max_days} jours) est passé.`,
    kept,
  );
}

function notFound(desk: Desk, number: string, offline: boolean): void {
  desk.sounds.play('refused');
  const actions = [{ label: 'Sans ticket', command: { c: 'no_ticket' } as const }];
  if (offline)
    tell(
      desk,
      'warn',
      `Le ticket ${number} n’est pas connu de cette caisse, et le serveur ne répond pas.`,
      'Rien n’est modifié. Réessayez une fois la connexion revenue.',
      actions,
    );
  else
    tell(
      desk,
      'warn',
      `Le ticket ${number} est introuvable.`,
      'Rien n’est modifié. Vérifiez le numéro sur le papier.',
      actions,
    );
}

const sum = (rows: readonly Paid[]): Paid[] => {
  const found = new Map<string, Paid>();
  for (const { type, amount_minor, reference } of rows) {
    const key = `${type} ${reference ?? ''}`;
    found.set(key, { type, reference, amount_minor: (found.get(key)?.amount_minor ?? 0) + amount_minor });
  }
  return [...found.values()].filter((row) => row.amount_minor !== 0);
};

function returnsIn(own: readonly Own<TicketBody>[]): Returned[] {
  return own
    .filter(({ body }) => body.operation === 'refund' || body.operation === 'cancel')
    .flatMap(({ body }) =>
      body.basket.lines.flatMap((line) =>
        line.origin_line ? [{ line: line.origin_line, quantity_milli: -line.quantity_milli }] : [],
      ),
    );
}

function perLine(rows: readonly Returned[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { line, quantity_milli } of rows) found.set(line, (found.get(line) ?? 0) + quantity_milli);
  return found;
}

/** Own records and the server's answer together: the server lacks what this till has not sent yet, this till what others did. */
function gather(
  ticket: TicketBody,
  own: readonly Own<TicketBody>[],
  server: ServerTicket | null,
): Pick<Returning, 'returned' | 'cancelled' | 'corrected' | 'paid' | 'refunded'> {
  const unsent = own.filter(({ sent }) => !sent);
  const here = perLine(returnsIn(own));
  const there = perLine([...(server?.returned ?? []), ...returnsIn(unsent)]);
  const lines = new Set([...here.keys(), ...there.keys()]);
  const corrections = (rows: readonly Own<TicketBody>[]): Paid[] =>
    rows.filter(({ body }) => body.operation === 'correction').flatMap(({ body }) => body.settled.payments);
  const paid = server
    ? sum([...server.payments, ...corrections(unsent)])
    : sum([...ticket.settled.payments, ...corrections(own)]);
  const sealed = sum(ticket.settled.payments);
  return {
    returned: [...lines].map((line) => ({ line, quantity_milli: Math.max(here.get(line) ?? 0, there.get(line) ?? 0) })),
    cancelled: (server?.cancelled ?? false) || own.some(({ body }) => body.operation === 'cancel'),
    corrected:
      own.some(({ body }) => body.operation === 'correction') ||
      JSON.stringify(key(paid)) !== JSON.stringify(key(sealed)),
    paid,
    refunded: sum([
      ...(server?.refunded ?? []),
      ...(server?.refunded ? unsent : own)
        .filter(({ body }) => body.operation === 'refund')
        .flatMap(({ body }) => body.settled.payments),
    ]),
  };
}

const key = (rows: readonly Paid[]): string[] =>
  rows.map((row) => `${row.type} ${row.reference ?? ''} ${row.amount_minor}`).sort();

/** The basket of this return: the one already begun for the same ticket, or a new one beside what is in hand. */
async function take(
  desk: Desk,
  found: Pick<
    Returning,
    'ticket' | 'signature' | 'copies' | 'returned' | 'cancelled' | 'corrected' | 'paid' | 'refunded'
  >,
): Promise<void> {
  const begun = found.ticket
    ? [...desk.drafts.values()].find((draft) => draft.returning?.ticket?.id === found.ticket!.id)
    : undefined;
  const fresh = { reason: null, disposition: null, tender: ORIGIN, exchange: uuid7(), refund: uuid7() };
  const draft: Draft = begun ?? emptyDraft();
  const customer = desk.boot?.customers.find((one) => one.id === found.ticket?.customer);
  const returning: Returning = { ...fresh, ...begun?.returning, ...found, open: true, correcting: null };
  const leaving = draftOf(desk);
  if (leaving.id !== draft.id && leaving.lines.length > 0) desk.back = leaving.id;
  desk.drafts.set(draft.id, {
    ...draft,
    paying: false,
    returning,
    customer: draft.customer ?? (customer ? { id: customer.id, name: customer.name, detail: '' } : null),
  });
  desk.view.notice = null;
  await switchTo(desk, draft.id);
  show(desk, 'return');
  if (begun && !(await rebuild(desk, wantedOf(draft)))) await rebuild(desk, []); // it was returned elsewhere meanwhile
}

/** Without its ticket: a right of its own, and a credit note unless one chooses otherwise. */
export async function openWithoutTicket(desk: Desk): Promise<void> {
  if (desk.ledger.period.session === null) return show(desk, 'opening');
  const begin = async (approved?: Draft['approved']): Promise<void> => {
    await take(desk, {
      ticket: null,
      signature: '',
      copies: 0,
      returned: [],
      cancelled: false,
      corrected: false,
      paid: [],
      refunded: [],
    });
    const draft = draftOf(desk);
    await replaceDraft(desk, {
      ...draft,
      ...(approved ? { approved } : {}),
      returning: { ...draft.returning!, tender: 'credit_note' },
    });
  };
  if (can(desk, 'till.refund_without_ticket')) return begin();
  askApproval(desk, { right: 'till.refund_without_ticket', text: 'Retour sans ticket', then: begin });
}

// -- choosing -----------------------------------------------------------------------------------------------------------------

interface Wanted {
  id: string;
  line: string;
  quantity_milli: number;
}
export const wantedOf = (draft: Draft): Wanted[] =>
  backRows(draft).flatMap(({ line }) =>
    line.origin_line ? [{ id: line.id, line: line.origin_line, quantity_milli: -line.quantity_milli }] : [],
  );

interface RefundAnswer {
  basket: Basket & { lines: EngineLine[] };
  lines: { line: string; label: string; sold_milli: number; left_milli: number; left_minor: number }[];
}

export function refundBasket(desk: Desk, returning: Returning, wanted: readonly Wanted[]): Promise<RefundAnswer> {
  const { ticket, returned, reason, disposition } = returning;
  return desk.engine.call<RefundAnswer>('refund_basket', {
    ticket,
    returned,
    wanted: wanted.map((row) => ({ ...row, disposition: disposition ?? 'none', reason })),
  });
}

/** What these lines give back, as the engine writes it: the only basket a refund is sealed with. */
export async function returnBasket(desk: Desk, draft: Draft): Promise<Basket | null> {
  const rows = backRows(draft);
  const returning = draft.returning!;
  if (rows.length === 0) return null;
  if (returning.ticket) return (await refundBasket(desk, returning, wantedOf(draft))).basket;
  const named = rows.map((row) => ({
    ...row,
    line: {
      ...row.line,
      origin_line: null,
      disposition: returning.disposition ?? 'none',
      return_reason: returning.reason,
    },
  }));
  return engineBasket(desk, { ...draft, lines: named, discounts: [] });
}

export const soldBasket = (desk: Desk, draft: Draft): Basket =>
  engineBasket(desk, { ...draft, lines: soldRows(draft) });

/** Both sides of a basket priced apart, as they will be sealed, and shown together. */
export async function priceReturning(desk: Desk, draft: Draft): Promise<Priced> {
  const back = await returnBasket(desk, draft);
  const sold = await priceBasket(desk, soldBasket(desk, draft));
  if (!back) return sold;
  const returned = await priceBasket(desk, back);
  if (sold.lines.length === 0) return returned;
  const gross_minor = sold.gross_minor + returned.gross_minor;
  const vat = new Map(sold.vat.map((row) => [row.vat_e4, { ...row }]));
  for (const row of returned.vat) {
    const there = vat.get(row.vat_e4);
    if (there) {
      there.base_minor += row.base_minor;
      there.vat_minor += row.vat_minor;
      there.gross_minor += row.gross_minor;
    } else vat.set(row.vat_e4, { ...row });
  }
  return {
    ...sold,
    lines: [...returned.lines, ...sold.lines],
    vat: [...vat.values()],
    gross_minor,
    net_minor: sold.net_minor + returned.net_minor,
    vat_minor: sold.vat_minor + returned.vat_minor,
    meal_voucher_minor: gross_minor < 0 ? returned.meal_voucher_minor : sold.meal_voucher_minor,
  };
}

/** The basket with exactly these quantities given back. False when the engine says no: nothing changed. */
async function rebuild(desk: Desk, wanted: readonly Wanted[]): Promise<boolean> {
  const draft = draftOf(desk);
  try {
    const { basket } = await refundBasket(desk, draft.returning!, wanted);
    const rows = basket.lines.map((line): DraftLine => ({
      line: {
        ...line,
        article: line.article ?? null,
        family: line.family ?? null,
        eco_minor: line.eco_minor ?? 0,
        discounts: [],
        meal_voucher: line.meal_voucher ?? false,
      },
      kind: 'article',
      code: null,
      reason: null,
      manual: true,
      back: true,
    }));
    return await replaceDraft(desk, { ...draft, lines: [...rows, ...soldRows(draft)], tenders: [] });
  } catch (reason) {
    if (!(reason instanceof EngineRefusal)) throw reason;
    refusedByEngine(desk, reason.refusal);
    return false;
  }
}

/** So much of this line comes back; null: all that is left of it, or nothing when it was all chosen. */
export async function choose(desk: Desk, id: string, milli: number | null): Promise<void> {
  const draft = draftOf(desk);
  const line = desk.view.returning?.lines.find((row) => row.id === id);
  if (!draft.returning || !line) return;
  desk.view.returning!.selected = id;
  const before = wantedOf(draft).find((row) => row.line === id);
  const asked = milli ?? (line.wanted_milli === line.left_milli ? 0 : line.left_milli);
  if (asked > line.left_milli) {
    desk.sounds.play('refused');
    return nothingLeft(desk, line.label, line.left_milli > 0);
  }
  if (milli === null && line.left_milli === 0) {
    desk.sounds.play('refused');
    return nothingLeft(desk, line.label, false);
  }
  desk.view.notice = null;
  const others = wantedOf(draft).filter((row) => row.line !== id);
  await rebuild(
    desk,
    asked <= 0 ? others : [...others, { id: before?.id ?? uuid7(), line: id, quantity_milli: asked }],
  );
}

function nothingLeft(desk: Desk, label: string, some: boolean): void {
  if (some) tell(desk, 'warn', `Il reste moins de « ${label} » à rendre sur ce ticket.`, 'Rien n’a changé.');
  else
    tell(
      desk,
      'warn',
      `« ${label} » n’est plus à rendre : repris déjà, ou non remboursable.`,
      'Les autres lignes restent remboursables.',
    );
}

export async function chooseAll(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  const lines = desk.view.returning?.lines ?? [];
  if (!draft.returning?.ticket) return;
  const all = lines.every((row) => row.wanted_milli === row.left_milli);
  const known = new Map(wantedOf(draft).map((row) => [row.line, row.id]));
  await rebuild(
    desk,
    all
      ? []
      : lines
          .filter((row) => row.left_milli > 0)
          .map((row) => ({ id: known.get(row.id) ?? uuid7(), line: row.id, quantity_milli: row.left_milli })),
  );
}

export async function changeReturning(desk: Desk, patch: Partial<Returning>): Promise<void> {
  const draft = draftOf(desk);
  if (!draft.returning) return;
  await replaceDraft(desk, { ...draft, returning: { ...draft.returning, ...patch } });
}

/** The reason says where the goods usually go; the cashier may send them elsewhere. */
export function chooseReason(desk: Desk, code: string): Promise<void> {
  const known = desk.boot?.return_reasons?.find((row) => row.code === code);
  return known ? changeReturning(desk, { reason: code, disposition: known.disposition }) : Promise.resolve();
}

/** An article scanned while a ticket is on the screen: one of its lines comes back. False: it is not of this ticket. */
export async function scanReturned(desk: Desk, article: string, quantity_milli: number): Promise<boolean> {
  const draft = draftOf(desk);
  const { returning } = draft;
  if (!returning?.ticket) return false;
  const ids = new Set(returning.ticket.basket.lines.filter((line) => line.article === article).map((line) => line.id));
  const line = desk.view.returning?.lines.find((row) => ids.has(row.id) && row.wanted_milli < row.left_milli);
  if (!line) return false;
  await choose(
    desk,
    line.id,
    line.weighed ? line.left_milli : Math.min(line.left_milli, line.wanted_milli + quantity_milli),
  );
  desk.sounds.play('article');
  return true;
}

// -- leaving ------------------------------------------------------------------------------------------------------------------

/** On to the basket: what is scanned now is sold, and the difference is paid or given back. */
export async function goOnSelling(desk: Desk): Promise<void> {
  await changeReturning(desk, { open: false, correcting: null });
  show(desk, 'sale');
}

export async function backToTicket(desk: Desk): Promise<void> {
  await changeReturning(desk, { open: true });
  show(desk, 'return');
}

/** Leaves the return: with articles already sold in it the basket stays, otherwise nothing is kept of it. */
export async function quitReturn(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  if (draft.returning?.correcting) return changeReturning(desk, { correcting: null });
  if (soldRows(draft).length > 0) return goOnSelling(desk);
  const back = desk.back !== null && desk.drafts.has(desk.back) ? desk.back : null;
  desk.back = null;
  desk.view.returning = null;
  if (back) await switchTo(desk, back);
  else await newBasket(desk);
  desk.back = null;
  await forgetDraft(desk, draft.id);
  drawTabs(desk);
  show(desk, draftOf(desk).paying ? 'payment' : 'sale');
}
