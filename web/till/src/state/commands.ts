/* What each gesture does, whatever it came from. One table: a command is a name and its room. */
import type { Command } from '../command';
import type { Disposition } from '../core/wire';
import { enrolAgain } from '../core/enrol';
import { clean } from '../core/folding';
import { beingPaid, draftOf, show, type Desk } from './desk';
import { backApproval, cancelApproval, enterApproval, typeApproval } from './approval';
import { enterBox, eraseInBox, typeIntoBox } from './box';
import { changeLine, newBasket, removeLine, selectedLine, undo } from './basket';
import {
  backToSelling,
  countIsDone,
  countIsSealed,
  drawClosingCount,
  explain,
  goToStep,
  keepForTomorrow,
  lookAgain,
  nextStep,
  recount,
  setFloatTomorrow,
  setTenderCount,
  startClosing,
} from './closing';
import { askAddress, mailCopy, printQr, showQr } from './copies';
import { backCount, clearCount, selectCount, setCount, typeCount } from './counting';
import { sellContainer } from './deposits';
import { cancelTicket, refundNow } from './correctionseal';
import {
  backToTicket,
  changeReturning,
  chooseAll,
  chooseReason,
  goOnSelling,
  openTicket,
  openWithoutTicket,
  quitReturn,
} from './correction';
import {
  correcting,
  moveReturn,
  returnField,
  returnLine,
  returnTender,
  startCorrecting,
  stepReturn,
} from './returnkeys';
import { moveTicket, openSelected, openTickets, searchTickets } from './ticketlist';
import { reprint, seeTicket } from './reprint';
import { closeUncounted, continueDay, forgottenFirst } from './forgotten';
import { clearField, drawField, setField } from './field';
import {
  askCustomer,
  changePrice,
  changeQuantity,
  discountBasket,
  discountLine,
  discountReason,
  enter,
  more,
  pick,
  setCustomer,
  times,
} from './linetools';
import { chooseCashier, enterPin, lock, pinBack, typePin } from './lock';
import { closeMovement, drawMovement, openDrawer, openMovement, sealMovement, takePhoto } from './movement';
import { openPalette, typePalette } from './palette';
import { hearParked, nameParked, openParked, park, printParked, recall } from './parking';
import { backToSale, handOver, openPayment, tender, untake, validate } from './payment';
import { again, drawKeys, scan, sellArticle, sellUnknown } from './scan';
import { printLast, showLast } from './sale';
import { printZ, sealDay } from './sealz';
import { drawOpening, enterTill, openAsLeft, openOpening, openSession, printX, readX } from './session';
import { changeSetting } from './settings';
import { switchTraining } from './training';
import { askAttach, askCreate, createArticle } from './unknowncode';

type Of<C extends Command['c']> = Extract<Command, { c: C }>;
type Table = { [C in Command['c']]?: (desk: Desk, command: Of<C>) => void | Promise<void> };

const counting = (desk: Desk): boolean =>
  desk.view.screen === 'opening' ||
  (desk.view.screen === 'closing' && desk.closing?.step === 'cash' && !desk.closing.counted);

function drawCounting(desk: Desk): void {
  if (desk.view.screen === 'opening') drawOpening(desk);
  else drawClosingCount(desk);
}

/** Digits go where this screen types: a count, an amount of cash, tomorrow's float, or the one field. */
function typed(desk: Desk, key: string): void | Promise<void> {
  const { screen, movement } = desk.view;
  if (desk.approval) return typeApproval(desk, key);
  if (screen === 'lock') return typePin(desk, key);
  if (counting(desk)) {
    typeCount(desk, key);
    return drawCounting(desk);
  }
  if (screen === 'movement' && movement) {
    movement.amount = (movement.amount + key).slice(0, 12);
    return drawMovement(desk);
  }
  if (screen === 'closing') return typeIntoBox(key);
  if (screen === 'sale' || screen === 'payment' || screen === 'return') return setField(desk, desk.field + key);
}

function backspace(desk: Desk): void | Promise<void> {
  const { screen, movement } = desk.view;
  if (desk.approval) return backApproval(desk);
  if (screen === 'lock') return pinBack(desk);
  if (counting(desk)) {
    backCount(desk);
    return drawCounting(desk);
  }
  if (screen === 'movement' && movement) {
    movement.amount = movement.amount.slice(0, -1);
    return drawMovement(desk);
  }
  if (screen === 'closing') return eraseInBox();
  setField(desk, desk.field.slice(0, -1));
}

