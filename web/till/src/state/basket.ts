/* Baskets: adding, changing and removing lines, pricing them, keeping them safe. */
import { mark } from '../core/marks';
import { flushSync } from 'svelte';
import type { BasketTab, Milli } from '../model';
import type { Article } from '../core/catalogue';
import { ask, StorageFull } from '../core/db';
import { EngineRefusal } from '../core/engine';
import { uuid7 } from '../core/ids';
import { instant } from '../core/clock';
import type { Basket, EngineLine, Priced } from '../core/wire';
import { beingPaid, draftOf, operator, sync, tell, type Desk, type Draft, type DraftLine } from './desk';
import { cancelApproval } from './approval';
import { draftLine, engineLine, lineViews, mergeable } from './basketline';
import { priceBasket, scannedLine } from './ahead';
import { followsItsArticle, withDeposits } from './deposits';
import { clearField } from './field';
import { afterPricing } from './payment';
import { dated } from './rates';
import { numberFrom, priceReturning } from './correction';
import { drawReturn } from './returnview';
import { refusedByEngine, storageIsFull } from './notices';
import { drawParked, parkedName } from './parking';

const LIT_MS = 400;
const UNDO_MS = 10_000;

export function emptyDraft(): Draft {
  return {
    id: uuid7(),
    opened_at: instant().at,
    lines: [],
    discounts: [],
    tenders: [],
    deleted: [],
    customer: null,
    paying: false,
    total_minor: 0,
  };
}

/** Nothing in it: ready for whoever comes next. Lines taken out of it stay with it, for the Z. */
export const isBlank = (draft: Draft): boolean =>
  draft.lines.length === 0 && draft.tenders.length === 0 && draft.customer === null && !draft.returning;

/** Nothing in it and nothing to tell of it: it may be forgotten. */
export const isEmpty = (draft: Draft): boolean => isBlank(draft) && draft.deleted.length === 0;

export function engineBasket(desk: Desk, draft: Draft): Basket {
  const { mode, currency, country } = desk.boot!;
  return {
    format: 'basket/1',
    mode,
    currency,
    country,
    lines: draft.lines.filter((row) => row.kind === 'article').map((row) => dated(desk, row.line)),
    discounts: [...draft.discounts],
    charges: [],
  };
}

/** Prices `draft` first; only a basket the engine accepts takes the place of the one in hand. */
export async function replaceDraft(
  desk: Desk,
  asked: Draft,
  options: { lit?: string | null; undo?: string } = {},
): Promise<boolean> {
  const lines = withDeposits(desk, asked.lines);
  const draft = lines === asked.lines ? asked : { ...asked, lines };
  let priced: Priced;
  try {
    priced = draft.returning ? await priceReturning(desk, draft) : await priceBasket(desk, engineBasket(desk, draft));
  } catch (reason) {
    if (!(reason instanceof EngineRefusal)) throw reason;
    if (outgrown(desk, asked, reason.refusal.code)) return withoutDiscount(desk, asked, options);
    refusedByEngine(desk, reason.refusal);
    return false;
  }
  if (options.undo) offerUndo(desk, options.undo, draftOf(desk));
  else if (desk.undo?.draft.id === draft.id && draft !== desk.drafts.get(draft.id)) forgetUndo(desk); // it would take back more than the last gesture
  desk.drafts.set(draft.id, { ...draft, total_minor: priced.gross_minor });
  if (draft.id === desk.current) drawBasket(desk, priced, options.lit ?? null);
  else drawTabs(desk);
  keepDraft(desk, draft.id);
  if (draft.id === desk.current) {
    await afterPricing(desk);
    await drawReturn(desk);
  }
  return true;
}

/** The ticket's own discount was given on more than what stays: the gesture was about a line, it must not be refused for it. */
const outgrown = (desk: Desk, asked: Draft, refusal: string): boolean =>
  refusal === 'discount_too_large' &&
  asked.discounts.length > 0 &&
  asked.discounts === desk.drafts.get(asked.id)?.discounts;

