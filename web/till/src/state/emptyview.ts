/* The view before anything is known: every field present, nothing to show. */
import type { TillView } from '../model';

export function emptyView(): TillView {
  return {
    screen: 'starting', blocked: null, shop: null, register: null, cashier: null, cashiers: [],
    pin: { length: 0, message: null, wait_s: 0, chosen: null },
    baskets: [], lines: [], selected: null, customer: null,
    total_minor: 0, net_minor: 0, vat_minor: 0, vat: [], discount_minor: 0, articles: 0, basket_discount: null,
    field: { text: '', number: null, mode: 'empty', multiplier_milli: null, hints: [], asked: null, found: [], selected: 0, queued: 0 },
    parked: [], families: [], family: '*', keys: [], page: 0, pages: 1,
    tenders: [], more_tenders: [], taken: [], due_minor: 0, change_minor: 0, coins: [], coins_short: [],
    pay_blocked: null, hand_overs: [], last: null, receipt: null,
    status: {
      waiting: 0, unsynced: 0, oldest_unsynced: null, online: true, server_seen: false,
      printer: { state: 'none', message: null, action: null, waiting: 0 },
      drawer: 'none', persisted: null, training: false, clock_warning: null,
    },
    notice: null, undo: null, approval: null, opening: null, closing: null, movement: null, x: null, tickets: null, returning: null,
    shortcuts: [], overlay: 'none', creating: null, copy: null, offers: { mail: false, qr: false }, palette: { text: '', found: [] },
    settings: { theme: 'light', hand: 'droite', grand: false, sound: 2, mm: 0 },
    session: null, last_number: null, stats: { articles: 0, ready_ms: 0 },
  };
}
