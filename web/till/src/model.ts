/* What the screens see of the till, and what they may ask of it.
   `core/` and `state/` implement TillModel; `screens/` draw `view` and call `do`. Screens hold no rule and compute no amount. */

import type { Command } from './command';

export type Minor = number; // cents, always a safe integer
export type Milli = number; // thousandths

export type Screen =
  | 'starting'
  | 'enrol'
  | 'blocked'
  | 'lock'
  | 'opening'
  | 'sale'
  | 'payment'
  | 'movement'
  | 'xreport'
  | 'closing'
  | 'closed'
  | 'tickets'
  | 'return';

export interface Shop {
  name: string;
  legal_name: string;
  address: string[];
  siret: string;
  vat_number: string;
  phone: string;
}
export interface Person {
  id: string;
  name: string;
  initials: string;
  role: string;
}

export interface LineView {
  id: string;
  label: string;
  detail: string | null; // "0,440 kg × 31,90 €/kg", "2 × 9,80 €"
  kind: 'article' | 'unknown' | 'refused';
  code: string | null;
  quantity_milli: Milli;
  weighed: boolean;
  unit: string;
  gross_minor: Minor;
  list_minor: Minor;
  discount_minor: Minor;
  discount_label: string | null;
  reason: string | null; // for refused and unknown lines, in French
  lit: boolean; // just added, 400 ms
}
export interface BasketTab {
  id: string;
  name: string;
  since: string;
  lines: number;
  total_minor: Minor;
  current: boolean;
}
export interface VatView {
  vat_e4: number | null;
  base_minor: Minor;
  vat_minor: Minor;
  gross_minor: Minor;
}
export interface ArticleKey {
  article: string;
  name: string;
  price_minor: Minor | null;
  unit: string;
  open_price: boolean;
  family: string;
  colour: number;
  in_basket_milli: Milli;
  photo: string | null;
}
export interface FamilyKey {
  code: string;
  name: string;
  colour: number;
}
export interface Found {
  kind: 'article' | 'customer' | 'create_customer';
  id: string;
  title: string;
  detail: string;
  price_minor: Minor | null;
  colour: number;
}
export interface TenderKey {
  code: string;
  label: string;
  kind: string;
  caption: string;
  amount_minor: Minor | null;
  shortcut: string | null;
  disabled: string | null;
  selected: boolean;
}
export interface TakenTender {
  id: string;
  label: string;
  amount_minor: Minor;
  tendered_minor: Minor;
  note: string | null;
}
export interface HandOver {
  received_minor: Minor;
  change_minor: Minor;
}
export interface Piece {
  value_minor: Minor;
  count: number;
}

export interface FieldView {
  text: string; // what was typed, as typed
  number: string | null; // the French reading when it is a number ("20,00")
  mode: 'empty' | 'number' | 'search';
  multiplier_milli: Milli | null; // the chip "× 12"
  hints: { key: string; does: string }[]; // what each key will do with the waiting number
  asked: string | null; // what the till waits for, said in the field itself (« Poids en kg, Comté »)
  found: Found[];
  selected: number;
  queued: number; // scans not yet treated
}
export interface ApprovalView {
  text: string;
  people: string[];
  length: number;
  message: string | null;
}
export interface CopyView {
  way: 'mail' | 'qr';
  number: string;
  link: string | null;
  message: string | null;
} // a receipt without paper
export interface Notice {
  id: string;
  tone: 'info' | 'warn' | 'bad' | 'ok';
  what: string;
  kept: string | null;
  actions: { label: string; command: Command }[];
}

export interface CreateView {
  id: string;
  line: string;
  code: string;
  by: string;
  rates: { label: string; rate_e4: number }[];
  families: { code: string; name: string }[];
  message: string | null;
} // an article made of an unknown code
export interface ParkedRow {
  id: string;
  name: string;
  label: string;
  at: string;
  lines: number;
  total_minor: Minor;
  register: string | null;
  by: string | null;
} // register null: here

