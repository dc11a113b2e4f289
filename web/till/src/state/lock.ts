/* Who is at the till: PIN, lock, change of cashier. Baskets stay as they are; the locked screen shows none of them. */
import { askPersistence } from '../core/db';
import { EVENT } from '../core/events';
import type { Cashier } from '../core/wire';
import type { BasketTab } from '../model';
import { show, tell, type Desk } from './desk';
import { cancelApproval } from './approval';
import { forgetUndo } from './basket';
import { clearField } from './field';
import { enterTill, logEvent } from './session';
import { loadSettings } from './settings';

const SHORTEST = 4;
const LONGEST = 6;
const PAUSE_MS = 900; // after the fourth digit, how long a fifth may take

let pause: ReturnType<typeof setTimeout> | null = null;

function stopPause(): void {
  if (pause) clearTimeout(pause);
  pause = null;
}

export function drawPin(desk: Desk, message: string | null = desk.view.pin.message): void {
  desk.view.pin = { length: desk.pin.length, message, wait_s: desk.pins.waitSeconds(), chosen: desk.chosen };
}

export async function typePin(desk: Desk, digit: string): Promise<void> {
  if (!/^\d$/.test(digit) || desk.pin.length >= LONGEST) return;
  if (desk.pins.waitSeconds() > 0) return waiting(desk);
  stopPause();
  desk.pin += digit;
  drawPin(desk, null);
  if (desk.pin.length >= SHORTEST) await tryPin(desk);
}

export async function pinBack(desk: Desk): Promise<void> {
  if (desk.pin.length >= SHORTEST) return refuse(desk);
  desk.pin = desk.pin.slice(0, -1);
  drawPin(desk, null);
}

/** Entrée: what is typed is the whole code. */
export async function enterPin(desk: Desk): Promise<void> {
  if (desk.pin.length >= SHORTEST) await refuse(desk);
}

export function chooseCashier(desk: Desk, id: string): void {
  desk.chosen = desk.chosen === id ? null : id;
  desk.pin = '';
  drawPin(desk, null);
}

async function tryPin(desk: Desk): Promise<void> {
  const people = (desk.boot?.cashiers ?? []).filter((cashier) => desk.chosen === null || cashier.id === desk.chosen);
  const cashier = await desk.pins.who(desk.pin, people);
  if (cashier) {
    seat(desk, cashier);
    desk.pin = '';
    desk.chosen = null;
    drawPin(desk, null);
    await loadSettings(desk);
    if (desk.view.status.persisted === false)
      void askPersistence()
        .then((kept) => {
          desk.view.status.persisted = kept;
        })
        .catch(() => undefined); // browsers say yes to a page that is used
    await enterTill(desk);
    void logEvent(desk, EVENT.start, 'Prise de poste').catch(() => undefined);
  } else if (desk.pin.length >= LONGEST) await refuse(desk);
  else pause = setTimeout(() => void refuse(desk), PAUSE_MS);
}

function seat(desk: Desk, cashier: Cashier): void {
  desk.cashier = cashier;
  const { id, name, initials, role } = cashier;
  desk.view.cashier = { id, name, initials, role };
}

/** Rights changed in the office hold at once for who is at the till. Who left the shop finishes the customer: the lock comes next. */
export function takeRights(desk: Desk): void {
  const now = desk.boot?.cashiers.find((one) => one.id === desk.cashier?.id);
  if (now) seat(desk, now);
}

async function refuse(desk: Desk): Promise<void> {
  stopPause();
  desk.pin = '';
  desk.sounds.play('refused');
  const wait = await desk.pins.failed();
  if (wait > 0) return waiting(desk);
  drawPin(desk, 'Code non reconnu. Tapez-le à nouveau.');
}

function waiting(desk: Desk): void {
  const seconds = desk.pins.waitSeconds();
  drawPin(desk, seconds > 0 ? `Code non reconnu. Patientez ${seconds} s.` : null);
  if (seconds > 0)
    setTimeout(() => {
      if (desk.cashier === null) waiting(desk);
    }, 1000);
}

export async function lock(desk: Desk): Promise<void> {
  if (desk.cashier !== null) void logEvent(desk, EVENT.stop, 'Fin de poste').catch(() => undefined);
  desk.cashier = null;
  desk.view.cashier = null;
  desk.pin = '';
  desk.chosen = null;
  forgetUndo(desk);
  cancelApproval(desk);
  clearField(desk); // what was asked of one person is not answered by the next
  Object.assign(desk.view, {
    lines: [],
    baskets: nameless(desk),
    customer: null,
    last: null,
    notice: null,
    receipt: null,
    x: null,
    total_minor: 0,
  });
  desk.closing = null;
  show(desk, 'lock');
  drawPin(desk, null);
}

/** That baskets are kept, and nothing of what is in them. */
function nameless(desk: Desk): BasketTab[] {
  const kept = [...desk.drafts.values()].filter((draft) => draft.lines.length > 0);
  return kept.map(({ id, opened_at }) => ({
    id,
    name: '',
    since: opened_at,
    lines: 1,
    total_minor: 0,
    current: false,
  }));
}

export function drawCashiers(desk: Desk): void {
  if (desk.cashier === null) desk.view.baskets = nameless(desk);
  desk.view.cashiers = (desk.boot?.cashiers ?? [])
    .filter((cashier) => cashier.pin !== null)
    .map(({ id, name, initials, role }) => ({ id, name, initials, role }));
  if (desk.view.cashiers.length === 0 && desk.view.screen === 'lock')
    tell(
      desk,
      'warn',
      'Personne n’a encore de code pour cette caisse.',
      'Donnez un code à chaque personne, au bureau, page Utilisateurs.',
    );
}
