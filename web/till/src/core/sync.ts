/* Empties the outbox into the server, as often as needed and with the same ids; says when the server was lost and found. */
import { ask, type Database } from './db';
import { Refused, Unreachable, type Api } from './api';
import type { Envelope, Head, PrintIntent } from './wire';
import type { OutboxEntry, StoredRecord } from './ledger';
import { PULSE_LIFE_MS } from './printing';

const BATCH = 200;
const BATCH_CHARACTERS = 1_500_000; // the server takes 2 MB of bytes; accents weigh two
const PAUSES_MS = [500, 1000, 2000, 5000, 10_000, 20_000, 30_000] as const;
const QUIET_MS = 20_000; // with nothing to send, how often the server is looked for
const KEPT_DAYS = 35;
const RECEIPT_LIFE_MS = 12 * 3_600_000; // as at the printer (comptoir/bridge/spooler.py): nobody waits for the paper of an earlier day

interface Result {
  id: string;
  status: 'stored' | 'duplicate' | 'kept';
  code: string | null;
  detail: string | null;
}
export interface SyncHooks {
  first?: () => Promise<boolean>; // before anything is sent, once the server answers; false: this computer must send nothing
  changed: (records: number, tickets: number, oldest: string | null) => void;
  online: (online: boolean) => void;
  kept: (results: Result[]) => void;
  refused: (reason: Refused) => void;
  idle: () => Promise<void>; // called with the server in reach and nothing left to send
  prints: (record: string) => boolean; // does the server print what this record asks for?
}

export class Sync {
  online = true;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private running = false;
  private begun = false;
  private stopped = false;
  private again = false;
  private readonly refilled = new Set<string>(); // chain and head of the server from which records were sent again, once

  constructor(
    private readonly db: Database,
    private readonly api: Api,
    private readonly hooks: SyncHooks,
  ) {
    addEventListener('online', () => this.soon());
    addEventListener('offline', () => {
      if (!navigator.onLine) this.lost();
    });
  }

  /** Something was sealed, or the network came back. Never waited for by a sale. */
  soon(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.plan(0);
  }