function onEnter(desk: Desk): void | Promise<void> {
  if (desk.approval) return enterApproval(desk);
  switch (desk.view.screen) {
    case 'lock':
      return enterPin(desk);
    case 'opening':
      selectCount(desk, desk.countSelected + 1);
      return drawOpening(desk);
    case 'closing':
      if (!counting(desk)) return enterBox() ? undefined : nextStep(desk);
      selectCount(desk, desk.countSelected + 1);
      return drawClosingCount(desk);
    case 'movement':
      return sealMovement(desk);
    case 'payment':
      return desk.field === '' ? validate(desk) : desk.pending ? enter(desk) : validate(desk);
    case 'sale':
      return enter(desk);
    case 'return':
      return desk.field === '' ? refundNow(desk) : returnField(desk);
    case 'tickets':
      return openSelected(desk);
    case 'xreport':
    case 'closed':
      return;
  }
}

/** What was typed, asked or multiplied goes before the screen does. */
function stepBack(desk: Desk): boolean {
  if (desk.field === '' && desk.pending === null && desk.multiplier === null) return false;
  desk.multiplier = null;
  clearField(desk);
  return true;
}

/** One step back; never clears a basket. */
function escape(desk: Desk): void | Promise<void> {
  const { view } = desk;
  if (view.overlay !== 'none') {
    view.overlay = 'none';
    return;
  }
  if (desk.approval) {
    cancelApproval(desk);
    view.notice = null;
    return view.screen === 'sale' ? clearField(desk) : undefined;
  }
  if (view.notice) view.notice = null;
  switch (view.screen) {
    case 'payment':
      return stepBack(desk) ? undefined : backToSale(desk);
    case 'movement':
      closeMovement(desk);
      return enterTill(desk);
    case 'xreport':
      view.x = null;
      return enterTill(desk);
    case 'tickets':
      view.tickets = null;
      return enterTill(desk);
    case 'return':
      return stepBack(desk) ? undefined : quitReturn(desk);
    case 'closing':
      return backToSelling(desk);
    case 'closed':
      return lock(desk);
    case 'sale':
      desk.multiplier = null;
      return clearField(desk);
  }
}

function barAction(desk: Desk): void | Promise<void> {
  if (desk.view.screen === 'movement') return sealMovement(desk);
  if (desk.view.screen === 'closing') return nextStep(desk);
  if (desk.view.screen === 'payment') return validate(desk);
  if (desk.view.screen === 'return') return refundNow(desk);
  if (desk.view.screen === 'tickets') return openSelected(desk);
}

function moveLine(desk: Desk, by: 1 | -1): void {
  const lines = draftOf(desk).lines;
  const at = lines.findIndex((row) => row.line.id === desk.selected);
  select(desk, lines[Math.max(0, Math.min(lines.length - 1, at + by))]?.line.id ?? null);
}

function select(desk: Desk, id: string | null): void {
  desk.selected = id;
  desk.view.selected = id;
}

async function nextBasket(desk: Desk, by: 1 | -1): Promise<void> {
  const ids = [...desk.drafts.keys()];
  const next = ids[(ids.indexOf(desk.current) + by + ids.length) % ids.length];
  if (next && next !== desk.current) await recall(desk, next);
}

async function goTo(desk: Desk, screen: Of<'go'>['screen']): Promise<void> {
  if (screen === 'lock') return lock(desk);
  if (desk.cashier === null) return;
  if (screen === 'enrol') return enrolAgain();
  if (screen === 'opening') return openOpening(desk);
  if (screen === 'closing') return startClosing(desk);
  if (screen === 'payment') return openPayment(desk);
  if (screen === 'sale') return enterTill(desk);
}

async function noteLine(desk: Desk, text: string): Promise<void> {
  const row = selectedLine(desk);
  const note = clean(text.trim()).slice(0, 80);
  if (row && note) await changeLine(desk, row.line.id, { label: `${row.line.label} (${note})` }, 'Note ajoutée');
}

