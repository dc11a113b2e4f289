/* Made-up scenes of what comes back: `?mock=tickets`, `return`, `return_free`, `correcting`, `exchange`, `approval`, `forgotten`,
   and of what waits: `parked`, `create`.
   Amounts here are only drawn: nothing computes. Not in the production build. */
import type { ReturnLine, ReturnTender, ReturnView, TicketRow, TillView } from '../model';

const row = (seq: number, hour: string, total_minor: number, payments: string, operation = 'sale'): TicketRow => ({
  key: `C1-1-ticket/${seq}`,
  chain: 'C1-1-ticket',
  seq,
  number: `C1-1-${seq}`,
  at: `2026-11-22T${hour}:00Z`,
  operator: seq % 2 ? 'Léa Martin' : 'Karim Benali',
  operation,
  total_minor,
  payments,
});

const line = (
  id: string,
  label: string,
  sold: number,
  left: number,
  wanted: number,
  price: number,
  more: Partial<ReturnLine> = {},
): ReturnLine => ({
  id,
  label,
  sold_milli: sold * 1000,
  left_milli: left * 1000,
  wanted_milli: wanted * 1000,
  left_minor: left * price,
  amount_minor: wanted * price,
  weighed: false,
  unit: 'pce',
  ...more,
});

const tender = (
  code: string,
  label: string,
  caption: string,
  key: string | null,
  amount_minor: number,
): ReturnTender => ({ code, label, caption, amount_minor, key, disabled: null });

function returning(more: Partial<ReturnView> = {}): ReturnView {
  return {
    ticket: {
      number: 'C1-1-398',
      at: '2026-11-22T09:12:00Z',
      by: 'Karim Benali',
      operation: 'sale',
      total_minor: 8970,
      payments: [
        { label: 'Carte', amount_minor: 6970 },
        { label: 'Titre-resto', amount_minor: 2000 },
      ],
      copies: 1,
    },
    lines: [
      line('l1', 'Chemise lin blanche, taille 42', 1, 1, 1, 4500),
      line('l2', 'Verre ballon 25 cl', 6, 5, 2, 495),
      line('l3', 'Beaufort AOP', 1, 1, 0, 1404, { weighed: true, unit: 'kg', sold_milli: 440, left_milli: 440 }),
      line('l4', 'Carte de vœux', 1, 0, 0, 0),
    ],
    selected: 'l2',
    reasons: [
      { code: 'mind', label: 'A changé d’avis' },
      { code: 'defect', label: 'Défectueux' },
      { code: 'size', label: 'Taille ou couleur' },
      { code: 'other', label: 'Autre motif' },
    ],
    reason: 'defect',
    disposition: 'supplier',
    tenders: [
      tender('origin', 'Carte', 'd’origine', 'F10', 5490),
      tender('cash', 'Espèces', 'du tiroir', 'F9', 5490),
      tender('credit_note', 'Avoir', 'à valoir', '² av', 5490),
    ],
    tender: 'origin',
    refund_minor: 5490,
    sold: 0,
    blocked: null,
    no_cancel: 'Une partie est déjà reprise : remboursez le reste.',
    no_correction: null,
    correcting: null,
    ...more,
  };
}

function back(view: TillView, more: Partial<ReturnView> = {}): void {
  view.screen = 'return';
  view.returning = returning(more);
  view.baskets[0] = { ...view.baskets[0]!, name: 'Retour C1-1-398', lines: 2, total_minor: -5490 };
  view.total_minor = view.due_minor = -5490;
}

