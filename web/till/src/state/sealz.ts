/* Sealing the day: count, transfer to the safe, closing event, then the Z. Each record has its identifier from the start of
   the closing, so that a closing cut in two goes on where it stopped and seals nothing twice. */
import type { Piece } from '../model';
import { instant } from '../core/clock';
import { EVENT } from '../core/events';
import type { Sealed } from '../core/ledger';
import { operator, show, tell, type ClosingState, type Desk } from './desk';
import { alreadySealed, drawClosing, reportOf, tenderRows, toSafe, unexplained } from './closing';
import { countedMinor, countedPieces, startCount } from './counting';
import { cashCode, drawSession } from './session';
import { makeReceipt } from './sale';

const NAMES: Record<number, string> = { 50: 'Clôture de journée' };

/** What stays in the drawer when the safe takes the largest pieces it can: small change is kept for tomorrow. */
async function split(desk: Desk, safe: number): Promise<{ safe: number; kept: Piece[] }> {
  const drawer = countedPieces(desk);
  if (safe === 0) return { safe: 0, kept: drawer };
  const answer = await desk.engine.call<{ pieces: Piece[]; left_minor: number }>('coins', {
    amount_minor: safe,
    drawer,
  });
  const kept = drawer.map((piece) => ({
    ...piece,
    count: piece.count - (answer.pieces.find((one) => one.value_minor === piece.value_minor)?.count ?? 0),
  }));
  return { safe: safe - answer.left_minor, kept: kept.filter((piece) => piece.count > 0) };
}

export async function sealDay(desk: Desk): Promise<void> {
  const { closing } = desk;
  if (!closing || !desk.view.closing || desk.view.closing.busy) return;
  const report = await reportOf(desk);
  const rows = tenderRows(desk, report, closing);
  const gap = unexplained(rows);
  const missing = rows.find((row) => row.counted_minor === null);
  if (missing)
    return tell(desk, 'warn', `${missing.label} : à compter avant de sceller.`, 'La caisse n’est pas encore clôturée.');
  if (gap)
    return tell(desk, 'warn', `${gap.label} : un écart reste à expliquer.`, 'La caisse n’est pas encore clôturée.');
  desk.view.closing.busy = true;
  try {
    await sealAll(desk, closing);
  } finally {
    if (desk.view.closing) desk.view.closing.busy = false;
  }
}

async function sealAll(desk: Desk, closing: ClosingState): Promise<void> {
  const who = operator(desk);
  const { safe, kept } = await split(desk, toSafe(desk, closing).safe);
  const left = countedMinor(desk) - safe;
  const counted = [
    { tender: cashCode(desk), amount_minor: countedMinor(desk), pieces: countedPieces(desk) },
    ...Object.entries(closing.tenders).map(([tender, amount_minor]) => ({ tender, amount_minor, pieces: null })),
  ];
  const once = async (id: string, type: string, fields: Record<string, unknown>): Promise<void> => {
    if (!(await alreadySealed(desk, id)))
      desk.printing.journal((await desk.ledger.sealFields(type, who, fields, { id })).envelope);
  };
  await once(closing.ids.count, 'cash', {
    kind: 'count',
    amount_minor: countedMinor(desk),
    reason: null,
    label: 'Comptage',
    pieces: countedPieces(desk),
    counted,
  });
  if (safe > 0) {
    const reason = desk.boot?.reasons.find(
      (row) => row.direction === 'out' && (row.code === 'to_safe' || row.code === 'coffre'),
    );
    await once(closing.ids.safe, 'cash', {
      kind: 'out',
      amount_minor: safe,
      reason: reason?.code ?? 'coffre',
      label: reason?.label ?? 'Vers le coffre',
      pieces: [],
      counted: [],
    });
  }
  await once(closing.ids.event, 'event', { code: EVENT.close, label: NAMES[EVENT.close], detail: {} });
  // The safe has taken its part: what the Z finds in the drawer is tomorrow's float, and the difference stays the same.
  const found = counted.map((row, i) => (i === 0 ? { ...row, amount_minor: left, pieces: kept } : row));
  await sealZ(desk, closing, found, { amount_minor: left, pieces: kept, at: instant().at, by: who.name });
}

export async function sealZ(
  desk: Desk,
  closing: ClosingState,
  counted: unknown[],
  left: { amount_minor: number; pieces: Piece[]; at: string; by: string },
): Promise<void> {
  const explanations = Object.entries(closing.explanations)
    .filter(([, text]) => text !== '')
    .map(([tender, text]) => ({ tender, text }));
  const heads = [...desk.ledger.heads.values()].sort((a, b) => (a.chain < b.chain ? -1 : 1));
  const sealed: Sealed = await desk.ledger.seal({
    type: 'z',
    operator: operator(desk),
    id: closing.ids.z,
    folds: false,
    prepare: async (head, previous) => {
      const answer = await desk.engine.call<{ body: string; to_sign: string; z: Record<string, unknown> }>('seal_z', {
        head,
        state: desk.ledger.period.fold,
        counted,
        explanations,
        heads,
        previous,
        perpetual: desk.ledger.period.perpetual,
      });
      return { sealed: answer, body: answer.z };
    },
    period: () => ({ fold: null, session: null, left }),
    also: (tx) => {
      tx.objectStore('meta').delete('closing');
    },
  });
  desk.printing.journal(sealed.envelope);
  desk.sync.soon();
  await showClosed(desk, sealed, left.amount_minor);
}

async function showClosed(desk: Desk, sealed: Sealed, left: number): Promise<void> {
  const { extract } = await desk.engine.call<{ extract: string }>('extract', { signature: sealed.envelope.signature });
  const paper = await makeReceipt(desk, 'z', sealed.body, sealed.envelope.signature);
  if (desk.view.closing) {
    Object.assign(desk.view.closing, {
      preview: paper,
      float_tomorrow_minor: left,
      sealed: {
        number: desk.ledger.number(sealed.envelope.seq),
        extract,
        business_date: sealed.body['business_date'] as string,
      },
    });
    for (const step of desk.view.closing.steps) step.state = 'done';
  }
  desk.closing = null;
  desk.view.notice = null; // whatever was still to be done is done
  startCount(desk);
  drawSession(desk);
  desk.sounds.play('sealed');
  show(desk, 'closed');
}

export async function printZ(desk: Desk): Promise<void> {
  const paper = desk.view.closing?.preview;
  if (!paper || !desk.view.closing?.sealed) return drawClosing(desk);
  if (desk.printing.way === null)
    return tell(
      desk,
      'warn',
      'Aucune imprimante n’est reliée à cette caisse.',
      'Le Z est scellé, il reste visible ici et au bureau.',
    );
  await desk.printing.request(
    { kind: 'z', receipt: JSON.parse(JSON.stringify(paper)), drawer: false, copies: 1 },
    desk.view.closing.sealed.number,
  );
}