export const TABLE: Table = {
  pin: (desk, { digit }) => (desk.approval ? typeApproval(desk, digit) : typePin(desk, digit)),
  pin_back: (desk) => (desk.approval ? backApproval(desk) : pinBack(desk)),
  approval_cancel: (desk) => {
    cancelApproval(desk);
    if (desk.pending?.op === 'line_discount') clearField(desk); // what could have been given instead
  },
  training: (desk) => switchTraining(desk),
  choose_cashier: (desk, { id }) => chooseCashier(desk, id),
  lock: (desk) => lock(desk),
  type: (desk, { text }) => setField(desk, desk.field + text),
  digit: (desk, { key }) => typed(desk, key),
  backspace: (desk) => backspace(desk),
  field_focus: (desk) => {
    document.querySelector<HTMLInputElement>('input[data-field="main"]')?.focus();
    drawField(desk);
  },
  field_set: (desk, { text }) => {
    if (desk.view.screen === 'movement' && desk.view.movement) {
      desk.view.movement.amount = text;
      drawMovement(desk);
    } else setField(desk, text);
  },
  enter: (desk) => onEnter(desk),
  escape: (desk) => escape(desk),
  times: (desk) => (desk.view.screen === 'return' ? returnField(desk) : times(desk)),
  percent: (desk) => discountLine(desk),
  scan: (desk, { text }) => scan(desk, text),
  article: (desk, { id }) => {
    desk.view.notice = null;
    return sellArticle(desk, id);
  },
  pick: (desk, { index }) => pick(desk, index),
  found_move: (desk, { by }) => {
    if (desk.view.screen === 'tickets') return moveTicket(desk, by);
    const { field } = desk.view;
    field.selected = Math.max(0, Math.min(field.found.length - 1, field.selected + by));
  },
  family: (desk, { code }) => {
    desk.family = code;
    desk.page = 0;
    drawKeys(desk);
  },
  page: (desk, { page }) => {
    desk.page = Math.max(0, page);
    drawKeys(desk);
  },
  layout: (desk, { keys }) => {
    desk.keysPerPage = Math.max(1, keys);
    if (desk.boot) drawKeys(desk);
  },
  select_line: (desk, { id }) => select(desk, id),
  move_line: (desk, { by }) => (desk.view.screen === 'return' ? moveReturn(desk, by) : moveLine(desk, by)),
  more: (desk, { by }) => more(desk, by),
  remove_line: (desk, { id }) => {
    if (desk.view.screen === 'return') return stepReturn(desk, -1);
    if (id === undefined && beingPaid(desk)) return;
    const line = id ?? desk.selected;
    desk.view.notice = null;
    return line ? removeLine(desk, line) : undefined;
  },
  again: (desk) => (desk.view.screen === 'return' ? stepReturn(desk, 1) : again(desk)),
  quantity: (desk) => changeQuantity(desk),
  line_price: (desk) => changePrice(desk),
  line_discount: (desk) => discountLine(desk),
  basket_discount: (desk) => discountBasket(desk),
  note: (desk, { text }) => noteLine(desk, text),
  discount_reason: (desk, { line, text }) => discountReason(desk, line, text),
  send_now: (desk) => {
    desk.sync.soon();
    lookAgain(desk);
  },
  sell_unknown: (desk, { line }) => sellUnknown(desk, line),
  attach_code: (desk, { line }) => askAttach(desk, line),
  create_article: (desk, { line }) => askCreate(desk, line),
  create_save: (desk, { name, price, vat_e4, family }) => createArticle(desk, { name, price, vat_e4, family }),
  sell_container: (desk, { line }) => sellContainer(desk, line),
  undo: (desk) => undo(desk),
  new_basket: async (desk) => {
    await newBasket(desk);
    show(desk, 'sale');
  },
  basket: (desk, { id }) => recall(desk, id),
  recall: (desk, { id }) => {
    desk.view.overlay = 'none';
    return recall(desk, id);
  },
  name_parked: (desk, { id, label }) => nameParked(desk, id, label),
  print_parked: (desk, { id }) => printParked(desk, id),
  keep_parked: (desk, { id }) => keepForTomorrow(desk, id),
  parked_news: (desk, { told, rows, taken }) => hearParked(desk, told, rows, taken),
  next_basket: (desk, { by }) => nextBasket(desk, by),
  park: (desk) => park(desk),
  customer: (desk) => askCustomer(desk),
  set_customer: (desk, { id }) => setCustomer(desk, id),
  tender: (desk, { code }) => (desk.view.screen === 'return' ? returnTender(desk, code) : tender(desk, code)),
  take_amount: (desk, { code, amount_minor }) => {
    clearField(desk);
    return tender(desk, code, amount_minor);
  },
  hand_over: (desk, { received_minor }) => handOver(desk, received_minor),
  untake: (desk, { id }) => untake(desk, id),
  pay: (desk) => openPayment(desk),
  back_to_sale: (desk) => backToSale(desk),
  validate: (desk) => barAction(desk),
  copy_mail: (desk) => askAddress(desk),
  copy_send: (desk, { address }) => mailCopy(desk, address),
  copy_qr: (desk) => showQr(desk),
  print_qr: (desk) => printQr(desk),
  print_last: (desk) => printLast(desk),
  show_last: (desk) => showLast(desk),
  drawer: (desk, { reason }) => openDrawer(desk, reason),
  retry_print: (desk) => {
    desk.view.notice = null;
    void desk.printing.retry();
    lookAgain(desk);
  },
  dismiss: (desk) => {
    desk.view.notice = null;
  },
  movement: (desk) => openMovement(desk),
  movement_reason: (desk, { code }) => {
    if (desk.view.movement) {
      desk.view.movement.reason = code;
      drawMovement(desk);
    }
  },
  movement_label: (desk, { text }) => {
    if (desk.view.movement) {
      desk.view.movement.label = text.slice(0, 80);
      drawMovement(desk);
    }
  },
  movement_vat: (desk, { rate_e4 }) => {
    if (desk.view.movement) desk.view.movement.vat_e4 = rate_e4;
  },
  movement_photo: (desk, { file }) => takePhoto(desk, file),
  tickets: (desk) =>
    draftOf(desk).returning?.ticket && desk.view.screen !== 'return' ? backToTicket(desk) : openTickets(desk),
  tickets_text: (desk, { text }) => searchTickets(desk, text),
  open_ticket: (desk, { chain, seq }) => openTicket(desk, chain, seq),
  no_ticket: (desk) => openWithoutTicket(desk),
  return_line: (desk, { line, by }) => returnLine(desk, line, by),
  return_all: (desk) => chooseAll(desk),
  return_reason: (desk, { code }) => chooseReason(desk, code),
  return_to: (desk, { disposition }) => changeReturning(desk, { disposition: disposition as Disposition }),
  return_tender: (desk, { code }) => changeReturning(desk, { tender: code }),
  exchange: (desk) => goOnSelling(desk),
  cancel_ticket: (desk, { sure }) => cancelTicket(desk, sure ?? false),
  reprint: (desk) => reprint(desk),
  see_ticket: (desk) => seeTicket(desk),
  correct: (desk) => startCorrecting(desk),
  correct_taken: (desk, { index }) => correcting(desk, { taken: index, put: null }),
  correct_put: (desk, { code }) => correcting(desk, { put: code }),
  x: (desk) => readX(desk),
  print_x: (desk) => printX(desk),
  close: (desk) => startClosing(desk),
  closing_step: (desk, { step }) => goToStep(desk, step),
  count: (desk, { row, by, set }) => {
    if (countIsDone(desk)) return;
    setCount(desk, row, { ...(by === undefined ? {} : { by }), ...(set === undefined ? {} : { set }) });
    drawCounting(desk);
  },
  count_clear: (desk) => {
    if (countIsDone(desk)) return;
    clearCount(desk);
    drawCounting(desk);
  },
  close_uncounted: (desk) => closeUncounted(desk),
  continue_day: (desk) => continueDay(desk),
  count_select: (desk, { row }) => {
    selectCount(desk, row);
    drawCounting(desk);
  },
  tender_count: (desk, { tender: code, amount: text }) => setTenderCount(desk, code, text),
  explain: (desk, { tender: code, text }) => explain(desk, code, text),
  recount: (desk) => recount(desk),
  float_tomorrow: (desk, { amount: text }) => setFloatTomorrow(desk, text),
  seal: (desk) => sealDay(desk),
  back_to_selling: (desk) => backToSelling(desk),
  open_session: (desk, { later }) => openSession(desk, later ?? false),
  same_float: (desk) => openAsLeft(desk),
  print_z: (desk) => printZ(desk),
  go: (desk, { screen }) => goTo(desk, screen),
  overlay: (desk, { which }) => {
    if (which === 'palette') openPalette(desk);
    else if (which === 'parked') openParked(desk);
    else desk.view.overlay = which;
    if (which === 'none') desk.view.receipt = null;
  },
  palette_type: (desk, { text }) => typePalette(desk, text),
  setting: (desk, { name, value }) => changeSetting(desk, name, value),
};

