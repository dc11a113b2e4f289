/* The closing ritual: prepare, stop, count blind, compare, explain, tomorrow's float, the safe, the sealed Z. */
import type { ClosingStep, ClosingView, TenderCount } from '../model';
import { ask } from '../core/db';
import { uuid7 } from '../core/ids';
import { instant, localTime } from '../core/clock';
import { amount, difference, euros, parseMinor } from '../core/money';
import { can, emptyCount, permitted, show, tell, operator, type ClosingState, type Desk, type Draft } from './desk';
import { countedMinor, drawCount, startCount } from './counting';
import { cashCode, enterTill, logEvent, previewOf } from './session';
import { EVENT } from '../core/events';
import type { StoredRecord } from '../core/ledger';
import { firstClue } from './clues';
import { noteForgotten } from './forgotten';
import { parkedName } from './parking';

type StepId = ClosingStep['id'];
export const STEPS: readonly StepId[] = ['prepare', 'stop', 'tenders', 'cash', 'safe', 'seal'];
const TITLES: Record<StepId, string> = {
  prepare: 'Préparer',
  stop: 'Arrêter',
  tenders: 'Règlements',
  cash: 'Espèces',
  safe: 'Coffre',
  seal: 'Sceller',
};

export interface Report {
  cash: { expected_minor: number; opening_minor: number };
  gross_minor: number;
  tenders: { code: string; label: string; kind: string; count: number; expected_minor: number }[];
}

export const reportOf = (desk: Desk): Promise<Report> =>
  desk.engine.call<Report>('report', { state: desk.ledger.period.fold, kind: 'x' });

export const newClosing = (): ClosingState => ({
  ids: { count: uuid7(), safe: uuid7(), event: uuid7(), z: uuid7() },
  step: 'prepare',
  stopped: null,
  tenders: {},
  cash: null,
  counted: false,
  recounted: false,
  explanations: {},
  float_minor: null,
  sealing: false,
  transferred_minor: 0,
});

export async function startClosing(desk: Desk): Promise<void> {
  if (desk.ledger.period.session === null) return tell(desk, 'info', 'La caisse n’est pas ouverte.', null);
  if (!permitted(desk, 'till.close_session', 'la clôture de la caisse')) return;
  desk.closing ??= (await desk.db.get<ClosingState>('meta', 'closing')) ?? newClosing();
  await noteForgotten(desk, desk.closing);
  await findSealed(desk, desk.closing);
  startCount(desk);
  await forgetOldCount(desk, desk.closing);
  if (desk.closing.cash) desk.count = [...desk.closing.cash];
  show(desk, 'closing');
  await drawClosing(desk);
}

const takings = (report: Report): string =>
  JSON.stringify([report.cash.expected_minor, ...report.tenders.map((row) => [row.code, row.expected_minor])]);

/** What was counted before more was sold is no count any more: it is asked again, without counting as a recount. */
async function forgetOldCount(desk: Desk, closing: ClosingState): Promise<void> {
  if (closing.sealing || closing.takings === undefined || closing.takings === takings(await reportOf(desk))) return;
  Object.assign(closing, {
    counted: false,
    cash: null,
    tenders: {},
    explanations: {},
    step: 'prepare',
    takings: undefined,
  });
  tell(desk, 'info', 'La caisse a servi depuis le comptage.', 'Il est à refaire : ce qui était noté est effacé.');
}

/** A closing that was cut while sealing can only go on to its end. */
async function findSealed(desk: Desk, closing: ClosingState): Promise<void> {
  closing.sealing = await alreadySealed(desk, closing.ids.count);
  if (!closing.sealing) return;
  const transfer = await desk.db.read(['records'], (tx) =>
    ask<StoredRecord | undefined>(tx.objectStore('records').index('id').get(closing.ids.safe)),
  );
  closing.transferred_minor = transfer ? (JSON.parse(transfer.body) as { amount_minor: number }).amount_minor : 0;
  closing.step = 'seal';
}

/** What the drawer should have held when it was counted. */
const expectedCash = (report: Report, closing: ClosingState): number =>
  report.cash.expected_minor + closing.transferred_minor;

async function keep(desk: Desk): Promise<void> {
  await desk.db.put('meta', JSON.parse(JSON.stringify(desk.closing)), 'closing');
  await drawClosing(desk);
}

/** The gap of cash, once counted. */
function cashGap(report: Report, closing: ClosingState, desk: Desk): number | null {
  return closing.counted ? countedMinor(desk) - expectedCash(report, closing) : null;
}

