/* The register's books: chains, numbers, perpetual totals, folded totals of the period, outbox.
   Seals are made one at a time. Signing comes first; then one strict transaction checks that the head has not moved and writes
   record, head, totals, print intents and outbox entry together: a number exists only once that transaction is complete. */
import { ask, type Database } from './db';
import { instant, localDate } from './clock';
import { uuid7 } from './ids';
import { sign, type RegisterKey } from './seal';
import type { Engine } from './engine';
import type { Enrolment, Envelope, Head, Perpetual, PrintIntent } from './wire';
import type { Piece } from '../model';

export interface Session {
  id: string;
  business_date: string;
  opened_at: string;
  by: string;
  float_minor: number;
  counted: boolean;
  continued_on?: string; // the date on which somebody chose to go on with an earlier day
}
export interface FloatLeft {
  amount_minor: number;
  pieces: Piece[];
  at: string;
  by: string;
}
export interface Period {
  fold: unknown;
  perpetual: Perpetual;
  session: Session | null;
  last_at: string | null;
  left: FloatLeft | null;
}
export interface Operator {
  id: string;
  name: string;
}
export interface Versions {
  engine: string;
  pack: string;
  catalogue: number | string;
  software: string;
}
export type StoredRecord = Envelope & { n?: number; at: string };
export interface OutboxEntry {
  n: number;
  id: string;
  at: string;
  type: string;
  print: PrintIntent[];
}
export interface PrintRow {
  job: string;
  record: string | null;
  number: string | null;
  intent: PrintIntent;
  state: string;
  at: string;
  way: 'bridge' | 'server' | null;
  message: string | null;
}

export class HeadMoved extends Error {}

export interface Sealed<Body = Record<string, unknown>> {
  envelope: StoredRecord;
  body: Body;
  prints: PrintRow[];
}
/** One record signed and not yet written, with the state of the books after it. */
interface Made {
  options: SealOptions;
  envelope: StoredRecord;
  body: Record<string, unknown>;
  previous: string;
  period: Period;
  intents: PrintIntent[];
  prints: PrintRow[];
}
interface Prepared {
  sealed: { body: string; to_sign: string };
  body: Record<string, unknown>;
  perpetual?: Perpetual;
}
export interface SealOptions {
  type: string;
  operator: Operator;
  id?: string;
  /** Asks the engine for the text to sign, from the finished head and the previous signature. */
  prepare: (head: Record<string, unknown>, previous: string, perpetual: Perpetual) => Promise<Prepared>;
  folds?: boolean; // false: the body does not enter the totals of the period
  opens?: Session; // the session that begins with this record, which is already part of it
  /** What else changes with the record, decided once it is signed. */
  period?: (body: Record<string, unknown>) => Partial<Period>;
  prints?: (body: Record<string, unknown>, signature: string) => Promise<PrintIntent[]>;
  also?: (tx: IDBTransaction) => void; // drafts to remove, closing steps to forget
}

