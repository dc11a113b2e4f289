/* The day's session: opening with its float, movements of cash, drawer, X. */
import type { Piece, ReceiptBlock } from '../model';
import { uuid7 } from '../core/ids';
import { instant, localDate } from '../core/clock';
import { clean } from '../core/folding';
import { EVENT } from '../core/events';
import { euros } from '../core/money';
import type { Session } from '../core/ledger';
import { emptyCount, operator, permitted, show, tell, type ClosingState, type Desk } from './desk';
import { alreadySealed, startClosing } from './closing';
import { countedMinor, countedPieces, drawCount, startCount } from './counting';
import { isForgotten, openForgotten } from './forgotten';
import { setDrawer } from './drawer';
import { firstOfKind } from './payment';
import { makeReceipt } from './sale';
import { redraw, screenOf } from './basket';

export const LARGEST_CASH_MINOR = 100_000_000; // a million euros: beyond it a finger slipped

/** Where a cashier who just signed in stands: the float first, then the basket that was in hand. */
export async function enterTill(desk: Desk): Promise<void> {
  drawSession(desk);
  if (desk.ledger.period.session === null) return openOpening(desk);
  if (await closingCut(desk)) return startClosing(desk);
  if (isForgotten(desk)) return openForgotten(desk);
  const draft = desk.drafts.get(desk.current);
  show(desk, draft ? screenOf(draft) : 'sale');
  await redraw(desk);
}

/** A count already sealed means that the day is ending: nothing is sold before its Z. */
async function closingCut(desk: Desk): Promise<boolean> {
  const closing = await desk.db.get<ClosingState>('meta', 'closing');
  return closing !== undefined && alreadySealed(desk, closing.ids.count);
}

export function drawSession(desk: Desk): void {
  const { session } = desk.ledger.period;
  desk.view.session = session ? { opened_at: session.opened_at, business_date: session.business_date } : null;
  const seq = desk.ledger.heads.get(desk.ledger.chain('ticket'))?.seq;
  desk.view.last_number = seq ? desk.ledger.number(seq) : null;
}

export function openOpening(desk: Desk): void {
  const { left } = desk.ledger.period;
  if (!desk.countTouched || desk.view.opening === null) startCount(desk);
  desk.view.opening = {
    expected_minor: left?.amount_minor ?? null,
    last_closed: left?.at ?? null,
    last_by: left?.by ?? null,
    count: emptyCount(),
    same_as_left: false,
    difference_minor: null,
    forgotten: null,
  };
  show(desk, 'opening');
  drawOpening(desk);
}

export function drawOpening(desk: Desk): void {
  const { opening } = desk.view;
  if (!opening) return;
  drawCount(desk, opening.count);
  opening.difference_minor =
    opening.expected_minor === null || !desk.countTouched ? null : countedMinor(desk) - opening.expected_minor;
  opening.same_as_left = opening.difference_minor === 0;
}

/** « Fond inchangé »: opens with last night's count, piece by piece when they are known. A drawer that was never left holds nothing to keep. */
export async function openAsLeft(desk: Desk): Promise<void> {
  const { left } = desk.ledger.period;
  if (!left)
    return tell(
      desk,
      'info',
      'Aucun fond n’a encore été laissé dans ce tiroir.',
      'Comptez ce que vous y mettez, puis ouvrez la caisse.',
    );
  startCount(desk, left.pieces); // untouched: the amount left stands, even when nobody knows its pieces
  drawOpening(desk);
  await openSession(desk, false);
}

/** Opens with the counted float; `later`: with what was left, and an event says that nobody counted. */
export async function openSession(desk: Desk, later: boolean): Promise<void> {
  if (desk.ledger.period.session !== null) return enterTill(desk);
  if (!permitted(desk, 'till.open_session', 'l’ouverture de la caisse')) return;
  const { left } = desk.ledger.period;
  const unchanged = !desk.countTouched && left !== null && !later;
  const pieces: Piece[] = later ? [] : unchanged ? left.pieces : countedPieces(desk);
  const amount_minor = later || unchanged ? (left?.amount_minor ?? 0) : countedMinor(desk);
  if (amount_minor > LARGEST_CASH_MINOR)
    return tell(
      desk,
      'warn',
      `Un fond de caisse de ${euros(amount_minor)} paraît trop grand.`,
      'La caisse n’est pas encore ouverte. Vérifiez les quantités.',
    );
  const at = instant();
  const session: Session = {
    id: uuid7(),
    business_date: localDate(),
    opened_at: at.at,
    by: operator(desk).name,
    float_minor: amount_minor,
    counted: !later,
  };
  const sealed = await desk.ledger.sealFields(
    'cash',
    operator(desk),
    { kind: 'opening', amount_minor, reason: null, label: 'Fond de caisse', pieces, counted: [] },
    { opens: session },
  );
  desk.printing.journal(sealed.envelope);
  setDrawer(desk, later || (unchanged && pieces.length === 0 && amount_minor > 0) ? null : pieces);
  if (later) await logEvent(desk, EVENT.floatNotCounted, 'Fond de caisse non compté', { expected_minor: amount_minor });
  desk.view.opening = null;
  startCount(desk);
  desk.sync.soon();
  await enterTill(desk);
}

export async function logEvent(
  desk: Desk,
  code: number,
  label: string,
  detail: Record<string, string | number> = {},
): Promise<void> {
  const sealed = await desk.ledger.sealFields('event', operator(desk), { code, label: clean(label), detail });
  desk.printing.journal(sealed.envelope);
  desk.sync.soon();
}

// -- X -----------------------------------------------------------------------------------------------------------------------

export async function readX(desk: Desk): Promise<void> {
  if (!permitted(desk, 'till.x_report', 'la lecture du X')) return;
  if (desk.ledger.period.fold === null) return tell(desk, 'info', 'Rien n’a encore été enregistré aujourd’hui.', null);
  desk.view.x = await previewOf(desk, 'x');
  show(desk, 'xreport');
}

/** The Z before its seal is shown under its own name, never as an X. */
const Z_TO_COME = { x: 'Z À SCELLER', x_note: 'Aperçu : rien n’est encore scellé' };

export async function previewOf(
  desk: Desk,
  kind: 'x' | 'z',
  extra: Record<string, unknown> = {},
): Promise<Awaited<ReturnType<typeof makeReceipt>>> {
  const report = await desk.engine.call('report', { state: desk.ledger.period.fold, kind: 'x' });
  const paper = await makeReceipt(
    desk,
    'x',
    { ...desk.ledger.preview(kind, operator(desk)), report, ...extra },
    '',
    0,
    kind === 'z' ? Z_TO_COME : {},
  );
  if (kind === 'x') return paper;
  const said = (block: ReceiptBlock): boolean => block.t === 'text' && block.s === Z_TO_COME.x_note;
  const first = paper.blocks.findIndex(said);
  return { ...paper, blocks: paper.blocks.filter((block, i) => i === first || !said(block)) }; // said once, under its title
}

export async function printX(desk: Desk): Promise<void> {
  if (!desk.view.x) return;
  if (desk.printing.way === null)
    return tell(desk, 'warn', 'Aucune imprimante n’est reliée à cette caisse.', 'Le X reste visible à l’écran.');
  await desk.printing.request(
    { kind: 'x', receipt: JSON.parse(JSON.stringify(desk.view.x)), drawer: false, copies: 1 },
    null,
  );
}

export const cashCode = (desk: Desk): string => firstOfKind(desk, 'cash') ?? 'cash';
