/* What the rooms of the till share: the view, the engine, the books, the catalogue, the baskets in hand. */
import type { Command } from '../command';
import type { CountView, Milli, Notice, Screen, TillView } from '../model';
import type { Api } from '../core/api';
import type { Article, Catalogue } from '../core/catalogue';
import type { Database } from '../core/db';
import type { Engine } from '../core/engine';
import type { Ledger, Operator } from '../core/ledger';
import type { Pins } from '../core/pin';
import type { Printing } from '../core/printing';
import type { Sounds } from '../core/sounds';
import type { Sync } from '../core/sync';
import type { Approval, Approver } from './approval';
import type { Returning } from './correction';
import type { Parked } from './parking';
import type { Bootstrap, Cashier, Discount, EngineLine, Priced, Settled, Tender } from '../core/wire';

export interface DraftLine {
  line: EngineLine;
  kind: 'article' | 'unknown' | 'refused';
  code: string | null;
  reason: string | null;
  manual: boolean;
  container?: boolean;
  back?: boolean;
} // container: a deposit that follows its articles; back: given back by the customer
export interface DeletedLine {
  label: string;
  quantity_milli: Milli;
  amount_minor: number;
  operator: string;
}

/** A basket in hand. Never changed in place: each gesture makes a new one, so that undo is a reference. */
export interface Draft {
  id: string;
  opened_at: string;
  lines: readonly DraftLine[];
  discounts: readonly Discount[];
  tenders: readonly Tender[];
  deleted: readonly DeletedLine[];
  customer: { id: string; name: string; detail: string } | null;
  paying: boolean;
  total_minor: number;
  approved?: Approver; // who allowed what the cashier could not do alone
  parked?: Parked; // set aside on purpose
  returning?: Returning; // articles come back in this basket
}

/** What the field is waiting for, when a key was pressed before its number. */
export type Pending =
  | { op: 'quantity' | 'line_price' | 'line_discount' | 'basket_discount' }
  | { op: 'open_price' | 'weight'; article: Article }
  | { op: 'unknown_price'; line: string }
  | { op: 'reference'; tender: string; amount_minor: number }
  | { op: 'customer' }
  | { op: 'attach'; line: string; by: string }; // whose article this unknown code is; by: who may say it

/** The closing in progress, saved at each step: a reload or another hour finds it as it was. */
export interface ClosingState {
  takings?: string | undefined; // what the tenders had come to when they were counted
  ids: { count: string; safe: string; event: string; z: string };
  step: 'prepare' | 'stop' | 'tenders' | 'cash' | 'safe' | 'seal';
  stopped: { at: string; by: string } | null;
  tenders: Record<string, number>;
  cash: number[] | null;
  counted: boolean;
  recounted: boolean;
  explanations: Record<string, string>;
  float_minor: number | null;
  forgotten?: boolean; // the event that tells it is written
  kept?: string[]; // baskets that somebody chose to keep for tomorrow
  sealing: boolean;
  transferred_minor: number; // an earlier attempt sealed the count, and perhaps the transfer to the safe: neither can change any more
}

export interface Undo {
  label: string;
  draft: Draft;
  until: number;
}

export interface Desk {
  readonly view: TillView;
  do(command: Command): Promise<void>;
  slug: string;
  home: Database; // the register's own: catalogue, settings, codes
  db: Database; // the books in use: the same, or those of an exercise
  engine: Engine;
  api: Api;
  ledger: Ledger;
  catalogue: Catalogue;
  sync: Sync;
  printing: Printing;
  pins: Pins;
  sounds: Sounds;
  boot: Bootstrap | null;
  cashier: Cashier | null;
  chosen: string | null;
  pin: string;
  drafts: Map<string, Draft>;
  current: string;
  next: string | null;
  back: string | null;
  priced: Priced | null;
  settled: Settled | null;
  unsettled: boolean; // unsettled: what is due was left to the last of the scans waiting
  selected: string | null;
  field: string;
  digits: string | null; // what was typed; its reading by the places of the keys on a French keyboard
  multiplier: Milli | null;
  pending: Pending | null;
  undo: Undo | null;
  approval: Approval | null;
  page: number;
  family: string;
  keysPerPage: number;
  storageFull: boolean;
  asked: Set<string>; // questions already asked about this basket
  count: number[];
  countSelected: number;
  countTyped: boolean;
  countTouched: boolean;
  closing: ClosingState | null;
  behind(): number; // scans waiting in the queue
  burst(): boolean;
}

export function operator(desk: Desk): Operator {
  return { id: desk.cashier?.id ?? 'till', name: desk.cashier?.name ?? 'Caisse' };
}

export function draftOf(desk: Desk): Draft {
  const draft = desk.drafts.get(desk.current);
  if (!draft) throw new Error('no basket in hand');
  return draft;
}

export function can(desk: Desk, right: string): boolean {
  return desk.cashier?.rights.includes(right) ?? false;
}

/** While money is taken the lines are not in hand: says so. Back on the sale they change again. */
export function beingPaid(desk: Desk): boolean {
  if (desk.view.screen !== 'payment') return false;
  desk.sounds.play('refused');
  tell(desk, 'info', 'Cette vente est en cours de règlement.', 'Revenez à la vente (Échap) pour changer le ticket.');
  return true;
}

/** Says no in words when the right is missing. */
export function permitted(desk: Desk, right: string, what: string): boolean {
  if (can(desk, right)) return true;
  desk.sounds.play('refused');
  tell(desk, 'warn', `Votre profil ne permet pas ${what}.`, 'Rien n’a changé. Appelez un responsable.');
  return false;
}

export function show(desk: Desk, screen: Screen): void {
  desk.view.screen = screen;
  desk.view.overlay = 'none';
}

/** Nothing can be sold from this page any more: why, and what ends it. */
export function block(desk: Desk, what: string, kept: string, by: TillView['blocked_by'] = null): void {
  desk.view.blocked = `${what} ${kept}`;
  desk.view.blocked_by = by;
  show(desk, 'blocked');
}

let noticeCount = 0;

export function tell(
  desk: Desk,
  tone: Notice['tone'],
  what: string,
  kept: string | null = null,
  actions: Notice['actions'] = [],
): void {
  desk.view.notice = { id: `n${++noticeCount}`, tone, what, kept, actions };
}

/** Writes only what differs, so that the screen redraws only what changed. */
export function sync<T extends object>(target: T[], next: readonly T[], key: keyof T): void {
  for (let i = 0; i < next.length; i++) {
    const wanted = next[i]!;
    const there = target[i];
    if (there === undefined) target.push(wanted);
    else if (there[key] !== wanted[key]) target[i] = wanted;
    else for (const name in wanted) if (there[name] !== wanted[name]) there[name] = wanted[name];
  }
  if (target.length > next.length) target.length = next.length;
}

export function emptyCount(): CountView {
  return { rows: [], selected: 0, total_minor: 0, notes_minor: 0, coins_minor: 0 };
}