export class Ledger {
  period: Period = {
    fold: null,
    perpetual: { algebraic_minor: 0, absolute_minor: 0 },
    session: null,
    last_at: null,
    left: null,
  };
  readonly heads = new Map<string, Head>();
  versions: Versions = { engine: '', pack: '', catalogue: 0, software: '' };
  training = false;
  onSealed: ((records: readonly StoredRecord[]) => void) | null = null;
  onClockBack: ((from: string, to: string) => void) | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly engine: Engine,
    readonly key: RegisterKey,
    readonly place: Enrolment,
  ) {}

  async load(): Promise<void> {
    const [period, heads] = await this.db.read(
      ['meta', 'heads'],
      async (tx) =>
        [
          await ask<Period | undefined>(tx.objectStore('meta').get('period')),
          await ask<Head[]>(tx.objectStore('heads').getAll()),
        ] as const,
    );
    this.period = period ?? { ...this.period, perpetual: this.place.perpetual };
    this.heads.clear();
    for (const head of heads) this.heads.set(head.chain, head);
  }

  chain(type: string): string {
    return `${this.place.register}-${this.place.generation}-${this.training ? 'training' : type}`;
  }

  /** What people call a record of this till. */
  number(seq: number): string {
    return this.training ? `École ${seq}` : `${this.place.register}-${this.place.generation}-${seq}`;
  }

  /** Seals one record. @throws EngineRefusal, HeadMoved, or what the database throws: nothing was written. */
  async seal<Body = Record<string, unknown>>(options: SealOptions): Promise<Sealed<Body>> {
    return (await this.sealTogether<Body>([options]))[0]!;
  }

  /** Seals records that stand or fall together, numbered in this order, in one transaction. @throws as `seal`. */
  sealTogether<Body = Record<string, unknown>>(all: readonly SealOptions[]): Promise<Sealed<Body>[]> {
    const mine = this.turn.then(() => this.sealNow(all)) as Promise<unknown> as Promise<Sealed<Body>[]>;
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** A record whose body is the head and these fields: cash, events. */
  sealFields(
    type: string,
    operator: Operator,
    fields: Record<string, unknown>,
    more: Partial<SealOptions> = {},
  ): Promise<Sealed> {
    return this.seal({
      type,
      operator,
      prepare: async (head, previous) => {
        const body = { ...head, ...fields };
        return {
          sealed: await this.engine.call<{ body: string; to_sign: string }>('to_sign', { body, previous }),
          body,
        };
      },
      ...more,
    });
  }

  /** The head a paper shows when it is not a record (an X): numbered nowhere. */
  preview(type: string, operator: Operator): Record<string, unknown> {
    return this.head(type, operator, uuid7(), this.heads.get(this.chain(type))?.seq ?? 0, this.period.session);
  }

  private head(
    type: string,
    operator: Operator,
    id: string,
    after: number,
    session: Session | null,
  ): Record<string, unknown> {
    const { dossier, establishment, register, generation } = this.place;
    const chain = this.chain(type);
    const when = instant();
    return {
      format: `${type}/1`,
      id,
      chain,
      seq: after + 1,
      alg: 'ES256',
      key: this.key.thumbprint,
      ...this.versions,
      dossier,
      establishment,
      register,
      generation,
      session: session?.id ?? null,
      business_date: session?.business_date ?? localDate(),
      ...when,
      operator: { id: operator.id, name: operator.name },
      training: this.training,
    };
  }

  private async sealNow(all: readonly SealOptions[]): Promise<Sealed<Record<string, unknown>>[]> {
    const heads = new Map(this.heads);
    const made: Made[] = [];
    let period = this.period;
    for (const options of all) {
      const one = await this.make(options, heads, period);
      const { chain, seq, signature } = one.envelope;
      heads.set(chain, { chain, seq, signature });
      period = one.period;
      made.push(one);
    }
    await this.commit(made);
    const before = this.period.last_at;
    for (const {
      envelope: { chain, seq, signature },
    } of made)
      this.heads.set(chain, { chain, seq, signature });
    this.period = period;
    this.onSealed?.(made.map((one) => one.envelope));
    if (before && period.last_at && period.last_at < before) this.onClockBack?.(before, period.last_at);
    return made.map(({ envelope, body, prints }) => ({ envelope, body, prints }));
  }

  private async make(options: SealOptions, heads: ReadonlyMap<string, Head>, period: Period): Promise<Made> {
    const { type, operator } = options;
    const chain = this.chain(type);
    const last = heads.get(chain);
    const session = options.opens ?? period.session;
    const head = this.head(type, operator, options.id ?? uuid7(), last?.seq ?? 0, session);
    const previous = last?.signature ?? '';
    const prepared = await options.prepare(head, previous, period.perpetual);
    const signature = await sign(this.key, prepared.sealed.to_sign);
    const shown = this.training ? { ...prepared.body, training: false } : prepared.body; // an exercise has an X of its own
    const fold =
      options.folds === false
        ? period.fold
        : (await this.engine.call<{ state: unknown }>('fold_totals', { state: period.fold, bodies: [shown] })).state;
    const intents = options.prints ? await options.prints(prepared.body, signature) : [];
    const at = head['at'] as string;
    const envelope: StoredRecord = {
      id: head['id'] as string,
      chain,
      seq: head['seq'] as number,
      type: this.training ? 'training' : type,
      body: prepared.sealed.body,
      to_sign: prepared.sealed.to_sign,
      signature,
      at,
    };
    const after: Period = {
      ...period,
      session,
      fold,
      perpetual: prepared.perpetual ?? period.perpetual,
      last_at: at,
      ...options.period?.(prepared.body),
    };
    const number = this.number(envelope.seq);
    const prints = intents.map((intent): PrintRow => ({
      job: intent.job,
      record: envelope.id,
      number,
      intent,
      state: 'new',
      at,
      way: null,
      message: null,
    }));
    return { options, envelope, body: prepared.body, previous, period: after, intents, prints };
  }

  private commit(all: readonly Made[]): Promise<void> {
    return this.db.write(['records', 'outbox', 'heads', 'meta', 'prints', 'drafts', 'attachments'], async (tx) => {
      for (const { options, envelope, previous, period, intents, prints } of all) {
        const { chain, seq, signature, id, at, type } = envelope;
        const now = await ask<Head | undefined>(tx.objectStore('heads').get(chain));
        if ((now?.seq ?? 0) !== seq - 1 || (now?.signature ?? '') !== previous) throw new HeadMoved(`${chain} ${seq}`);
        const n = (await ask(tx.objectStore('records').add(envelope))) as number;
        tx.objectStore('outbox').add({ n, id, at, type, print: intents } satisfies OutboxEntry);
        tx.objectStore('heads').put({ chain, seq, signature } satisfies Head);
        tx.objectStore('meta').put(period, 'period');
        for (const row of prints) tx.objectStore('prints').put(row);
        options.also?.(tx);
      }
    });
  }
}