export const RETURNS: Record<string, (view: TillView) => void> = {
  tickets: (v) => {
    v.screen = 'tickets';
    v.tickets = {
      text: '',
      selected: 1,
      searching: false,
      server: true,
      rows: [
        row(412, '13:41', 8485, 'espèces 84,85'),
        row(411, '13:30', -1390, 'carte −13,90', 'refund'),
        row(410, '13:12', 470, 'espèces 4,70'),
        row(409, '12:55', 0, 'espèces −15,00, carte 15,00', 'correction'),
        row(408, '12:40', -2890, 'espèces −28,90', 'cancel'),
        row(407, '12:31', 123456, 'carte 1 234,56'),
      ],
    };
  },
  return: (v) => back(v),
  return_free: (v) =>
    back(v, {
      ticket: null,
      lines: [line('l1', 'Chemise lin blanche', 1, 1, 1, 4500)],
      reason: null,
      disposition: null,
      tender: 'credit_note',
      tenders: [
        tender('cash', 'Espèces', 'du tiroir', 'F9', 4500),
        tender('credit_note', 'Avoir', 'à valoir', '² av', 4500),
      ],
      refund_minor: 4500,
      blocked: 'Choisissez le motif.',
    }),
  correcting: (v) =>
    back(v, {
      correcting: {
        taken: 0,
        put: null,
        puts: [
          ['cash', 'Espèces'],
          ['cheque', 'Chèque'],
          ['meal', 'Titre-resto'],
          ['voucher', 'Bon d’achat'],
        ].map(([code, label]) => ({ code: code!, label: label! })),
        blocked: 'Choisissez le bon règlement.',
      },
    }),
  exchange: (v) => {
    const [first, second] = v.lines;
    v.lines = [
      {
        ...first!,
        id: 'r1',
        label: 'Chemise lin blanche, taille 42',
        quantity_milli: -1000,
        gross_minor: -4500,
        list_minor: -4500,
        detail: 'rendu',
      },
      {
        ...second!,
        id: 's1',
        label: 'Chemise lin blanche, taille 44',
        quantity_milli: 1000,
        gross_minor: 4900,
        list_minor: 4900,
        detail: null,
        lit: false,
      },
    ];
    v.selected = 's1';
    v.returning = returning({
      sold: 1,
      lines: [line('l1', 'Chemise lin blanche, taille 42', 1, 1, 1, 4500)],
      refund_minor: 4500,
    });
    v.baskets[0] = { ...v.baskets[0]!, name: 'Retour C1-1-398', lines: 2, total_minor: 400 };
    v.total_minor = v.due_minor = 400;
    v.articles = 1;
    v.vat = [];
    v.hand_overs = [
      { received_minor: 500, change_minor: 100 },
      { received_minor: 1000, change_minor: 600 },
    ];
    for (const key of [...v.tenders, ...v.more_tenders]) if (key.amount_minor !== null) key.amount_minor = 400;
  },
  approval: (v) => {
    back(v);
    v.approval = {
      text: 'Rembourser 54,90\u00a0€',
      people: ['Anne Dupont', 'Hélène Marchand'],
      length: 2,
      message: null,
    };
  },
  parked: (v) => {
    v.overlay = 'parked';
    v.parked = [
      {
        id: 'b2',
        name: 'Baguette + 1',
        label: '',
        at: '2026-11-22T12:40:00Z',
        lines: 2,
        total_minor: 470,
        register: null,
        by: 'Léa Martin',
      },
      {
        id: 'b3',
        name: 'Veste en jean + 2',
        label: 'veste bleue, revient à 16 h',
        at: '2026-11-22T13:32:00Z',
        lines: 3,
        total_minor: 8900,
        register: null,
        by: 'Karim Benali',
      },
      {
        id: 'b4',
        name: 'Élodie Petit',
        label: '',
        at: '2026-11-22T13:50:00Z',
        lines: 12,
        total_minor: 123456,
        register: 'C2',
        by: 'Hélène Marchand',
      },
    ];
  },
  create: (v) => {
    v.overlay = 'create';
    v.creating = {
      id: 'n1',
      line: 'l6',
      code: '3760123456784',
      by: 'u3',
      rates: [
        { label: '20 %', rate_e4: 2000 },
        { label: '10 %', rate_e4: 1000 },
        { label: '5,5 %', rate_e4: 550 },
      ],
      families: [{ code: 'epicerie', name: 'Épicerie' }],
      message: 'Indiquez le nom, le prix et le taux de TVA.',
    };
  },
  forgotten: (v) => {
    v.screen = 'opening';
    v.lines = [];
    v.opening = {
      expected_minor: null,
      last_closed: null,
      last_by: null,
      same_as_left: false,
      difference_minor: null,
      count: { rows: [], selected: 0, total_minor: 0, notes_minor: 0, coins_minor: 0 },
      forgotten: {
        business_date: '2026-11-21',
        opened_at: '2026-11-21T07:58:00Z',
        by: 'Karim Benali',
        last_at: '2026-11-21T18:04:00Z',
      },
    };
  },
};