async function withoutDiscount(
  desk: Desk,
  asked: Draft,
  options: Parameters<typeof replaceDraft>[2],
): Promise<boolean> {
  if (!(await replaceDraft(desk, { ...asked, discounts: [] }, options))) return false;
  tell(desk, 'info', 'La remise du ticket est retirée : elle dépassait ce qui reste.', null);
  return true;
}

export function drawBasket(desk: Desk, priced: Priced, lit: string | null): void {
  const { view } = desk;
  const draft = draftOf(desk);
  desk.priced = priced;
  if (lit) desk.selected = lit;
  if (!draft.lines.some((row) => row.line.id === desk.selected))
    desk.selected = draft.lines.filter((row) => !row.container).at(-1)?.line.id ?? null;
  sync(view.lines, lineViews(draft, priced, lit), 'id');
  view.selected = desk.selected;
  view.total_minor = priced.gross_minor;
  view.net_minor = priced.net_minor;
  view.vat_minor = priced.vat_minor;
  view.discount_minor = priced.discount_minor;
  view.articles = priced.articles;
  sync(view.vat, priced.vat, 'vat_e4');
  view.basket_discount = draft.discounts[0] ? { reason: draft.discounts[0].reason } : null;
  view.customer = draft.customer;
  if (draft.lines.length > 0) view.last = null;
  flushSync();
  mark('line:shown');
  if (lit)
    setTimeout(() => {
      const line = view.lines.find((row) => row.id === lit);
      if (line) line.lit = false;
    }, LIT_MS);
  drawTabs(desk);
  drawCounts(desk, draft);
}

/** How many of each article key are in the basket. */
export function drawCounts(desk: Desk, draft: Draft): void {
  if (desk.view.keys.length === 0) return;
  const counts = new Map<string, Milli>();
  for (const { line, kind } of draft.lines)
    if (kind === 'article' && line.article)
      counts.set(line.article, (counts.get(line.article) ?? 0) + line.quantity_milli);
  for (const key of desk.view.keys) {
    const count = counts.get(key.article) ?? 0;
    if (key.in_basket_milli !== count) key.in_basket_milli = count;
  }
}

export function drawTabs(desk: Desk): void {
  const tabs = [...desk.drafts.values()].map((draft): BasketTab => ({
    id: draft.id,
    name: parkedName(draft),
    since: draft.opened_at,
    lines: draft.lines.length,
    total_minor: draft.total_minor,
    current: draft.id === desk.current,
  }));
  sync(desk.view.baskets, tabs, 'id');
  drawParked(desk);
}

/** Where a basket goes on: being paid, on the ticket that came back, or on the sale. */
export const screenOf = (draft: Draft): 'payment' | 'return' | 'sale' =>
  draft.paying ? 'payment' : draft.returning?.open ? 'return' : 'sale';

/** A basket names itself: its customer, or its first article. */
export function nameOf(draft: Draft): string {
  if (draft.returning)
    return draft.returning.ticket ? `Retour ${numberFrom(draft.returning.ticket)}` : 'Retour sans ticket';
  if (draft.customer) return draft.customer.name;
  const first = draft.lines[0];
  if (!first) return 'Nouveau client';
  return draft.lines.length > 1 ? `${first.line.label} + ${draft.lines.length - 1}` : first.line.label;
}

/** Shows the basket in hand again, after a change of basket. */
export async function redraw(desk: Desk): Promise<void> {
  await replaceDraft(desk, draftOf(desk));
}

/** The basket's lines with one more, or with one more of the same. */
export function withLine(
  draft: Draft,
  line: EngineLine,
  more: Partial<DraftLine>,
): { lines: DraftLine[]; row: DraftLine; merged: boolean } {
  const known = more.manual ? undefined : draft.lines.find((row) => mergeable(row, line));
  if (!known) {
    const row = draftLine(line, more);
    return { lines: [...draft.lines, row], row, merged: false };
  }
  const row = { ...known, line: { ...known.line, quantity_milli: known.line.quantity_milli + line.quantity_milli } };
  return { lines: [...draft.lines.filter((other) => other !== known), row], row, merged: true };
}