export interface LastSale {
  number: string;
  at: string;
  total_minor: Minor;
  change_minor: Minor;
  received_minor: Minor;
  payments: string; // "titre-resto 20,00, espèces 70,00"
  coins: Piece[];
  printed: 'no' | 'queued' | 'sent' | 'printed' | 'blocked';
  extract: string;
}
export interface StatusView {
  waiting: number; // sealed records of any kind still to be sent
  unsynced: number;
  oldest_unsynced: string | null; // tickets among them
  online: boolean;
  server_seen: boolean;
  printer: { state: 'ok' | 'none' | 'warn' | 'off'; message: string | null; action: string | null; waiting: number };
  drawer: 'ok' | 'none' | 'warn';
  persisted: boolean | null;
  training: boolean;
  clock_warning: string | null;
}
export interface CountRow {
  value_minor: Minor;
  count: number;
  bank_note: boolean;
  amount_minor: Minor;
}
export interface CountView {
  rows: CountRow[];
  selected: number;
  total_minor: Minor;
  notes_minor: Minor;
  coins_minor: Minor;
}
export interface OpeningView {
  expected_minor: Minor | null;
  last_closed: string | null;
  last_by: string | null;
  count: CountView;
  same_as_left: boolean;
  difference_minor: Minor | null;
  forgotten: { business_date: string; opened_at: string; by: string; last_at: string | null } | null;
}
export interface ClosingStep {
  id: 'prepare' | 'stop' | 'tenders' | 'cash' | 'safe' | 'seal';
  title: string;
  caption: string;
  state: 'done' | 'current' | 'todo' | 'attention';
}
export interface TenderCount {
  tender: string;
  label: string;
  expected_minor: Minor | null;
  counted_minor: Minor | null;
  difference_minor: Minor | null;
  pieces: number | null;
  explanation: string | null;
} // expected and difference stay null until counted (blind)
export interface ClosingView {
  step: ClosingStep['id'];
  steps: ClosingStep[];
  count: CountView;
  tenders: TenderCount[];
  obstacles: { id: string; text: string; actions: { label: string; command: Command }[] }[];
  preview: ReceiptDoc | null;
  float_tomorrow_minor: Minor;
  to_safe_minor: Minor;
  clue: string | null;
  recounted: boolean;
  sealed: { number: string; extract: string; business_date: string } | null; // the day that was closed, which may be yesterday
  busy: boolean;
}
export interface MovementView {
  amount: string;
  direction: 'in' | 'out' | null;
  reasons: { code: string; label: string; direction: 'in' | 'out'; needs_label: boolean }[];
  reason: string | null;
  label: string;
  ready: string | null;
  expense: boolean;
  rates: { rate_e4: number; label: string }[];
  vat_e4: number | null; // a petty expense: its VAT rate, null when none is chosen
  photo: { url: string; note: string } | null;
  warning: string | null; // the drawer holds less than what goes out
}

export interface TicketRow {
  key: string;
  chain: string;
  seq: number;
  number: string;
  at: string;
  operator: string;
  operation: string;
  total_minor: Minor;
  payments: string;
}
export interface TicketsView {
  text: string;
  rows: TicketRow[];
  selected: number;
  searching: boolean;
  server: boolean;
} // server: the other tills' tickets are in it too
export interface ReturnLine {
  id: string;
  label: string;
  sold_milli: Milli;
  left_milli: Milli;
  wanted_milli: Milli;
  left_minor: Minor;
  amount_minor: Minor;
  weighed: boolean;
  unit: string;
} // amount_minor: what these give back, positive
export interface ReturnTender {
  code: string;
  label: string;
  caption: string;
  amount_minor: Minor;
  key: string | null;
  disabled: string | null;
}
export interface ReturnView {
  ticket: {
    number: string;
    at: string;
    by: string;
    operation: string;
    total_minor: Minor;
    payments: { label: string; amount_minor: Minor }[];
    copies: number;
  } | null; // null: without a ticket
  lines: ReturnLine[];
  selected: string | null;
  reasons: { code: string; label: string }[];
  reason: string | null;
  disposition: string | null;
  tenders: ReturnTender[];
  tender: string;
  refund_minor: Minor;
  sold: number;
  blocked: string | null;
  no_cancel: string | null;
  no_correction: string | null;
  correcting: {
    taken: number | null;
    put: string | null;
    puts: { code: string; label: string }[];
    blocked: string | null;
  } | null; // a wrong tender is being corrected
}

