/* A made-up shop on a made-up afternoon, for drawing screens in development. Amounts are only drawn: nothing computes. */
import type { CountView, LineView, ReceiptDoc, TillView } from '../model';
import { emptyView } from './emptyview';

export function line(id: string, label: string, gross_minor: number, more: Partial<LineView> = {}): LineView {
  return {
    id,
    label,
    detail: null,
    kind: 'article',
    code: null,
    quantity_milli: 1000,
    weighed: false,
    unit: 'pce',
    gross_minor,
    list_minor: gross_minor,
    discount_minor: 0,
    discount_label: null,
    reason: null,
    lit: false,
    ...more,
  };
}

export function count(values: number[], counts: number[]): CountView {
  const rows = values.map((value_minor, i) => ({
    value_minor,
    count: counts[i] ?? 0,
    bank_note: value_minor >= 500,
    amount_minor: value_minor * (counts[i] ?? 0),
  }));
  const sum = (note: boolean): number =>
    rows.reduce((total, row) => (row.bank_note === note ? total + row.amount_minor : total), 0);
  return { rows, selected: 10, notes_minor: sum(true), coins_minor: sum(false), total_minor: sum(true) + sum(false) };
}

export const MONEY = [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];

export const RECEIPT: ReceiptDoc = {
  format: 'receipt/1',
  lang: 'fr',
  blocks: [
    { t: 'text', s: 'L’Épicerie du Pont', align: 'c', style: ['bold', 'double'] },
    { t: 'text', s: '12 rue du Pont, 38000 Grenoble', align: 'c' },
    { t: 'rule' },
    { t: 'row', l: 'Café en grains 1 kg', r: '18,90' },
    { t: 'row', l: 'Beaufort AOP 0,440 kg', r: '14,04' },
    { t: 'rule' },
    { t: 'row', l: 'TOTAL', r: '32,94 €', style: ['bold', 'double'] },
    { t: 'row', l: 'Espèces', r: '40,00' },
    { t: 'row', l: 'Rendu', r: '7,06' },
    { t: 'rule' },
    { t: 'cols', c: ['Taux', 'HT', 'TVA', 'TTC'], w: [2, 3, 3, 3] },
    { t: 'cols', c: ['5,5 %', '31,22', '1,72', '32,94'], w: [2, 3, 3, 3] },
    { t: 'barcode', kind: 'code128', s: 'TC1-1-412' },
    { t: 'text', s: 'Merci de votre visite', align: 'c' },
    { t: 'feed', n: 3 },
    { t: 'cut' },
  ],
};

const KEYS: [string, number | null, string, number][] = [
  ['Baguette tradition', 130, 'boul', 1],
  ['Pain complet', 340, 'boul', 1],
  ['Croissant', 125, 'boul', 1],
  ['Œufs plein air ×6', 285, 'cremerie', 2],
  ['Beurre demi-sel 250 g', 325, 'cremerie', 2],
  ['Comté 18 mois', 2890, 'cremerie', 2],
  ['Beaufort AOP', 3190, 'cremerie', 2],
  ['Lait entier 1 L', 119, 'cremerie', 2],
  ['Pommes Gala', 295, 'fruits', 3],
  ['Bananes', 199, 'fruits', 3],
  ['Carottes', 169, 'fruits', 3],
  ['Salade batavia', 150, 'fruits', 3],
  ['Café en grains 1 kg', 1890, 'epicerie', 4],
  ['Miel de montagne', 1250, 'epicerie', 4],
  ['Divers épicerie', null, 'epicerie', 4],
  ['Chocolat noir 70 %', 390, 'epicerie', 4],
  ['Bougie parfumée', 1690, 'cadeaux', 5],
  ['Carte de vœux', 350, 'cadeaux', 5],
  ['Divers cadeaux', null, 'cadeaux', 5],
  ['Sac en tissu', 500, 'divers', 6],
];

const tender = (code: string, label: string, kind: string, shortcut: string | null, amount_minor: number | null) => ({
  code,
  label,
  kind,
  caption: '',
  amount_minor,
  shortcut,
  disabled: null,
  selected: false,
});

const LINES = [
  line('l1', 'Café en grains 1 kg', 1890),
  line('l2', 'Miel de montagne', 2500, { detail: '2 × 12,50 €', quantity_milli: 2000 }),
  line('l3', 'Beaufort AOP', 1404, {
    detail: '0,440 kg × 31,90 €/kg',
    quantity_milli: 440,
    weighed: true,
    unit: 'kg',
  }),
  line('l4', 'Bougie parfumée', 1521, { list_minor: 1690, discount_minor: 169, discount_label: '−10 %' }),
  line('l5', 'Chocolat noir 70 %', 1170, { detail: '3 × 3,90 €', quantity_milli: 3000, lit: true }),
];