/** What a locked till still obeys. */
export const WHILE_LOCKED: ReadonlySet<Command['c']> = new Set([
  'pin',
  'pin_back',
  'digit',
  'backspace',
  'enter',
  'choose_cashier',
  'scan',
  'setting',
  'dismiss',
  'overlay',
  'layout',
  'retry_print',
  'escape',
  'parked_news',
]);

/** What would sell or move cash between a count already sealed and its Z, or before a forgotten day is closed or gone on with. */
const NOT_NOW: ReadonlySet<Command['c']> = new Set([
  'article',
  'basket',
  'recall',
  'next_basket',
  'new_basket',
  'park',
  'pay',
  'tender',
  'movement',
  'tickets',
  'open_ticket',
  'no_ticket',
]);

export function perform(desk: Desk, command: Command): void | Promise<void> {
  if (desk.cashier === null && !WHILE_LOCKED.has(command.c)) return;
  if (desk.view.screen === 'blocked' || desk.view.screen === 'starting') return;
  if (NOT_NOW.has(command.c)) {
    if (desk.closing?.sealing) return countIsSealed(desk);
    if (desk.view.screen === 'opening' && desk.view.opening?.forgotten) return forgottenFirst(desk);
  }
  const act = TABLE[command.c] as ((desk: Desk, command: Command) => void | Promise<void>) | undefined;
  return act?.(desk, command);
}
