/* Baskets set aside: named by themselves or by the cashier, found again here without the server, or on another register with it. The
   server's lock gives a basket to one register; what another took is taken off this one and said. Nothing of it is a fiscal record. */
import type { ParkedRow, ReceiptDoc } from '../model';
import { instant, localTime } from '../core/clock';
import { clean } from '../core/folding';
import { uuid7 } from '../core/ids';
import { euros } from '../core/money';
import { parkedThere, takeParked, tellParked, type SharedBasket, type Taken } from '../core/parked';
import { Refused } from '../core/api';
import { ask } from '../core/db';
import {
  drawTabs,
  emptyDraft,
  forgetDraft,
  isBlank,
  keepDraft,
  nameOf,
  newBasket,
  screenOf,
  switchTo,
  writeDrafts,
} from './basket';
import { alreadySealed } from './closing';
import { draftOf, operator, show, tell, type Desk, type Draft } from './desk';

export interface Parked {
  at: string;
  by: string;
  label: string;
  shared: boolean;
} // shared: the server has it
interface Taking {
  id: string;
  request: string;
  from: string;
}

const PATIENCE_MS = 4000;
const SHORT_PATIENCE_MS = 1500;
const LONGEST_LABEL = 60;
const CODE = /^P([0-9A-F]{12})$/i;

const elsewhere = new WeakMap<Desk, SharedBasket[]>();
const others = (desk: Desk): SharedBasket[] => elsewhere.get(desk) ?? [];
const waiting = (desk: Desk): Draft[] =>
  [...desk.drafts.values()].filter((draft) => draft.id !== desk.current && draft.lines.length > 0);
const codeOf = (id: string): string => `P${id.replaceAll('-', '').slice(-12).toUpperCase()}`;
export const parkedName = (draft: Draft): string => draft.parked?.label || nameOf(draft);

/** Money already taken, or articles coming back, stay on the register that has them. */
const shareable = (draft: Draft): boolean =>
  draft.parked !== undefined && draft.tenders.length === 0 && !draft.returning && draft.lines.length > 0;

/** Attente: one key. On an empty basket it brings back the only one that waits, or shows the list. */
export async function park(desk: Desk): Promise<void> {
  const draft = draftOf(desk);
  if (isBlank(draft)) return comeBack(desk);
  desk.drafts.set(draft.id, {
    ...draft,
    parked: { at: instant().at, by: operator(desk).name, label: '', shared: false },
  });
  keepDraft(desk, draft.id);
  await newBasket(desk);
  show(desk, 'sale');
  desk.back = null; // parked on purpose: it does not come back by itself
  desk.sync.soon();
  tell(desk, 'info', `En attente : ${nameOf(draft)}, ${euros(draft.total_minor)}.`, null, [
    { label: 'Nommer', command: { c: 'overlay', which: 'parked' } },
    { label: 'Imprimer un papier', command: { c: 'print_parked', id: draft.id } },
  ]);
}

async function comeBack(desk: Desk): Promise<void> {
  const here = waiting(desk);
  if (here.length === 1 && others(desk).length === 0) return recall(desk, here[0]!.id);
  openParked(desk);
}

export function openParked(desk: Desk): void {
  drawParked(desk);
  desk.view.overlay = 'parked';
  desk.sync.soon();
}

export function drawParked(desk: Desk): void {
  const here = waiting(desk).map((draft): ParkedRow => ({
    id: draft.id,
    name: nameOf(draft),
    label: draft.parked?.label ?? '',
    at: draft.parked?.at ?? draft.opened_at,
    lines: draft.lines.length,
    total_minor: draft.total_minor,
    register: null,
    by: draft.parked?.by ?? null,
  }));
  const there = others(desk).map((row): ParkedRow => ({
    id: row.id,
    name: row.name,
    label: row.label,
    at: row.at,
    lines: row.lines,
    total_minor: row.total_minor,
    register: row.register,
    by: row.operator,
  }));
  desk.view.parked = [...here, ...there];
}

export function nameParked(desk: Desk, id: string, label: string): void {
  const draft = desk.drafts.get(id);
  if (!draft) return;
  const parked = draft.parked ?? { at: instant().at, by: operator(desk).name, label: '', shared: false };
  desk.drafts.set(id, {
    ...draft,
    parked: { ...parked, at: instant().at, label: clean(label.trim()).slice(0, LONGEST_LABEL), shared: false },
  });
  keepDraft(desk, id);
  drawTabs(desk);
  desk.sync.soon();
}

/** The basket comes back in hand: from this register at once, from another when the server gives it. */
export async function recall(desk: Desk, id: string): Promise<void> {
  desk.view.notice = null;
  if (!desk.drafts.has(id)) return takeOver(desk, id);
  const draft = desk.drafts.get(id)!;
  if (draft.parked?.shared && desk.sync.online && !desk.ledger.training && (await lostTo(desk, draft))) return;
  desk.closing = null;
  await switchTo(desk, id);
  show(desk, screenOf(draftOf(desk)));
}