function tenderRows(desk: Desk, report: Report, closing: ClosingState): TenderCount[] {
  const open = can(desk, 'till.blind_count_off');
  const cash = cashCode(desk);
  const gap = cashGap(report, closing, desk);
  const rows: TenderCount[] = [
    {
      tender: cash,
      label: report.tenders.find((row) => row.kind === 'cash')?.label ?? 'Espèces',
      expected_minor: closing.counted || open ? expectedCash(report, closing) : null,
      counted_minor: closing.counted ? countedMinor(desk) : null,
      difference_minor: gap,
      pieces: null,
      explanation: closing.explanations[cash] ?? null,
    },
  ];
  for (const row of report.tenders) {
    if (['cash', 'exchange', 'credit_note'].includes(row.kind)) continue; // an exchange moves no money, and a credit note is not in the drawer
    const counted = closing.tenders[row.code] ?? null;
    rows.push({
      tender: row.code,
      label: row.label,
      expected_minor: counted !== null || open ? row.expected_minor : null,
      counted_minor: counted,
      difference_minor: counted === null ? null : counted - row.expected_minor,
      pieces: row.count,
      explanation: closing.explanations[row.code] ?? null,
    });
  }
  return rows;
}

const unexplained = (rows: readonly TenderCount[]): TenderCount | undefined =>
  rows.find((row) => row.difference_minor !== null && row.difference_minor !== 0 && !row.explanation);

function toSafe(desk: Desk, closing: ClosingState): { left: number; safe: number } {
  const counted = countedMinor(desk);
  const left = Math.min(closing.float_minor ?? desk.ledger.period.session?.float_minor ?? 0, counted);
  return { left, safe: counted - left };
}

function captions(
  closing: ClosingState,
  rows: readonly TenderCount[],
  safe: number,
  waiting: number,
): Record<StepId, string> {
  const [cash, ...others] = rows;
  const gap = cash?.difference_minor ?? null;
  const missing = others.filter((row) => row.counted_minor === null).length;
  return {
    prepare: waiting === 0 ? 'rien n’attend' : `${waiting} à voir`,
    stop: closing.stopped ? localTime(closing.stopped.at) : 'en vente',
    tenders:
      others.length === 0
        ? 'aucun'
        : missing
          ? `${missing} à compter`
          : others.every((row) => row.difference_minor === 0)
            ? 'justes'
            : 'écart',
    cash: gap === null ? 'à compter' : gap === 0 ? 'juste' : cash?.explanation ? 'expliqué' : 'écart à expliquer',
    safe: closing.counted ? amount(safe) : 'à fixer',
    seal: 'Z',
  };
}

function stepState(id: StepId, closing: ClosingState, rows: readonly TenderCount[]): ClosingStep['state'] {
  const gaps = rows.filter((row) => row.difference_minor !== null && row.difference_minor !== 0 && !row.explanation);
  const cash = rows[0]!.tender;
  if (id === 'cash' && gaps.some((row) => row.tender === cash)) return 'attention';
  if (id === 'tenders' && gaps.some((row) => row.tender !== cash)) return 'attention';
  if (id === closing.step) return 'current';
  return STEPS.indexOf(id) < STEPS.indexOf(closing.step) ? 'done' : 'todo';
}

export async function drawClosing(desk: Desk): Promise<void> {
  const { closing, view } = desk;
  if (!closing) return;
  const report = await reportOf(desk);
  const rows = tenderRows(desk, report, closing);
  const obstacles = obstaclesOf(desk);
  const { left, safe } = toSafe(desk, closing);
  const captionOf = captions(closing, rows, safe, obstacles.length);
  const before = view.closing;
  const next: ClosingView = {
    step: closing.step,
    steps: STEPS.map((id) => ({ id, title: TITLES[id], caption: captionOf[id], state: stepState(id, closing, rows) })),
    count: before?.count ?? emptyCount(),
    tenders: rows,
    obstacles,
    preview: can(desk, 'till.blind_count_off') || closing.counted ? await previewOf(desk, 'z') : null,
    float_tomorrow_minor: left,
    to_safe_minor: safe,
    clue: await clueOf(desk, rows),
    recounted: closing.recounted,
    sealed: null,
    busy: false,
  };
  view.closing = next;
  drawCount(desk, view.closing.count);
}

/** While pieces are typed only the count is drawn again. */
export function drawClosingCount(desk: Desk): void {
  const { closing, view } = desk;
  if (!closing || !view.closing) return;
  closing.cash = [...desk.count];
  drawCount(desk, view.closing.count);
  void desk.db.put('meta', JSON.parse(JSON.stringify(closing)), 'closing');
}

async function clueOf(desk: Desk, rows: readonly TenderCount[]): Promise<string | null> {
  const gap = rows[0]?.difference_minor ?? null;
  if (gap === null || gap === 0) return null;
  const twin = rows.slice(1).find((row) => row.difference_minor === -gap);
  if (twin)
    return `${difference(gap)} en espèces, ${difference(-gap)} en ${twin.label.toLowerCase()} : un règlement a pu changer de nom.`;
  return firstClue(desk, gap);
}

