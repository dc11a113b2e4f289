/* A day that nobody closed. It comes first at the next opening: counted and closed, closed without a count, or gone on with on
   purpose. An evening that passes midnight is not forgotten: until the morning it is simply still the same day. */
import { EVENT } from '../core/events';
import { uuid7 } from '../core/ids';
import { instant, localDate } from '../core/clock';
import type { ClosingState, Desk } from './desk';
import { emptyCount, operator, permitted, show, tell } from './desk';
import { drawClosing, newClosing, reportOf } from './closing';
import { startCount } from './counting';
import { cashCode, enterTill, logEvent } from './session';
import { sealZ } from './sealz';

const MORNING_HOUR = 5;
const DAY_MS = 86_400_000;

export function isForgotten(desk: Desk, now: Date = new Date()): boolean {
  const { session } = desk.ledger.period;
  if (!session || session.business_date >= localDate(now) || session.continued_on === localDate(now)) return false;
  return session.business_date < localDate(new Date(now.getTime() - DAY_MS)) || now.getHours() >= MORNING_HOUR;
}

export function openForgotten(desk: Desk): void {
  const session = desk.ledger.period.session!;
  startCount(desk);
  desk.view.opening = {
    expected_minor: null,
    last_closed: null,
    last_by: null,
    count: emptyCount(),
    same_as_left: false,
    difference_minor: null,
    forgotten: {
      business_date: session.business_date,
      opened_at: session.opened_at,
      by: session.by,
      last_at: desk.ledger.period.last_at,
    },
  };
  show(desk, 'opening');
}

export function forgottenFirst(desk: Desk): void {
  desk.sounds.play('refused');
  tell(desk, 'info', 'Une journée n’est pas clôturée.', 'Clôturez-la, ou continuez-la, avant de vendre.');
}

/** The event of a forgotten day goes into the Z that closes it. */
export async function noteForgotten(desk: Desk, closing: ClosingState): Promise<void> {
  if (closing.forgotten || !isForgotten(desk)) return;
  closing.forgotten = true;
  await logEvent(desk, EVENT.forgottenDay, 'Journée oubliée, clôturée à l’ouverture suivante', {
    business_date: desk.ledger.period.session!.business_date,
  });
}

/** Closes the forgotten day as its records say, without a count: the Z shows no difference and says why. */
export async function closeUncounted(desk: Desk): Promise<void> {
  if (!isForgotten(desk) || !permitted(desk, 'till.close_session', 'la clôture de la caisse')) return;
  const closing = newClosing();
  closing.explanations[cashCode(desk)] = 'Journée oubliée : clôturée sans comptage.';
  await noteForgotten(desk, closing);
  await logEvent(desk, EVENT.notCounted, 'Clôture sans comptage');
  await logEvent(desk, EVENT.close, 'Clôture de journée');
  const expected = (await reportOf(desk)).cash.expected_minor;
  desk.closing = closing;
  await drawClosing(desk);
  await sealZ(desk, closing, [], {
    amount_minor: Math.max(0, expected),
    pieces: [],
    at: instant().at,
    by: operator(desk).name,
  });
  desk.view.opening = null;
}

/** Goes on with the day on purpose: its Z will hold today's sales too. */
export async function continueDay(desk: Desk): Promise<void> {
  const { session } = desk.ledger.period;
  if (!session || !isForgotten(desk)) return enterTill(desk);
  const sealed = await desk.ledger.sealFields(
    'event',
    operator(desk),
    {
      code: EVENT.dayContinued,
      label: 'Journée poursuivie après minuit',
      detail: { business_date: session.business_date },
    },
    { id: uuid7(), period: () => ({ session: { ...session, continued_on: localDate() } }) },
  );
  desk.printing.journal(sealed.envelope);
  desk.sync.soon();
  desk.view.opening = null;
  await enterTill(desk);
}