/** Asks the lock back. Silence changes nothing: without the server a register goes on with what it set aside. */
async function lostTo(desk: Desk, draft: Draft): Promise<boolean> {
  const answer = await takeParked(desk.api, draft.id, uuid7(), operator(desk).name, SHORT_PATIENCE_MS);
  if (answer.way !== 'gone') return false;
  const rows = await parkedThere(desk.api, SHORT_PATIENCE_MS).catch(() => []);
  const by = rows.find((row) => row.id === draft.id)?.taken;
  if (!by) return false; // taken back by this register before: its answer was lost
  await gone(desk, draft, by);
  return true;
}

/** Another register has it, whole. It leaves this one's tabs. */
async function gone(desk: Desk, draft: Draft, by: { register: string; operator: string }): Promise<void> {
  await forgetDraft(desk, draft.id);
  drawTabs(desk);
  tell(
    desk,
    'info',
    `« ${parkedName(draft)} » a été repris par ${by.operator} sur la caisse ${by.register}.`,
    'Il est chez elle, complet.',
  );
}

// -- taking over ---------------------------------------------------------------------------------------------------------------

/** The request is on the disk before it is sent: whatever is cut, asking again brings the same basket, once. */
async function takeOver(desk: Desk, id: string): Promise<void> {
  const row = others(desk).find((one) => one.id === id);
  if (!row) return tell(desk, 'info', 'Ce ticket n’attend plus.', null);
  const taking: Taking = { id, request: uuid7(), from: row.register };
  await desk.db.put('meta', taking, 'taking');
  desk.view.overlay = 'none';
  const came = await finishTaking(desk, taking);
  if (came === 'silent')
    tell(desk, 'warn', 'Le serveur ne répond pas.', `Le ticket « ${row.label || row.name} » viendra dès qu’il répond.`);
  else if (came === 'gone')
    tell(
      desk,
      'warn',
      `« ${row.label || row.name} » vient d’être repris sur une autre caisse.`,
      'Il est là-bas, complet.',
    );
  desk.sync.soon();
}

const forgetTaking = (desk: Desk): Promise<void> =>
  desk.db.write(['meta'], (tx) => {
    tx.objectStore('meta').delete('taking');
  });

async function finishTaking(desk: Desk, taking: Taking): Promise<'taken' | 'gone' | 'silent'> {
  const answer = await takeParked(desk.api, taking.id, taking.request, operator(desk).name, PATIENCE_MS);
  if (answer.way === 'silent') return 'silent';
  if (answer.way === 'taken' && answer.taken.basket !== '') {
    await bringIn(desk, answer.taken);
    return 'taken';
  }
  await forgetTaking(desk);
  return 'gone';
}

/** A basket of another register gets an id of its own: two registers never seal one id. Written with the end of the request, so once. */
async function bringIn(desk: Desk, taken: Taken): Promise<void> {
  const { parked: _, ...other } = JSON.parse(taken.basket) as Draft;
  const draft: Draft = { ...emptyDraft(), ...other, id: uuid7(), paying: false, tenders: [] };
  const mine = await desk.db.write(['meta', 'drafts'], async (tx) => {
    const taking = await ask<Taking | undefined>(tx.objectStore('meta').get('taking'));
    if (taking?.id !== taken.id) return false;
    tx.objectStore('drafts').put(draft);
    tx.objectStore('meta').delete('taking');
    return true;
  });
  if (!mine) return;
  desk.drafts.set(draft.id, draft);
  elsewhere.set(
    desk,
    others(desk).filter((row) => row.id !== taken.id),
  );
  const free = desk.view.screen === 'sale' && isBlank(draftOf(desk));
  if (desk.cashier === null || !free) return drawTabs(desk); // somebody is being served: it waits in its tab
  await switchTo(desk, draft.id);
  show(desk, screenOf(draft));
  tell(
    desk,
    'ok',
    `Ticket repris de la caisse ${taken.from}.`,
    `Mis en attente par ${taken.operator}. Ses prix n’ont pas changé.`,
  );
}

// -- with the server, between two gestures ------------------------------------------------------------------------------------------

/** What the server does not know yet is told; what it says is handed to the queue of gestures, which never waits for a server.
    An older server knows nothing of baskets set aside. @throws Unreachable */
export async function exchangeParked(desk: Desk): Promise<void> {
  if (desk.ledger.training) return;
  await writeDrafts(desk);
  try {
    const told = await tellAll(desk);
    const rows: SharedBasket[] = [];
    for (const row of await parkedThere(desk.api)) if (!(await withdrawn(desk, row))) rows.push(row);
    void desk.do({ c: 'parked_news', told, rows, taken: await takingAgain(desk) });
  } catch (reason) {
    if (!(reason instanceof Refused) || reason.status === 401) throw reason;
  }
}

/** Told as waiting, and since then in hand or sold here: the lock is taken back. One that this register no longer knows still waits. */
async function withdrawn(desk: Desk, row: SharedBasket): Promise<boolean> {
  const draft = desk.drafts.get(row.id);
  if (row.register !== desk.ledger.place.register || row.taken !== null || draft?.parked) return false;
  if (!draft && !(await alreadySealed(desk, row.id))) return false;
  await takeParked(desk.api, row.id, uuid7(), operator(desk).name, PATIENCE_MS);
  return true;
}