export interface ReceiptDoc {
  format: string;
  lang: string;
  blocks: ReceiptBlock[];
}
export type ReceiptBlock =
  | { t: 'text'; s: string; align?: 'l' | 'c' | 'r'; style?: string[] }
  | { t: 'row'; l: string; r: string; style?: string[] }
  | { t: 'cols'; c: string[]; w: number[] }
  | { t: 'rule' }
  | { t: 'image'; name: string }
  | { t: 'qr'; s: string }
  | { t: 'barcode'; kind: string; s: string }
  | { t: 'feed'; n: number }
  | { t: 'cut' };

export interface TillView {
  screen: Screen;
  blocked: string | null; // why, in French (second tab, storage not durable, no key)
  blocked_by: 'tab' | 'enrolment' | null; // what ends it: the other tab closed, a new enrolment, or only this page opened again
  shop: Shop | null;
  register: { code: string; name: string } | null;
  cashier: Person | null;
  cashiers: Person[];
  pin: { length: number; message: string | null; wait_s: number; chosen: string | null }; // chosen: the cashier whose code is awaited, when one was touched
  baskets: BasketTab[];
  lines: LineView[];
  selected: string | null;
  customer: { id: string; name: string; detail: string } | null;
  total_minor: Minor;
  net_minor: Minor;
  vat_minor: Minor;
  vat: VatView[];
  discount_minor: Minor;
  articles: number;
  basket_discount: { reason: string | null } | null; // the ticket's own discount
  parked: ParkedRow[]; // what waits, here and on the other registers
  field: FieldView;
  families: FamilyKey[];
  family: string;
  keys: ArticleKey[];
  page: number;
  pages: number;
  tenders: TenderKey[];
  more_tenders: TenderKey[];
  taken: TakenTender[];
  due_minor: Minor;
  change_minor: Minor;
  coins: Piece[];
  coins_short: Minor[];
  pay_blocked: string | null; // why the sale cannot be validated yet ("il manque 4,70 €"), null when it can
  hand_overs: HandOver[];
  last: LastSale | null;
  receipt: ReceiptDoc | null; // the receipt being shown, when asked
  status: StatusView;
  notice: Notice | null;
  undo: string | null;
  approval: ApprovalView | null; // a second person's code is awaited: digits type it
  opening: OpeningView | null;
  closing: ClosingView | null;
  movement: MovementView | null;
  x: ReceiptDoc | null;
  tickets: TicketsView | null;
  returning: ReturnView | null;
  shortcuts: { key: string; label: string; command: Command }[];
  overlay: 'none' | 'shortcuts' | 'palette' | 'status' | 'receipt' | 'more' | 'copy' | 'parked' | 'create';
  creating: CreateView | null;
  copy: CopyView | null;
  offers: { mail: boolean; qr: boolean };
  palette: { text: string; found: { keys: string; label: string; command: Command }[] };
  settings: {
    theme: 'light' | 'dark' | 'contrast';
    hand: 'droite' | 'gauche';
    grand: boolean;
    sound: 0 | 1 | 2 | 3;
    mm: number;
  }; // mm: CSS px a millimetre, 0 = never calibrated, the style sheet decides
  session: { opened_at: string; business_date: string } | null;
  last_number: string | null; // for the lock screen
  stats: { articles: number; ready_ms: number };
}

/* While counting (opening, closing), `digit` and `backspace` type into the selected row, the first digit replacing its count, and `enter` goes to the
   next row; in a movement they type the amount. */
/* Keyboard and scanner belong to `state/keymap.ts` and `core/scanner.ts`, which listen on the window: screens never listen to keys.
   The one field is an <input data-field="main" autocomplete="off"> showing `view.field.text`, whose `input` event calls
   `do({c:'field_set', text})`; any other text box is a plain <input> with its own command. A button's native Enter and Space work. */
export interface TillModel {
  /** A deep Svelte 5 `$state` proxy: reading it in a component subscribes to it. Never written by screens. */
  readonly view: TillView;
  /** Runs a command to its end; commands are queued and treated one at a time, in order, so no gesture is lost. */
  do(command: Command): Promise<void>;
}
