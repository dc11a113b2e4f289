/* Keys and touches on the return screen: which line, how many of it, back to which tender; and which wrong tender to correct. */
import { ORIGIN, changeReturning, choose } from './correction';
import { removeLine } from './basket';
import { clearField, waitingMilli } from './field';
import { draftOf, permitted, tell, type Desk } from './desk';
import { enter } from './linetools';

const STEP = 1000;

/** Touching a line takes all that is left of it, or gives it up; − and + change its quantity. */
export async function returnLine(desk: Desk, id: string, by?: 1 | -1): Promise<void> {
  const { returning } = desk.view;
  const line = returning?.lines.find((row) => row.id === id);
  if (!returning || !line) return;
  if (!returning.ticket) return removeLine(desk, id);
  if (by === undefined) return choose(desk, id, null);
  await choose(desk, id, line.weighed ? (by > 0 ? line.left_milli : 0) : Math.max(0, line.wanted_milli + by * STEP));
}

export function moveReturn(desk: Desk, by: 1 | -1): void {
  const { returning } = desk.view;
  if (!returning) return;
  const at = returning.lines.findIndex((row) => row.id === returning.selected);
  returning.selected = returning.lines[Math.max(0, Math.min(returning.lines.length - 1, at + by))]?.id ?? null;
}

export async function stepReturn(desk: Desk, by: 1 | -1): Promise<void> {
  const id = selectedReturn(desk);
  if (id !== null) await returnLine(desk, id, by);
}

export const selectedReturn = (desk: Desk): string | null =>
  desk.view.returning?.selected ?? desk.view.returning?.lines[0]?.id ?? null;

/** Entrée with something typed: a number is the quantity of the line in hand, words look for an article. */
export async function returnField(desk: Desk): Promise<void> {
  const milli = desk.view.field.mode === 'number' ? waitingMilli(desk) : null;
  const id = selectedReturn(desk);
  if (milli === null || id === null || desk.view.returning?.ticket === null) return enter(desk);
  clearField(desk);
  await choose(desk, id, milli);
}

/** F9, F10, ² av: the tender that the key names, when money can go back to it. */
export async function returnTender(desk: Desk, code: string): Promise<void> {
  const { returning } = desk.view;
  const label = desk.boot?.tenders.find((type) => type.code === code)?.label;
  const origin = returning?.tenders.find((row) => row.code === ORIGIN);
  if (returning?.tenders.some((row) => row.code === code)) return changeReturning(desk, { tender: code });
  if (origin && origin.label === label) return changeReturning(desk, { tender: ORIGIN });
  desk.sounds.play('refused');
  tell(desk, 'info', `Ce ticket n’a pas été réglé en ${(label ?? code).toLowerCase()}.`, 'Le retour est intact.');
}

export async function startCorrecting(desk: Desk): Promise<void> {
  const { returning } = draftOf(desk);
  const no = desk.view.returning?.no_correction;
  if (!returning?.ticket || !permitted(desk, 'till.sell', 'les règlements')) return;
  if (no) {
    desk.sounds.play('refused');
    return tell(desk, 'warn', no, 'Rien n’a changé.');
  }
  await changeReturning(desk, { correcting: { taken: returning.paid.length === 1 ? 0 : null, put: null } });
}

export async function correcting(desk: Desk, patch: { taken?: number; put?: string | null }): Promise<void> {
  const asked = draftOf(desk).returning?.correcting;
  if (asked) await changeReturning(desk, { correcting: { ...asked, ...patch } });
}
