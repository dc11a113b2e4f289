/* Made-up data for drawing screens in development: `?mock=sale`, `payment`, `after`, `amount`, `unknown`, `search`, `lock`,
   `opening`, `closing`, `closing_seal`, `closed`, `movement`, `xreport`, `enrol`, `blocked`, `starting`, `long`, `empty`.
   Amounts here are only drawn: nothing computes. Not in the production build. */
import type { Command } from '../command';
import type { TillModel, TillView } from '../model';
import { base, count, LAST, line, MONEY, RECEIPT } from './mockdata';
import { RETURNS } from './mockreturns';

function closing(view: TillView): void {
  view.screen = 'closing';
  view.closing = {
    step: 'cash',
    steps: [
      { id: 'prepare', title: 'Préparer', caption: 'rien en attente', state: 'done' },
      { id: 'stop', title: 'Arrêter les ventes', caption: 'par Léa à 19:02', state: 'done' },
      { id: 'cash', title: 'Espèces', caption: 'à compter', state: 'current' },
      { id: 'tenders', title: 'Autres règlements', caption: 'carte, chèques, titres', state: 'todo' },
      { id: 'safe', title: 'Fond de demain', caption: 'et mise au coffre', state: 'todo' },
      { id: 'seal', title: 'Sceller (Z)', caption: 'définitif', state: 'todo' },
    ],
    count: count(MONEY, [0, 0, 1, 4, 12, 9, 7, 22, 31, 18, 25, 30, 12, 8, 4]),
    tenders: [
      {
        tender: 'cash',
        label: 'Espèces',
        expected_minor: null,
        counted_minor: null,
        difference_minor: null,
        pieces: null,
        explanation: null,
      },
      {
        tender: 'card',
        label: 'Carte',
        expected_minor: 124350,
        counted_minor: 124350,
        difference_minor: 0,
        pieces: 41,
        explanation: null,
      },
      {
        tender: 'cheque',
        label: 'Chèque',
        expected_minor: 8900,
        counted_minor: 8750,
        difference_minor: -150,
        pieces: 2,
        explanation: null,
      },
    ],
    obstacles: [],
    preview: RECEIPT,
    float_tomorrow_minor: 15000,
    to_safe_minor: 58240,
    clue: null,
    recounted: false,
    sealed: null,
    busy: false,
  };
}