const SALE = {
  screen: 'sale',
  shop: {
    name: 'L’Épicerie du Pont',
    legal_name: 'SARL du Pont',
    address: ['12 rue du Pont', '38000 Grenoble'],
    siret: '73282932000074',
    vat_number: 'FR44732829320',
    phone: '04 76 00 00 00',
  },
  register: { code: 'C1', name: 'Caisse 1' },
  cashier: { id: 'u1', name: 'Léa Martin', initials: 'LM', role: 'cashier' },
  cashiers: [
    { id: 'u1', name: 'Léa Martin', initials: 'LM', role: 'cashier' },
    { id: 'u2', name: 'Karim Benali', initials: 'KB', role: 'cashier' },
    { id: 'u3', name: 'Anne Dupont', initials: 'AD', role: 'manager' },
  ],
  baskets: [
    {
      id: 'b1',
      name: 'Café en grains + 4',
      since: '2026-11-22T13:32:00Z',
      lines: 5,
      total_minor: 8485,
      current: true,
    },
    { id: 'b2', name: 'Baguette + 1', since: '2026-11-22T12:40:00Z', lines: 2, total_minor: 470, current: false },
  ],
  lines: LINES,
  selected: 'l5',
  total_minor: 8485,
  net_minor: 7746,
  vat_minor: 739,
  discount_minor: 169,
  articles: 8,
  vat: [
    { vat_e4: 2000, base_minor: 1268, vat_minor: 253, gross_minor: 1521 },
    { vat_e4: 550, base_minor: 6601, vat_minor: 363, gross_minor: 6964 },
  ],
  families: [
    { code: 'boul', name: 'Boulangerie', colour: 1 },
    { code: 'cremerie', name: 'Crèmerie', colour: 2 },
    { code: 'fruits', name: 'Fruits et légumes', colour: 3 },
    { code: 'epicerie', name: 'Épicerie', colour: 4 },
    { code: 'cadeaux', name: 'Cadeaux', colour: 5 },
    { code: 'divers', name: 'Divers', colour: 6 },
  ],
  keys: KEYS.map(([name, price_minor, family, colour], i) => ({
    article: `a${i}`,
    name,
    price_minor,
    unit: name.includes('AOP') || name.includes('Comté') ? 'kg' : 'pce',
    open_price: price_minor === null,
    family,
    colour,
    in_basket_milli: i === 15 ? 3000 : 0,
    photo: null,
  })),
  page: 0,
  pages: 3,
  tenders: [
    tender('cash', 'Espèces', 'cash', 'F9', 8485),
    tender('card', 'Carte', 'card', 'F10', 8485),
    tender('meal', 'Titre-resto', 'meal_voucher', null, 2500),
    tender('other', 'Autre', 'other', null, null),
  ],
  more_tenders: [
    tender('cheque', 'Chèque', 'cheque', null, 8485),
    tender('voucher', 'Bon d’achat', 'voucher', null, 8485),
    tender('account', 'En compte', 'account', null, 8485),
  ],
  due_minor: 8485,
  hand_overs: [
    { received_minor: 8500, change_minor: 15 },
    { received_minor: 9000, change_minor: 515 },
    { received_minor: 10000, change_minor: 1515 },
    { received_minor: 20000, change_minor: 11515 },
  ],
  shortcuts: [
    { key: 'F2', label: 'Champ', command: { c: 'field_focus' } },
    { key: 'F3', label: 'Client', command: { c: 'customer' } },
    { key: 'F9', label: 'Espèces', command: { c: 'tender', code: 'cash' } },
  ],
  status: {
    waiting: 0,
    unsynced: 0,
    oldest_unsynced: null,
    online: true,
    server_seen: true,
    printer: { state: 'ok', message: null, action: null, waiting: 0 },
    drawer: 'ok',
    persisted: true,
    training: false,
    clock_warning: null,
  },
  session: { opened_at: '2026-11-22T08:02:00Z', business_date: '2026-11-22' },
  last_number: '412',
  stats: { articles: 300, ready_ms: 412 },
} satisfies Partial<TillView>;

export function base(): TillView {
  return Object.assign(emptyView(), structuredClone(SALE));
}

export const LAST = {
  number: 'C1-1-412',
  at: '2026-11-22T13:41:12Z',
  total_minor: 8485,
  change_minor: 1515,
  received_minor: 10000,
  payments: 'espèces 100,00',
  coins: [
    { value_minor: 1000, count: 1 },
    { value_minor: 500, count: 1 },
    { value_minor: 10, count: 1 },
    { value_minor: 5, count: 1 },
  ],
  printed: 'no' as const,
  extract: 'q7Xz',
};