export async function addLine(
  desk: Desk,
  line: EngineLine,
  more: Partial<DraftLine> = {},
  into: string = desk.current,
): Promise<boolean> {
  const draft = desk.drafts.get(into)!;
  const { lines, row, merged } = withLine(draft, line, more);
  const done = await replaceDraft(desk, { ...draft, lines }, { lit: row.line.id });
  if (done) desk.sounds.play(merged ? 'merged' : 'article');
  return done;
}

export async function addArticle(
  desk: Desk,
  article: Article,
  quantity_milli: Milli,
  price_e4?: number,
  into?: string,
): Promise<boolean> {
  if (price_e4 === undefined) return addLine(desk, scannedLine(desk, article, quantity_milli), {}, into);
  return addLine(desk, engineLine(article, quantity_milli, price_e4), { manual: true }, into);
}

export async function addWaiting(desk: Desk, row: DraftLine, into: string = desk.current): Promise<void> {
  const draft = desk.drafts.get(into)!;
  await replaceDraft(desk, { ...draft, lines: [...draft.lines, row] }, { lit: row.line.id });
}

export function selectedLine(desk: Desk): DraftLine | null {
  return draftOf(desk).lines.find((row) => row.line.id === desk.selected) ?? null;
}

export async function changeLine(desk: Desk, id: string, patch: Partial<EngineLine>, undo: string): Promise<boolean> {
  const draft = draftOf(desk);
  if (draft.lines.some((row) => row.line.id === id && row.back)) {
    tell(
      desk,
      'info',
      'Cette ligne est rendue : elle garde son prix et sa quantité.',
      'Pour la changer, revenez au ticket (F8).',
    );
    return false;
  }
  const lines = draft.lines.map((row) =>
    row.line.id === id
      ? { ...row, manual: row.manual || 'unit_price_e4' in patch, line: { ...row.line, ...patch } }
      : row,
  );
  const before = desk.view.notice?.id;
  const done = await replaceDraft(desk, { ...draft, lines }, { lit: id, undo });
  if (done && desk.view.notice?.id === before) desk.view.notice = null; // it asked for this, or spoke of the line as it was
  return done;
}

/** Taking a line out is kept with the sale: what, how much, by whom (it enters the Z). */
export async function removeLine(desk: Desk, id: string): Promise<void> {
  const draft = draftOf(desk);
  const row = draft.lines.find((one) => one.line.id === id);
  if (!row || followsItsArticle(desk, row)) return;
  const amount = desk.priced?.lines.find((one) => one.id === id);
  const gone = {
    label: row.line.label,
    quantity_milli: row.line.quantity_milli,
    amount_minor: amount?.gross_minor ?? 0,
    operator: operator(desk).id,
  };
  const lines = draft.lines.filter((one) => one !== row);
  const deleted = row.kind === 'article' && !row.back ? [...draft.deleted, gone] : draft.deleted;
  await replaceDraft(desk, { ...draft, lines, deleted }, { undo: `${row.line.label} retiré` });
}

function offerUndo(desk: Desk, label: string, draft: Draft): void {
  const until = Date.now() + UNDO_MS;
  desk.undo = { label, draft, until };
  desk.view.undo = label;
  setTimeout(() => {
    if (desk.undo?.until === until) forgetUndo(desk);
  }, UNDO_MS);
}

export function forgetUndo(desk: Desk): void {
  desk.undo = null;
  desk.view.undo = null;
}

export async function undo(desk: Desk): Promise<void> {
  const { undo: last } = desk;
  if (last && beingPaid(desk)) return;
  if (!last || Date.now() > last.until || !desk.drafts.has(last.draft.id)) return forgetUndo(desk);
  forgetUndo(desk);
  desk.current = last.draft.id;
  const there = new Set(desk.drafts.get(last.draft.id)?.lines.map((row) => row.line.id));
  await replaceDraft(desk, last.draft, {
    lit: last.draft.lines.find((row) => !there.has(row.line.id))?.line.id ?? null,
  }); // what came back is in hand
}

