/* Papers and the drawer: handed to the bridge when the page came through one, otherwise to the server. A job is a row written
   with its sale; sending it twice prints once; nothing here is ever waited for by a sale. */
import { ask, type Database } from './db';
import { Refused, Unreachable, type Api } from './api';
import type { PrintRow, StoredRecord } from './ledger';
import type { Head, PrintIntent } from './wire';
import { uuid7 } from './ids';
import { instant } from './clock';

const POLL_MS = 4000;
export const PULSE_LIFE_MS = 120_000; // an older drawer pulse must not open a drawer in front of another customer
const AT_ONCE = 20; // jobs asked about at each turn: the line to the server is also that of the sales
const DONE = new Set(['printed', 'sent_unconfirmed', 'cancelled', 'expired', 'failed']);

interface Health {
  printer?: {
    health: string;
    code: string | null;
    message_fr: string | null;
    action_fr: string | null;
    waiting: number;
  };
  drawer?: unknown;
}
export interface PrinterStatus {
  state: 'ok' | 'none' | 'warn' | 'off';
  message: string | null;
  action: string | null;
  waiting: number;
  drawer: 'ok' | 'none' | 'warn';
}
interface Hooks {
  status: (status: PrinterStatus) => void;
  job: (row: PrintRow) => void;
}

const SILENT: PrinterStatus = { state: 'none', message: null, action: null, waiting: 0, drawer: 'none' };