async function tellAll(desk: Desk): Promise<{ id: string; at: string }[]> {
  const told: { id: string; at: string }[] = [];
  for (const draft of [...desk.drafts.values()].filter((one) => shareable(one) && !one.parked!.shared)) {
    const { at, by, label } = draft.parked!;
    const answer = await tellParked(desk.api, {
      id: draft.id,
      label,
      name: nameOf(draft),
      operator: by,
      lines: draft.lines.length,
      total_minor: draft.total_minor,
      at,
      basket: JSON.stringify(draft),
    });
    if (answer.status !== 'taken') told.push({ id: draft.id, at });
  }
  return told;
}

/** A take-over whose answer was lost, with the page or on the way, is asked again. */
async function takingAgain(desk: Desk): Promise<Taken | null> {
  const taking = await desk.db.get<Taking>('meta', 'taking');
  if (!taking) return null;
  const answer = await takeParked(desk.api, taking.id, taking.request, operator(desk).name, PATIENCE_MS);
  if (answer.way === 'taken' && answer.taken.basket !== '') return answer.taken;
  if (answer.way !== 'silent') await forgetTaking(desk);
  return null;
}

export async function hearParked(
  desk: Desk,
  told: { id: string; at: string }[],
  rows: SharedBasket[],
  taken: Taken | null,
): Promise<void> {
  for (const { id, at } of told) {
    const draft = desk.drafts.get(id);
    if (draft?.parked?.at !== at) continue;
    desk.drafts.set(id, { ...draft, parked: { ...draft.parked, shared: true } });
    keepDraft(desk, id);
  }
  const own = desk.ledger.place.register;
  for (const row of rows) if (row.register === own && row.taken !== null) await hearLost(desk, row, row.taken);
  elsewhere.set(
    desk,
    rows.filter((row) => row.taken === null && !desk.drafts.has(row.id) && row.id !== taken?.id),
  );
  if (taken) await bringIn(desk, taken);
  drawParked(desk);
}

async function hearLost(desk: Desk, row: SharedBasket, by: NonNullable<SharedBasket['taken']>): Promise<void> {
  const draft = desk.drafts.get(row.id);
  if (draft?.parked) return gone(desk, draft, by);
  const question = `parked:${row.id}`;
  if (!draft || desk.asked.has(question)) return;
  desk.asked.add(question);
  tell(
    desk,
    'warn',
    `« ${nameOf(draft)} » est aussi repris par ${by.operator} sur la caisse ${by.register}.`,
    'Il est complet ici et là-bas : une seule des deux caisses doit l’encaisser.',
  );
}

// -- paper ------------------------------------------------------------------------------------------------------------------------

/** A paper to find the basket again: neither articles nor amounts, so that it can never pass for a receipt. */
export async function printParked(desk: Desk, id: string): Promise<void> {
  const draft = desk.drafts.get(id);
  if (!draft) return tell(desk, 'info', 'Ce ticket n’attend plus ici.', null);
  if (desk.printing.way === null)
    return tell(desk, 'warn', 'Aucune imprimante n’est reliée à cette caisse.', 'Le ticket reste en attente.');
  await desk.printing.request({ kind: 'parked', receipt: slip(desk, draft), drawer: false, copies: 1 }, null);
  tell(desk, 'ok', 'Le papier d’attente s’imprime.', 'Son code rappelle le ticket.');
}

function slip(desk: Desk, draft: Draft): ReceiptDoc {
  const at = draft.parked?.at ?? draft.opened_at;
  return {
    format: 'receipt/1',
    lang: 'fr',
    blocks: [
      { t: 'text', s: desk.boot?.shop.name ?? '', align: 'c', style: ['bold'] },
      { t: 'rule' },
      { t: 'text', s: 'TICKET EN ATTENTE', align: 'c', style: ['bold', 'double'] },
      { t: 'text', s: parkedName(draft), align: 'c', style: ['bold'] },
      { t: 'row', l: `Mis en attente à ${localTime(at)}`, r: desk.view.register?.name ?? '' },
      { t: 'row', l: draft.parked?.by ?? '', r: draft.lines.length === 1 ? '1 ligne' : `${draft.lines.length} lignes` },
      { t: 'barcode', kind: 'code128', s: codeOf(draft.id) },
      { t: 'rule' },
      { t: 'text', s: 'Ce papier n’est pas un ticket de caisse : rien n’est encore vendu.', align: 'c' },
      { t: 'feed', n: 3 },
      { t: 'cut' },
    ],
  };
}

/** The basket whose paper was scanned; null: it is no such paper. */
export function parkedOf(desk: Desk, text: string): string | null {
  if (!CODE.test(text)) return null;
  const all = [...desk.drafts.keys(), ...others(desk).map((row) => row.id)];
  return all.find((id) => codeOf(id) === text.toUpperCase()) ?? null;
}