export async function switchTo(desk: Desk, id: string): Promise<void> {
  if (!desk.drafts.has(id)) return;
  const leaving = draftOf(desk);
  const { parked, ...taken } = desk.drafts.get(id)!;
  if (parked) {
    desk.drafts.set(id, taken);
    keepDraft(desk, id);
  } // in hand again
  desk.current = id;
  desk.selected = null;
  desk.asked.clear();
  forgetUndo(desk);
  cancelApproval(desk); // it was asked about the basket left behind
  if (desk.pending && leaving.id !== id) clearField(desk); // and so was this
  if (leaving.id !== id && isEmpty(leaving)) await forgetDraft(desk, leaving.id);
  await redraw(desk);
}

/** There is never more than one basket with nothing in it. */
export async function newBasket(desk: Desk): Promise<void> {
  const draft = [...desk.drafts.values()].find(isBlank) ?? emptyDraft();
  if (!isBlank(draftOf(desk))) desk.back = desk.current;
  desk.drafts.set(draft.id, draft);
  await switchTo(desk, draft.id);
}

export async function forgetDraft(desk: Desk, id: string): Promise<void> {
  desk.drafts.delete(id);
  await desk.db.write(['drafts'], (tx) => {
    tx.objectStore('drafts').delete(id);
  });
}

// -- keeping baskets safe: one strict write after the line is on the screen, the latest state only ------------------------

const dirty = new WeakMap<Desk, Set<string>>();

export function keepDraft(desk: Desk, id: string): void {
  const waiting = dirty.get(desk);
  if (waiting) {
    waiting.add(id);
    return;
  }
  dirty.set(desk, new Set([id]));
  setTimeout(() => void writeDrafts(desk), 0);
}

/** Resolves when every basket is on the disk as it is on the screen. */
export async function writeDrafts(desk: Desk): Promise<void> {
  const ids = [...(dirty.get(desk) ?? [])];
  dirty.delete(desk);
  if (ids.length === 0) return;
  try {
    await desk.db.write(['drafts', 'records', 'meta'], async (tx) => {
      tx.objectStore('meta').put(desk.current, 'current');
      for (const id of ids) {
        const draft = desk.drafts.get(id);
        const paid = await ask(tx.objectStore('records').index('id').getKey(id)); // a late write must not bring a paid basket back
        if (draft && !isEmpty(draft) && paid === undefined) tx.objectStore('drafts').put(draft);
        else tx.objectStore('drafts').delete(id);
      }
    });
    desk.storageFull = false;
  } catch (reason) {
    desk.storageFull = true;
    storageIsFull(desk, reason instanceof StorageFull);
  }
}

export async function loadDrafts(desk: Desk): Promise<void> {
  const [drafts, paid] = await desk.db.read(['drafts', 'records'], async (tx) => {
    const all = await ask<Draft[]>(tx.objectStore('drafts').getAll());
    const done: string[] = [];
    for (const draft of all)
      if ((await ask(tx.objectStore('records').index('id').getKey(draft.id))) !== undefined) done.push(draft.id);
    return [all, done] as const;
  });
  for (const draft of drafts.sort((a, b) => a.id.localeCompare(b.id)))
    if (!paid.includes(draft.id)) desk.drafts.set(draft.id, draft);
  const inHand = await desk.db.get<string>('meta', 'current');
  if (inHand && desk.drafts.has(inHand)) desk.current = inHand;
  else if (desk.drafts.size > 0) desk.current = [...desk.drafts.keys()].at(-1)!;
  else {
    const draft = emptyDraft();
    desk.drafts.set(draft.id, draft);
    desk.current = draft.id;
  }
  if (desk.drafts.size > 0 && drafts.length > 0) tell(desk, 'info', 'Vos ventes en cours sont intactes.', null, []);
}