  private plan(milliseconds: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), milliseconds);
  }

  private async run(): Promise<void> {
    this.running = true;
    this.again = false;
    let pause: number = QUIET_MS;
    try {
      await this.count(); // said before the server answers, which it may not
      if (!(await this.mayBegin())) return;
      while (await this.sendSome());
      await this.hooks.idle();
      this.found();
    } catch (reason) {
      pause = PAUSES_MS[Math.min(this.failures++, PAUSES_MS.length - 1)]!;
      if (reason instanceof Refused) this.hooks.refused(reason);
      else if (reason instanceof Unreachable) this.lost();
      else throw reason;
    } finally {
      this.running = false;
      if (!this.stopped) this.plan(this.again && this.failures === 0 ? 0 : pause);
    }
  }

  private async mayBegin(): Promise<boolean> {
    if (this.begun) return true;
    this.begun = (await this.hooks.first?.()) ?? true;
    this.stopped = !this.begun;
    return this.begun;
  }

  private lost(): void {
    if (!this.online) return;
    this.online = false;
    this.hooks.online(false);
  }

  private found(): void {
    this.failures = 0;
    if (this.online) return;
    this.online = true;
    this.hooks.online(true);
  }

  /** Sends the oldest waiting records. Returns true when more are waiting. */
  private async sendSome(): Promise<boolean> {
    const batch = await this.nextBatch();
    if (batch.length === 0) return false;
    const records = batch.map(({ entry, record }) =>
      wire(record, entry.print.length && this.hooks.prints(entry.id) ? stillDue(entry) : []),
    );
    const { results } = await this.post(records);
    const byId = new Map(results.map((result) => [result.id, result]));
    const done = batch.filter(({ entry }) => byId.has(entry.id)).map(({ entry }) => entry.n);
    if (done.length === 0) throw new Refused(200, 'nothing_acknowledged', '', null);
    await this.db.write(['outbox'], (tx) => {
      for (const n of done) tx.objectStore('outbox').delete(n);
    });
    const kept = results.filter((result) => result.status === 'kept');
    const again = await this.refill(
      batch
        .map(({ record }) => record)
        .filter((record) => byId.get(record.id)?.code === 'gap' && byId.get(record.id)?.status === 'kept'),
    );
    const told = kept.filter((result) => !again.has(result.id));
    if (told.length) this.hooks.kept(told);
    this.found();
    return (await this.count()) > 0;
  }

  /** A batch that is too large is cut in two; a single record is sent alone. */
  private async post(records: Envelope[]): Promise<{ results: Result[] }> {
    try {
      return await this.api.post<{ results: Result[] }>('records', { records });
    } catch (reason) {
      if (!(reason instanceof Refused) || reason.status !== 413 || records.length < 2) throw reason;
      return this.post(records.slice(0, records.length >> 1));
    }
  }

  private nextBatch(): Promise<{ entry: OutboxEntry; record: StoredRecord }[]> {
    return this.db.read(['outbox', 'records'], async (tx) => {
      const entries = await ask<OutboxEntry[]>(tx.objectStore('outbox').getAll(null, BATCH));
      const batch: { entry: OutboxEntry; record: StoredRecord }[] = [];
      let characters = 0;
      for (const entry of entries) {
        const record = await ask<StoredRecord>(tx.objectStore('records').get(entry.n));
        characters += record.body.length + JSON.stringify(entry.print).length + 600;
        if (batch.length && characters > BATCH_CHARACTERS) break;
        batch.push({ entry, record });
      }
      return batch;
    });
  }

  /** How many records wait. The cashier is told the tickets among them: openings and events are nobody's sale. */
  async count(): Promise<number> {
    const [records, tickets, oldest] = await this.db.read(['outbox'], async (tx) => {
      const store = tx.objectStore('outbox');
      const byType = store.index('type');
      return [
        await ask(store.count()),
        await ask(byType.count('ticket')),
        await ask<OutboxEntry | undefined>(byType.get('ticket')),
      ] as const;
    });
    this.hooks.changed(records, tickets, oldest?.at ?? null);
    return records;
  }

  /** Compares chains with the server's. Records the server no longer holds are put back in the outbox.
      Returns the chains in which the server is ahead of this computer: its storage was put back to an older state. */
  async compareHeads(ours: ReadonlyMap<string, Head>, generation: string, training: boolean): Promise<string[]> {
    const mine = (chain: string): boolean =>
      chain.startsWith(`${generation}-`) && chain.endsWith('-training') === training; // not an earlier life's
    const heads = (await this.api.get<{ heads: Head[] }>('heads')).heads.filter((head) => mine(head.chain));
    const theirs = new Map(heads.map((head) => [head.chain, head]));
    const ahead = heads.filter((head) => {
      const own = ours.get(head.chain);
      return own === undefined || own.seq < head.seq || (own.seq === head.seq && own.signature !== head.signature);
    });
    for (const head of ours.values()) await this.putBack(head.chain, theirs.get(head.chain)?.seq ?? 0);
    return ahead.map((head) => head.chain);
  }

  /** The server misses what came before these: it was put back to an older copy while this page stayed open. What is still here
      goes again, once for each place where the server stands. Returns the records that go again. */
  private async refill(records: StoredRecord[]): Promise<ReadonlySet<string>> {
    const again = new Set<string>();
    if (records.length === 0) return again;
    const { heads } = await this.api.get<{ heads: Head[] }>('heads');
    for (const chain of new Set(records.map((record) => record.chain))) {
      const from = heads.find((head) => head.chain === chain)?.seq ?? 0;
      if (this.refilled.has(`${chain} ${from}`)) continue;
      this.refilled.add(`${chain} ${from}`);
      await this.putBack(chain, from);
      for (const record of records) if (record.chain === chain) again.add(record.id);
    }
    return again;
  }

  private putBack(chain: string, from: number): Promise<void> {
    return this.db.write(['records', 'outbox'], async (tx) => {
      const range = IDBKeyRange.bound([chain, from], [chain, Infinity], true);
      for (const record of await ask<StoredRecord[]>(tx.objectStore('records').index('number').getAll(range))) {
        const waiting = await ask(tx.objectStore('outbox').getKey(record.n!));
        if (waiting === undefined)
          tx.objectStore('outbox').add({
            n: record.n!,
            id: record.id,
            at: record.at,
            type: record.type,
            print: [],
          } satisfies OutboxEntry);
      }
    });
  }

  /** Forgets records acknowledged more than 35 days ago, and print jobs done. The newest record of each chain stays. */
  async purge(heads: ReadonlyMap<string, Head>, now = Date.now()): Promise<void> {
    const limit = `${new Date(now - KEPT_DAYS * 86_400_000).toISOString().slice(0, 19)}Z`;
    await this.db.write(['records', 'outbox', 'prints'], async (tx) => {
      const records = tx.objectStore('records');
      for (const n of (await ask(records.getAllKeys(null, 2000))) as number[]) {
        const record = await ask<StoredRecord>(records.get(n));
        if (record.at >= limit) break;
        const waiting = await ask(tx.objectStore('outbox').getKey(n));
        if (waiting === undefined && heads.get(record.chain)?.seq !== record.seq) records.delete(n);
      }
      for (const row of await ask<{ job: string; state: string; at: string }[]>(tx.objectStore('prints').getAll())) {
        if (row.at < limit) tx.objectStore('prints').delete(row.job);
      }
    });
  }
}

/** After days without the server no drawer opens by itself for each sale of those days, and no old receipt comes out. */
function stillDue({ at, print }: OutboxEntry, now = Date.now()): PrintIntent[] {
  const age = now - Date.parse(at);
  if (age <= PULSE_LIFE_MS) return print;
  return age > RECEIPT_LIFE_MS
    ? []
    : print.filter((one) => one.receipt !== null).map((one) => ({ ...one, drawer: false }));
}

function wire(record: StoredRecord, print: PrintIntent[]): Envelope & { print?: PrintIntent[] } {
  const { id, chain, seq, type, body, to_sign, signature } = record;
  return { id, chain, seq, type, body, to_sign, signature, ...(print.length ? { print } : {}) };
}
