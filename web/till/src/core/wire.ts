/* Shapes that cross the network and the engine's door (docs/developer/shapes.md). */
import type { Minor, Milli, Piece, ReceiptDoc } from '../model';

/** [id, code, name, family, kind, unit, price_e4, vat_e4, flags, barcodes, eco_minor, photo, container or nothing: [article, thousandths a unit]] */
export type ArticleTuple = [
  string,
  string,
  string,
  string | null,
  string,
  string,
  number,
  number | null,
  number,
  (string | [string, number])[],
  number,
  string | null,
  ([string, number] | null)?,
];
export const FLAG = { openPrice: 1, mealVoucher: 2, discountable: 4, printForced: 8, inactive: 16 } as const;

export type Disposition = 'resale' | 'damaged' | 'supplier' | 'none';
export interface Discount {
  kind: 'percent' | 'amount' | 'target_total';
  value_e4?: number;
  value_minor?: Minor;
  vat_e4?: number | null;
  reason: string | null;
}
export interface EngineLine {
  id: string;
  article: string | null;
  label: string;
  family: string | null;
  kind: string;
  quantity_milli: Milli;
  unit: string;
  unit_price_e4: number;
  vat_e4: number | null;
  label_total_minor: Minor | null;
  eco_minor: Minor;
  discountable: boolean;
  meal_voucher: boolean;
  discounts: Discount[];
  origin_line?: string | null;
  disposition?: Disposition;
  return_reason?: string | null; // only on lines given back
}
export interface Basket {
  format: 'basket/1';
  mode: string;
  currency: string;
  country: string;
  lines: EngineLine[];
  discounts: Discount[];
  charges: never[];
}
export interface PricedLine {
  id: string;
  list_minor: Minor;
  line_discount_minor: Minor;
  basket_discount_minor: Minor;
  gross_minor: Minor;
  net_minor: Minor;
  vat_minor: Minor;
}
export interface Priced {
  lines: PricedLine[];
  vat: { vat_e4: number | null; base_minor: Minor; vat_minor: Minor; gross_minor: Minor }[];
  gross_minor: Minor;
  net_minor: Minor;
  vat_minor: Minor;
  discount_minor: Minor;
  articles: number;
  meal_voucher_minor: Minor;
}
export interface TenderType {
  code: string;
  label: string;
  kind: string;
  change: boolean;
  cap_minor: Minor | null;
  opens_drawer: boolean;
  needs_reference: boolean;
  eligible_only: boolean;
  position?: number;
}
export interface Tender {
  id: string;
  type: string;
  amount_minor: Minor;
  reference: string | null;
}
export interface SettleInput {
  format: 'settle/1';
  total_minor: Minor;
  meal_voucher_minor: Minor;
  cash_rounding: string;
  types: TenderType[];
  tenders: Tender[];
}
export interface Payment {
  id: string;
  type: string;
  amount_minor: Minor;
  tendered_minor: Minor;
  change_minor: Minor;
  reference: string | null;
}
export interface Settled {
  payments: Payment[];
  paid_minor: Minor;
  due_minor: Minor;
  due_cash_minor: Minor;
  change_minor: Minor;
  rounding_minor: Minor;
  complete: boolean;
  refusals: { id: string; code: string; params: Record<string, number | string> }[];
}
export interface Refusal {
  code: string;
  params: Record<string, unknown>;
  path?: string;
}

export interface Cashier {
  id: string;
  name: string;
  initials: string;
  role: string;
  rights: string[];
  pin: { salt: string; iterations: number; hash: string } | null;
}
export interface RateChange {
  from: string;
  old_e4: number;
  new_e4: number;
}
export interface Bootstrap {
  shop: Record<string, unknown> & {
    name: string;
    legal_name?: string;
    address?: string[];
    siret?: string;
    vat_number?: string;
    phone?: string;
  };
  country: string;
  mode: string;
  currency: string;
  zone: string;
  pack: string;
  cash_rounding: string;
  tenders: TenderType[];
  families: { code: string; name: string; colour: number; position: number }[];
  keys: { article: string; family: string; position: number }[];
  cashiers: Cashier[];
  denominations: (number | { value_minor: number })[];
  patterns: unknown[];
  reasons: { code: string; label: string; direction: 'in' | 'out'; needs_label: boolean }[];
  return_reasons?: { code: string; label: string; disposition: Disposition }[];
  credit_note?: { valid_days: number | null };
  returns?: { max_days: number | null };
  vat_changes?: RateChange[]; // rates that another replaces from a day on, oldest first
  vat_rates?: { code: string; label: string; rate_e4: number }[];
  drawer_reasons?: { code: string; label: string }[];
  print: {
    policy: 'on_demand' | 'always';
    server_printer: boolean;
    always_from_minor?: Minor | null;
    always_for_tenders?: string[];
    always_with_customer?: boolean;
  };
  copies?: { mail: boolean; qr: boolean; origin: string | null };
  limits: {
    cash_out_max_minor?: Record<string, number>;
    discount_max_e4?: Record<string, number>;
    refund_max_minor?: Record<string, number>;
  } & Record<string, unknown>;
  customers: { id: string; name: string; phone_tail: string }[];
  catalogue_version: number | string;
  server_time: string;
}
export interface Perpetual {
  algebraic_minor: Minor;
  absolute_minor: Minor;
}
export interface Enrolment {
  token: string;
  dossier: string;
  slug: string;
  register: string;
  register_name: string;
  generation: number;
  establishment: string;
  perpetual: Perpetual;
  server_key: string;
  enrolment: unknown;
}
export interface Envelope {
  id: string;
  chain: string;
  seq: number;
  type: string;
  body: string;
  to_sign: string;
  signature: string;
}
export interface Head {
  chain: string;
  seq: number;
  signature: string;
}
export interface PrintIntent {
  job: string;
  kind: string;
  receipt: ReceiptDoc | null;
  drawer: boolean;
  copies: number;
}
export interface CashBody {
  kind: 'opening' | 'in' | 'out' | 'count';
  amount_minor: Minor;
  reason: string | null;
  label: string;
  pieces: Piece[];
  counted: unknown[];
}