/** What stands between this day and a quiet closing, each with the way to settle it. Only baskets that wait hold it back. */
function obstaclesOf(desk: Desk): ClosingView['obstacles'] {
  return [...unsold(desk), ...unsent(desk), ...unprinted(desk)];
}

/** Baskets that nobody decided about: the closing waits for one word on each. */
const undecided = (desk: Desk): Draft[] =>
  [...desk.drafts.values()].filter((draft) => draft.lines.length > 0 && !desk.closing?.kept?.includes(draft.id));

function unsold(desk: Desk): ClosingView['obstacles'] {
  return undecided(desk).map((draft) => ({
    id: draft.id,
    text: `« ${parkedName(draft)} », ${euros(draft.total_minor)}, ouvert à ${localTime(draft.opened_at)}, n’est pas encaissé.`,
    actions: [
      { label: 'Reprendre', command: { c: 'basket', id: draft.id } },
      { label: 'Garder pour demain', command: { c: 'keep_parked', id: draft.id } },
    ],
  }));
}

export async function keepForTomorrow(desk: Desk, id: string): Promise<void> {
  if (!desk.closing) return;
  desk.closing.kept = [...(desk.closing.kept ?? []), id];
  await keep(desk);
}

function unsent(desk: Desk): ClosingView['obstacles'] {
  const { unsynced, online } = desk.view.status;
  if (unsynced === 0) return [];
  const text =
    unsynced === 1 ? 'Un ticket n’est pas encore au serveur' : `${unsynced} tickets ne sont pas encore au serveur`;
  return [
    {
      id: 'unsent',
      text: `${text}. ${online ? '' : 'Ils partiront quand il répondra. '}La clôture peut se faire.`,
      actions: [{ label: 'Envoyer maintenant', command: { c: 'send_now' } }],
    },
  ];
}

function unprinted(desk: Desk): ClosingView['obstacles'] {
  const { printer } = desk.view.status;
  if (printer.waiting === 0 || printer.state === 'ok' || printer.state === 'none') return [];
  const text = printer.waiting === 1 ? 'Une impression attend' : `${printer.waiting} impressions attendent`;
  return [
    {
      id: 'unprinted',
      text: `${text} : ${printer.message ?? 'l’imprimante ne répond pas.'}`,
      actions: [{ label: 'Essayer à nouveau', command: { c: 'retry_print' } }],
    },
  ];
}

const LOOK_AGAIN_MS = 1500;

/** What was just tried may have settled something: the checklist is read again. */
export function lookAgain(desk: Desk): void {
  if (desk.closing)
    setTimeout(() => {
      if (desk.closing && desk.view.screen === 'closing') void drawClosing(desk);
    }, LOOK_AGAIN_MS);
}

export async function goToStep(desk: Desk, step: StepId): Promise<void> {
  const { closing } = desk;
  if (!closing || (step === closing.step && step !== 'cash')) return;
  if (closing.sealing) return step === 'seal' ? undefined : countIsSealed(desk);
  const from = STEPS.indexOf(closing.step);
  const to = STEPS.indexOf(step);
  if (to > from) for (let i = from; i < to; i++) if (!(await leave(desk, closing, STEPS[i]!))) return keep(desk);
  desk.view.notice = null; // what the step before said is settled
  closing.step = step;
  if (step === 'stop') stopSelling(desk, closing);
  await keep(desk);
}

export function countIsSealed(desk: Desk): void {
  tell(desk, 'info', 'Le comptage est déjà scellé.', 'Il ne reste qu’à sceller le Z.', [
    { label: 'Sceller', command: { c: 'seal' } },
  ]);
}

/** The next step, from the keyboard or the bar. */
export async function nextStep(desk: Desk): Promise<void> {
  const { closing } = desk;
  if (!closing) return;
  const next = STEPS[STEPS.indexOf(closing.step) + 1];
  if (next) await goToStep(desk, next);
}

function stopSelling(desk: Desk, closing: ClosingState): void {
  closing.stopped ??= { at: instant().at, by: operator(desk).name };
}

