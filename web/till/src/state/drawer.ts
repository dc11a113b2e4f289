/* What the drawer holds piece by piece, as far as it can be told: counted at the opening, then each sale in cash. Received money is
   taken to be in the largest pieces, change to be given as shown. Anything else done with the drawer, and it is no longer known. */
import type { Minor, Piece } from '../model';
import type { Settled } from '../core/wire';
import type { Desk } from './desk';

interface Known {
  session: string | null;
  pieces: Piece[] | null;
}

const known = new WeakMap<Desk, Known>();
const session = (desk: Desk): string | null => desk.ledger.period.session?.id ?? null;

async function content(desk: Desk): Promise<Piece[] | null> {
  const mine = known.get(desk) ?? (await desk.db.get<Known>('meta', 'drawer'));
  return mine && mine.session !== null && mine.session === session(desk) ? mine.pieces : null;
}

/** Says what is in the drawer now; null: nobody knows. Kept for the next life of this page, never waited for. */
export function setDrawer(desk: Desk, pieces: readonly Piece[] | null): void {
  const mine: Known = {
    session: session(desk),
    pieces: pieces && pieces.map(({ value_minor, count }) => ({ value_minor, count })),
  };
  known.set(desk, mine);
  void desk.db.put('meta', mine, 'drawer').catch(() => undefined);
}

interface Coins {
  pieces: Piece[];
  short: Minor[];
  left_minor: Minor;
}
const usual = (desk: Desk, amount_minor: Minor): Promise<Coins> =>
  desk.engine.call<Coins>('coins', { amount_minor, drawer: null });

/** The pieces to give for an amount, from what the drawer holds when it is known and is enough. */
export async function piecesFor(desk: Desk, amount_minor: Minor): Promise<{ pieces: Piece[]; short: Minor[] }> {
  const drawer = amount_minor > 0 ? await content(desk) : null;
  if (amount_minor <= 0) return { pieces: [], short: [] };
  if (drawer === null) return usual(desk, amount_minor);
  const answer = await desk.engine.call<Coins>('coins', { amount_minor, drawer });
  return answer.left_minor === 0 ? answer : { pieces: (await usual(desk, amount_minor)).pieces, short: answer.short };
}

/** After a sale: what came in, what was given back. `given`: the pieces shown for the change. */
export async function noteSale(
  desk: Desk,
  settled: Settled,
  cash: ReadonlySet<string>,
  given: readonly Piece[],
): Promise<void> {
  const before = await content(desk);
  const moved = settled.payments
    .filter((payment) => cash.has(payment.type))
    .reduce((sum, payment) => sum + payment.tendered_minor, 0);
  if (before === null || (moved === 0 && given.length === 0)) return;
  const pieces = new Map(before.map((piece) => [piece.value_minor, piece.count]));
  const add = (piece: Piece, sign: 1 | -1): void => {
    pieces.set(piece.value_minor, (pieces.get(piece.value_minor) ?? 0) + sign * piece.count);
  };
  if (moved > 0) for (const piece of (await usual(desk, moved)).pieces) add(piece, 1);
  if (moved < 0) for (const piece of (await piecesFor(desk, -moved)).pieces) add(piece, -1);
  for (const piece of given) add(piece, -1);
  const counts = [...pieces.values()];
  setDrawer(
    desk,
    counts.some((count) => count < 0)
      ? null
      : [...pieces].map(([value_minor, count]) => ({ value_minor, count })).filter((piece) => piece.count > 0),
  );
}