const SCENES: Record<string, (view: TillView) => void> = {
  empty: (v) => {
    v.lines = [];
    v.total_minor = v.due_minor = v.net_minor = v.vat_minor = v.discount_minor = v.articles = 0;
    v.vat = [];
    v.selected = null;
    v.hand_overs = [];
    v.baskets = [
      { id: 'b1', name: 'Client suivant', since: '2026-11-22T13:32:00Z', lines: 0, total_minor: 0, current: true },
    ];
    for (const t of v.tenders) t.amount_minor = null;
  },
  after: (v) => {
    SCENES.empty!(v);
    v.last = LAST;
    v.offers = { mail: true, qr: true };
  },
  copy_mail: (v) => {
    SCENES.after!(v);
    v.copy = {
      way: 'mail',
      number: LAST.number,
      link: null,
      message: 'Cette adresse n’a pas la forme nom@domaine. Relisez-la avec le client.',
    };
    v.overlay = 'copy';
  },
  copy_qr: (v) => {
    SCENES.after!(v);
    v.copy = {
      way: 'qr',
      number: LAST.number,
      link: 'https://caisse.exemple.fr/d/maison-verdier/t/C1-1-412/dGhpcyBpcyBubyB0b2tlbg',
      message: null,
    };
    v.overlay = 'copy';
  },
  amount: (v) => {
    v.field = {
      text: '20',
      number: '20,00',
      mode: 'number',
      multiplier_milli: null,
      hints: [
        { key: 'Espèces', does: 'prend 20,00 €, reste 64,85 €' },
        { key: '×', does: 'multiplie par 20' },
        { key: '%', does: 'remise de 20 % sur la ligne' },
      ],
      asked: null,
      found: [],
      selected: 0,
      queued: 0,
    };
    for (const t of v.tenders) if (t.amount_minor !== null) t.amount_minor = 2000;
  },
  search: (v) => {
    v.field = {
      text: 'cafe',
      number: null,
      mode: 'search',
      multiplier_milli: 12000,
      hints: [],
      asked: null,
      selected: 0,
      queued: 1,
      found: [
        {
          kind: 'article',
          id: 'a12',
          title: 'Café en grains 1 kg',
          detail: 'Épicerie · 3700123456789',
          price_minor: 1890,
          colour: 4,
        },
        { kind: 'article', id: 'a30', title: 'Café moulu 250 g', detail: 'Épicerie', price_minor: 590, colour: 4 },
        {
          kind: 'customer',
          id: 'c1',
          title: 'Café de la Gare',
          detail: '06 ·· ·· 56 78',
          price_minor: null,
          colour: 6,
        },
      ],
    };
  },
  unknown: (v) => {
    v.lines.push(
      line('l6', 'Code inconnu', 0, {
        kind: 'unknown',
        code: '3760123456784',
        reason: 'Code 3760123456784 inconnu dans vos articles.',
      }),
      line('l7', 'Couteau de chasse', 4900, { kind: 'refused', reason: 'Vente réservée aux majeurs.' }),
    );
    v.notice = {
      id: 'n1',
      tone: 'warn',
      what: 'Code 3760123456784 inconnu dans vos articles.',
      kept: 'Le reste du ticket est intact, vous pouvez continuer à scanner.',
      actions: [],
    };
    v.selected = 'l6';
  },
  payment: (v) => {
    v.screen = 'payment';
    v.taken = [
      { id: 't1', label: 'Titre-resto', amount_minor: 2000, tendered_minor: 2000, note: null },
      { id: 't2', label: 'Espèces', amount_minor: 6485, tendered_minor: 7000, note: null },
    ];
    v.due_minor = 0;
    v.change_minor = 515;
    v.coins = [
      { value_minor: 500, count: 1 },
      { value_minor: 10, count: 1 },
      { value_minor: 5, count: 1 },
    ];
    v.coins_short = [100];
  },
  payment_due: (v) => {
    v.screen = 'payment';
    v.taken = [{ id: 't1', label: 'Titre-resto', amount_minor: 2000, tendered_minor: 2000, note: null }];
    v.due_minor = 6485;
    v.tenders[0]!.amount_minor = v.tenders[1]!.amount_minor = 6485;
    v.hand_overs = [
      { received_minor: 6500, change_minor: 15 },
      { received_minor: 7000, change_minor: 515 },
      { received_minor: 10000, change_minor: 3515 },
      { received_minor: 20000, change_minor: 13515 },
    ];
  },
  lock: (v) => {
    SCENES.empty!(v);
    v.screen = 'lock';
    v.cashier = null;
    v.pin = { length: 2, message: null, wait_s: 0, chosen: 'u1' };
  },
  lock_wait: (v) => {
    SCENES.lock!(v);
    v.pin = { length: 0, message: 'Code non reconnu. Patientez 4 s.', wait_s: 4, chosen: null };
  },
  opening: (v) => {
    v.screen = 'opening';
    v.opening = {
      expected_minor: 15000,
      last_closed: '2026-11-21T18:12:00Z',
      last_by: 'Karim Benali',
      count: count(MONEY, [0, 0, 0, 0, 2, 4, 6, 10, 10, 10, 10, 10, 5, 5, 5]),
      same_as_left: true,
      difference_minor: 0,
      forgotten: null,
    };
  },
  closing,
  closing_seal: (v) => {
    closing(v);
    const c = v.closing!;
    c.step = 'seal';
    for (const s of c.steps) s.state = s.id === 'seal' ? 'current' : 'done';
    c.tenders[0] = { ...c.tenders[0]!, expected_minor: 73390, counted_minor: 73240, difference_minor: -150 };
    c.clue = 'L’écart de −1,50 € correspond au ticket C1-1-388 (1,50 €, carte).';
  },
  closed: (v) => {
    closing(v);
    v.screen = 'closed';
    v.closing!.sealed = { number: 'C1-1-37', extract: 'h4Kp', business_date: '2026-11-22' };
  },
  movement: (v) => {
    v.screen = 'movement';
    v.movement = {
      amount: '40',
      direction: 'out',
      reason: 'fournisseur',
      label: '',
      ready: 'Indiquez à qui vous payez.',
      expense: true,
      rates: [
        { rate_e4: 2000, label: '20 %' },
        { rate_e4: 1000, label: '10 %' },
        { rate_e4: 550, label: '5,5 %' },
      ],
      vat_e4: 2000,
      photo: null,
      warning: null,
      reasons: [
        { code: 'monnaie', label: 'Monnaie', direction: 'in', needs_label: false },
        { code: 'apport', label: 'Apport', direction: 'in', needs_label: false },
        { code: 'coffre', label: 'Vers le coffre', direction: 'out', needs_label: false },
        { code: 'fournisseur', label: 'Fournisseur', direction: 'out', needs_label: true },
        { code: 'frais', label: 'Frais', direction: 'out', needs_label: true },
      ],
    };
  },
  xreport: (v) => {
    v.screen = 'xreport';
    v.x = RECEIPT;
  },
  receipt: (v) => {
    SCENES.after!(v);
    v.receipt = RECEIPT;
    v.overlay = 'receipt';
  },
  enrol: (v) => {
    v.screen = 'enrol';
    v.register = null;
  },
  blocked: (v) => {
    v.screen = 'blocked';
    v.blocked_by = 'tab';
    v.blocked = 'La caisse 1 est déjà ouverte dans un autre onglet.';
  },
  starting: (v) => {
    v.screen = 'starting';
  },
  trouble: (v) => {
    v.status = {
      ...v.status,
      unsynced: 12,
      oldest_unsynced: '2026-11-22T12:05:00Z',
      online: false,
      server_seen: false,
      printer: {
        state: 'off',
        message: 'Imprimante sans papier.',
        action: 'Changez le rouleau : le ticket sortira seul.',
        waiting: 2,
      },
    };
  },
  long: (v) => {
    v.lines = Array.from({ length: 300 }, (_, i) =>
      line(`l${i}`, `Article au nom plutôt long numéro ${i + 1}`, 1000 + i),
    );
    v.selected = 'l299';
  },
  sale: () => undefined,
  ...RETURNS,
};

export function openMock(screen: string): TillModel {
  const view = $state(base());
  (SCENES[screen] ?? SCENES.sale!)(view);
  return {
    view,
    async do(command: Command): Promise<void> {
      console.info('do', $state.snapshot(command));
      if (command.c === 'overlay') view.overlay = command.which;
      if (command.c === 'setting') (view.settings as Record<string, unknown>)[command.name] = command.value;
      if (command.c === 'select_line') view.selected = command.id;
      if (command.c === 'family') view.family = command.code;
      if (command.c === 'go') view.screen = command.screen;
      if (command.c === 'digit' && view.screen === 'sale') {
        view.field.text += command.key;
        view.field.mode = 'number';
        view.field.number = view.field.text;
      }
      if (command.c === 'escape') {
        view.field.text = '';
        view.field.mode = 'empty';
        view.overlay = 'none';
      }
    },
  };
}