export class Printing {
  private readonly bridge: Api;
  hasBridge = false;
  private looked = false; // somebody answered: a bridge, or a server that knows of none
  private waiting = new Map<string, PrintRow>();
  private journalLate: StoredRecord[] = [];
  private sending = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly db: Database,
    private readonly api: Api,
    private readonly serverPrints: () => boolean,
    private readonly hooks: Hooks,
  ) {
    this.bridge = new (api.constructor as new (base: string) => Api)('/bridge/v1/');
  }

  get way(): 'bridge' | 'server' | null {
    return this.hasBridge ? 'bridge' : this.serverPrints() ? 'server' : null;
  }

  async start(): Promise<void> {
    await this.look();
    this.poll();
  }

  /** Jobs that an earlier life of this page left unfinished. */
  async unfinished(): Promise<PrintRow[]> {
    const rows = await this.db.all<PrintRow>('prints');
    return rows.filter((row) => !DONE.has(row.state));
  }

  async readd(rows: readonly PrintRow[]): Promise<void> {
    for (const row of rows) this.waiting.set(row.job, row);
  }

  private async look(): Promise<void> {
    try {
      const health = await this.bridge.get<Health & { name?: string }>('health', 1500);
      this.hasBridge = health.name === 'comptoir-bridge';
      this.hooks.status(this.hasBridge ? statusOf(health) : this.serverStatus());
      if (this.hasBridge && !this.looked) await this.refillJournal();
      this.looked = true;
      if (this.hasBridge) await this.sendJournal();
    } catch (reason) {
      if (reason instanceof Refused) {
        this.hasBridge = false;
        this.looked = true;
      }
      this.hooks.status(
        this.hasBridge
          ? {
              ...SILENT,
              state: 'off',
              message: 'Le pont d’impression ne répond pas.',
              action: 'Les ventes continuent. Relancez-le sur ce poste.',
              waiting: this.waiting.size,
            }
          : this.serverStatus(),
      );
    }
  }

  /** Without a bridge the printer is known only by what became of the jobs. */
  private serverStatus(): PrinterStatus {
    if (!this.serverPrints()) return SILENT;
    const stuck = [...this.waiting.values()].find((row) => row.state === 'blocked' || row.state === 'uncertain');
    if (stuck)
      return {
        state: 'off',
        message: stuck.message ?? 'L’imprimante ne répond pas.',
        action: 'Les ventes continuent, le ticket sortira seul.',
        waiting: this.waiting.size,
        drawer: 'warn',
      };
    return { state: 'ok', message: null, action: null, waiting: this.waiting.size, drawer: 'ok' };
  }

  private poll(): void {
    this.timer = setTimeout(() => void this.turn(), POLL_MS);
  }

  private async turn(): Promise<void> {
    try {
      if (this.hasBridge || !this.looked) await this.look(); // a bridge may start after its page
      await this.followSome();
      if (!this.hasBridge) this.hooks.status(this.serverStatus());
    } finally {
      if (this.timer) clearTimeout(this.timer);
      this.poll();
    }
  }

  /** The jobs that were asked about longest ago, then at the end of the line: a week without paper leaves thousands of them. */
  private async followSome(): Promise<void> {
    const some = [...this.waiting.values()].slice(0, AT_ONCE);
    for (const row of some) {
      this.waiting.delete(row.job);
      this.waiting.set(row.job, row);
    }
    await Promise.all(some.map((row) => this.follow(row)));
  }

  /** A paper asked for outside a sale: a reprint, an X, the drawer. Durable before it is sent. */
  async request(intent: Omit<PrintIntent, 'job'>, number: string | null): Promise<PrintRow> {
    const job = uuid7();
    const row: PrintRow = {
      job,
      record: null,
      number,
      intent: { job, ...intent },
      state: 'new',
      at: instant().at,
      way: this.way,
      message: null,
    };
    await this.db.put('prints', row);
    void this.send(row);
    return row;
  }

  /** Hands a row to the bridge or the server. With the server, papers of a sale travel with the sale itself. */
  async send(row: PrintRow): Promise<void> {
    const { way } = this;
    if (way === null && !this.looked && row.record !== null) {
      this.waiting.set(row.job, row); // nobody has said yet who prints
      return;
    }
    if (way === null) return this.become(row, 'cancelled', null);
    if (row.intent.receipt === null && Date.now() - Date.parse(row.at) > PULSE_LIFE_MS)
      return this.become(row, 'expired', null);
    this.waiting.set(row.job, { ...row, way });
    if (way === 'server' && row.record !== null && row.state === 'new') return this.become(row, 'queued', way);
    try {
      const answer = await (way === 'bridge' ? this.bridge : this.api).post<{
        job: string;
        state: string;
        message?: string;
      }>('print', row.intent, 4000);
      await this.become({ ...row, message: answer.message ?? null }, answer.state, way);
    } catch (reason) {
      if (reason instanceof Refused) await this.become({ ...row, message: reason.detail }, 'failed', way);
      else if (!(reason instanceof Unreachable)) throw reason; // silence: the next turn sends it again
    }
  }

  private async follow(row: PrintRow): Promise<void> {
    if (row.state === 'new') return this.send(row);
    if (row.record !== null && row.way === 'server' && (await this.inOutbox(row.record))) return;
    try {
      const path = row.way === 'bridge' ? `jobs/${row.job}` : `print/${row.job}`;
      const answer = await (row.way === 'bridge' ? this.bridge : this.api).get<{
        state: string;
        message?: string | null;
      }>(path, 4000);
      if (answer.state !== row.state || (answer.message ?? null) !== row.message)
        await this.become({ ...row, message: answer.message ?? null }, answer.state, row.way);
    } catch (reason) {
      if (reason instanceof Refused && reason.status === 404) await this.become(row, 'expired', row.way);
    }
  }

  private async inOutbox(record: string): Promise<boolean> {
    return this.db.read(['records', 'outbox'], async (tx) => {
      const n = await ask(tx.objectStore('records').index('id').getKey(record));
      return n !== undefined && (await ask(tx.objectStore('outbox').getKey(n))) !== undefined;
    });
  }

  private async become(row: PrintRow, state: string, way: PrintRow['way']): Promise<void> {
    const next = { ...row, state, way };
    if (DONE.has(state)) this.waiting.delete(row.job);
    else this.waiting.set(row.job, next);
    await this.db.put('prints', next);
    this.hooks.job(next);
  }

  /** Sends what is blocked again, at the cashier's request. */
  async retry(): Promise<void> {
    for (const row of this.waiting.values())
      if (row.state === 'blocked' || row.state === 'failed') await this.send({ ...row, state: 'retry' });
    await this.look();
  }

  /** The second journal, kept by the bridge: records it missed are given again. */
  journal(record: StoredRecord): void {
    if (!this.hasBridge) return; // none here, or not found yet: it is then told what it misses
    this.journalLate.push(record);
    void this.sendJournal();
  }

  /** What was sealed while the bridge was away, or in a life that was cut before telling it. */
  private async refillJournal(): Promise<void> {
    const { heads } = await this.bridge.get<{ heads: Head[] }>('journal/heads', 4000);
    const known = new Map(heads.map((head) => [head.chain, head.seq]));
    const late = new Set(this.journalLate.map((record) => record.id));
    const ours = await this.db.all<Head>('heads');
    for (const { chain, seq } of ours) {
      const from = known.get(chain) ?? 0;
      if (from >= seq) continue;
      const range = IDBKeyRange.bound([chain, from], [chain, seq], true);
      const missed = await this.db.read(['records'], (tx) =>
        ask<StoredRecord[]>(tx.objectStore('records').index('number').getAll(range)),
      );
      this.journalLate.push(...missed.filter((record) => !late.has(record.id)));
    }
    this.journalLate.sort((a, b) => (a.chain < b.chain ? -1 : a.chain > b.chain ? 1 : a.seq - b.seq));
  }

  private async sendJournal(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      await this.sendJournalInOrder();
    } finally {
      this.sending = false;
    }
  }

  private async sendJournalInOrder(): Promise<void> {
    while (this.journalLate.length > 0) {
      const { id, chain, seq, type, body, to_sign, signature } = this.journalLate[0]!;
      try {
        await this.bridge.post('journal', { id, chain, seq, type, body, to_sign, signature }, 4000);
      } catch (reason) {
        if (!(reason instanceof Refused) || reason.status >= 500) return; // away, or its disk is full: again at the next look
        console.warn('second journal', chain, seq, reason.status); // one that it never takes holds back no other
      }
      this.journalLate.shift();
    }
  }
}

function statusOf(health: Health): PrinterStatus {
  const printer = health.printer;
  const drawer = health.drawer ? 'ok' : 'none';
  if (!printer) return { ...SILENT, drawer };
  const state =
    printer.health === 'ok' ? 'ok' : printer.health === 'none' ? 'none' : printer.health === 'warn' ? 'warn' : 'off';
  return {
    state,
    message: state === 'ok' ? null : printer.message_fr,
    action: state === 'ok' ? null : printer.action_fr,
    waiting: printer.waiting,
    drawer,
  };
}