/** May this step be left behind? Says why not. */
async function leave(desk: Desk, closing: ClosingState, step: StepId): Promise<boolean> {
  closing.step = step;
  const open = step === 'prepare' ? undecided(desk)[0] : undefined;
  if (open) {
    tell(
      desk,
      'warn',
      `« ${parkedName(open)} » attend encore.`,
      'Reprenez-le, ou gardez-le pour demain : la clôture continue ensuite.',
      [{ label: 'Garder pour demain', command: { c: 'keep_parked', id: open.id } }],
    );
    return false;
  }
  if (step === 'prepare' || step === 'stop') {
    stopSelling(desk, closing);
    return true;
  }
  const report = await reportOf(desk);
  if (step === 'tenders') {
    const missing = tenderRows(desk, report, closing)
      .slice(1)
      .find((row) => row.counted_minor === null);
    if (missing) {
      tell(desk, 'info', `${missing.label} : à compter.`, 'Tapez le montant trouvé.');
      return false;
    }
    return explained(desk, tenderRows(desk, report, closing).slice(1));
  }
  if (step === 'cash') {
    const first = !closing.counted;
    closing.counted = true;
    closing.takings = takings(report);
    closing.cash = [...desk.count];
    const rows = tenderRows(desk, report, closing).slice(0, 1);
    if (first && rows[0]!.difference_minor !== 0) return false; // the result is shown first, without a word of blame
    return explained(desk, rows);
  }
  return true;
}

function explained(desk: Desk, rows: readonly TenderCount[]): boolean {
  const row = unexplained(rows);
  if (!row) return true;
  tell(
    desk,
    'warn',
    `${row.label} : ${difference(row.difference_minor!)}.`,
    'Recomptez, ou expliquez l’écart en quelques mots.',
  );
  return false;
}

/** A day of refunds leaves less than nothing on a card terminal's strip: its minus is read too. */
function signedMinor(text: string): number | null {
  const [, minus, digits] = /^\s*([-\u2212]?)(.*)$/.exec(text)!;
  const value = parseMinor(digits!);
  return value !== null && minus ? -value : value;
}

export async function setTenderCount(desk: Desk, tender: string, text: string): Promise<void> {
  const { closing } = desk;
  if (!closing) return;
  if (closing.sealing) return countIsSealed(desk);
  const value = signedMinor(text);
  if (value === null && text.trim() !== '')
    return tell(desk, 'info', 'Ce montant n’est pas lisible.', 'Tapez-le comme 12,50.');
  if (value === null) delete closing.tenders[tender];
  else closing.tenders[tender] = value;
  closing.takings = takings(await reportOf(desk));
  desk.view.notice = null;
  await keep(desk);
}

export async function explain(desk: Desk, tender: string, text: string): Promise<void> {
  if (!desk.closing) return;
  desk.closing.explanations[tender] = text.trim().normalize('NFC').slice(0, 300);
  await keep(desk);
}

/** Once its result is known a count changes by a recount only, which is written down. Says so. */
export function countIsDone(desk: Desk): boolean {
  const { closing } = desk;
  if (desk.view.screen !== 'closing' || !(closing?.counted || closing?.sealing)) return false;
  desk.sounds.play('refused');
  if (closing.sealing) countIsSealed(desk);
  else
    tell(
      desk,
      'info',
      'Le comptage est terminé.',
      closing.recounted ? 'Expliquez l’écart en quelques mots.' : '« Recompter » le rouvre une fois, et c’est noté.',
    );
  return true;
}

/** One recount is offered; that there was one is written down. */
export async function recount(desk: Desk): Promise<void> {
  const { closing } = desk;
  if (closing?.sealing) return countIsSealed(desk);
  if (!closing || closing.recounted)
    return tell(desk, 'info', 'Un recomptage a déjà été fait.', 'Expliquez l’écart en quelques mots.');
  closing.recounted = true;
  closing.counted = false;
  closing.step = 'cash';
  await logEvent(desk, EVENT.recount, 'Recomptage des espèces');
  await keep(desk);
}

export async function setFloatTomorrow(desk: Desk, text: string): Promise<void> {
  const value = parseMinor(text);
  if (!desk.closing || value === null) return;
  if (desk.closing.sealing) return countIsSealed(desk);
  if (value > countedMinor(desk))
    return tell(
      desk,
      'info',
      `Le tiroir contient ${euros(countedMinor(desk))}.`,
      'Le fond de demain ne peut pas être plus grand.',
    );
  desk.closing.float_minor = value;
  await keep(desk);
}

export async function backToSelling(desk: Desk): Promise<void> {
  if (!desk.closing) return;
  if (desk.closing.sealing) return countIsSealed(desk);
  desk.closing.stopped = null;
  desk.closing.step = 'prepare';
  await keep(desk);
  desk.closing = null;
  await enterTill(desk);
}

/** Has this record of the closing been sealed by an earlier attempt? */
export async function alreadySealed(desk: Desk, id: string): Promise<boolean> {
  return desk.db.read(
    ['records'],
    async (tx) => (await ask(tx.objectStore('records').index('id').getKey(id))) !== undefined,
  );
}

export { tenderRows, toSafe, unexplained };
