/* Credit notes as money: scanned or typed at a sale, taken up to what is left on them. The server knows what is left; without it, only a
   note that this very till issued can be spent, less what it spent of it itself. */
import { Refused, Unreachable } from '../core/api';
import { creditMoves } from '../core/history';
import { uuid7 } from '../core/ids';
import { localDate } from '../core/clock';
import { euros } from '../core/money';
import type { Tender } from '../core/wire';
import { numberFrom } from './correction';
import { draftOf, tell, type Desk } from './desk';
import { afterPricing, firstOfKind, obstacle, take, unfitting } from './payment';

interface Note {
  reference: string;
  issued_minor: number;
  balance_minor: number;
  valid_until: string | null;
}
type Balance = { known: true; left_minor: number; until: string | null } | { known: false; offline: boolean };

const PATIENCE_MS = 4000;

async function balanceOf(desk: Desk, reference: string): Promise<Balance> {
  const own = await creditMoves(desk.db, desk.ledger.chain('ticket'), reference);
  const issuedHere = own.some((move) => move.amount_minor < 0);
  const here: Balance = issuedHere
    ? {
        known: true,
        left_minor: -own.reduce((all, move) => all + move.amount_minor, 0),
        until: own.find((move) => move.amount_minor < 0)!.until,
      }
    : { known: false, offline: true };
  if (desk.ledger.training) return here;
  try {
    const note = await desk.api.get<Note>(`credit-notes/${encodeURIComponent(reference)}`, PATIENCE_MS);
    const unsent = own
      .filter((move) => !move.sent && move.amount_minor > 0)
      .reduce((all, move) => all + move.amount_minor, 0);
    return { known: true, left_minor: note.balance_minor - unsent, until: note.valid_until };
  } catch (reason) {
    if (reason instanceof Refused && reason.status === 404 && !issuedHere) return { known: false, offline: false };
    if (reason instanceof Refused || reason instanceof Unreachable) return here;
    throw reason;
  }
}

/** What baskets in hand have already taken of it. */
const inHand = (desk: Desk, reference: string): number =>
  [...desk.drafts.values()]
    .flatMap((draft) => draft.tenders)
    .filter((row) => row.reference === reference)
    .reduce((all, row) => all + row.amount_minor, 0);

// -- issued -------------------------------------------------------------------------------------------------------------------

const isIssued = (desk: Desk, row: Tender): boolean =>
  row.type === firstOfKind(desk, 'credit_note') && row.amount_minor < 0;
export const issuesNote = (desk: Desk, tenders: readonly Tender[]): boolean =>
  tenders.some((row) => isIssued(desk, row));

/** The last day of a note issued today; null where the shop sets no limit. */
export function noteValidUntil(desk: Desk): string | null {
  const days = desk.boot?.credit_note?.valid_days ?? null;
  return days === null ? null : localDate(new Date(Date.now() + days * 86_400_000));
}

/** A credit note is named after the ticket that issues it: only its head knows the number. */
export function withNoteNumber(desk: Desk, head: Record<string, unknown>, tenders: readonly Tender[]): Tender[] {
  const reference = `A${numberFrom({ chain: head['chain'] as string, seq: head['seq'] as number })}`;
  return tenders.map((row) => (isIssued(desk, row) ? { ...row, reference } : row));
}

// -- spent --------------------------------------------------------------------------------------------------------------------

export async function spendCreditNote(desk: Desk, reference: string): Promise<void> {
  const type = firstOfKind(desk, 'credit_note')!;
  const balance = await balanceOf(desk, reference);
  if (!balance.known) {
    desk.sounds.play('refused');
    return balance.offline
      ? tell(
          desk,
          'warn',
          `Avoir ${reference} : émis ailleurs, et le serveur ne répond pas.`,
          'Rien n’est pris. Réglez autrement, ou attendez la connexion.',
        )
      : tell(desk, 'warn', `Avoir ${reference} introuvable.`, 'Rien n’est pris. Vérifiez le numéro sur le papier.');
  }
  if (balance.until !== null && balance.until < localDate()) {
    desk.sounds.play('refused');
    return tell(
      desk,
      'warn',
      `Avoir ${reference} : valable jusqu’au ${french(balance.until)}.`,
      'Rien n’est pris. Appelez un responsable.',
    );
  }
  const left = balance.left_minor - inHand(desk, reference);
  if (left <= 0) {
    desk.sounds.play('refused');
    return tell(desk, 'warn', `Avoir ${reference} : il n’y reste rien.`, 'Rien n’est pris. Réglez autrement.');
  }
  const draft = draftOf(desk);
  if (draft.lines.length === 0) {
    desk.sounds.play('recognised');
    return tell(
      desk,
      'info',
      `Avoir ${reference} : ${euros(left)} disponibles.`,
      'Scannez les articles, puis de nouveau l’avoir.',
    );
  }
  if (obstacle(desk, draft)) return;
  await afterPricing(desk);
  if (unfitting(desk)) return;
  const due = desk.settled?.due_minor ?? 0;
  if (due <= 0) {
    desk.sounds.play('refused');
    return tell(desk, 'info', 'Il n’y a rien à payer sur ce ticket.', `L’avoir garde ses ${euros(left)}.`);
  }
  const amount_minor = Math.min(left, due);
  await take(desk, { id: uuid7(), type, amount_minor, reference });
  desk.sounds.play('recognised');
  tell(
    desk,
    'ok',
    `Avoir ${reference} : ${euros(amount_minor)} pris.`,
    left > amount_minor ? `Il y restera ${euros(left - amount_minor)}.` : 'Il est utilisé en entier.',
  );
}

const french = (date: string): string => date.split('-').reverse().join('/');

/** Typed by hand in place of a scan. */
export async function typeCreditNote(desk: Desk, text: string): Promise<void> {
  const parsed = await desk.engine.call<{ kind: string; reference?: string }>('parse_code', {
    text: text.trim().toUpperCase(),
    patterns: [],
  });
  if (parsed.kind === 'credit_note') return spendCreditNote(desk, parsed.reference!);
  desk.sounds.play('refused');
  tell(
    desk,
    'warn',
    `« ${text.trim()} » n’est pas le numéro d’un avoir.`,
    'Rien n’est pris. Il commence par A, comme AC1-1-412.',
  );
}
