/* Training: the same till on a database, a chain and numbers of its own. The real one is closed meanwhile and found again as it was.
   What was done is counted in the next Z and kept by the server; it enters no total. */
import { ask, Database } from '../core/db';
import { EVENT } from '../core/events';
import { clean } from '../core/folding';
import { instant } from '../core/clock';
import { Ledger, type OutboxEntry, type StoredRecord } from '../core/ledger';
import type { Enrolment } from '../core/wire';
import { orApproved } from './approval';
import { writeDrafts } from './basket';
import { operator, tell, type Desk } from './desk';

const AT_ONCE = 100; // bodies folded in one call

export interface TrainingFlag {
  since: string;
  by: string;
}

const exercise = (name: string): string => name.replace(/^comptoir:/, 'comptoir-ecole:'); // never taken for a register's own database

/** At the start of the page: the books of the exercise, when the register was left in training. */
export async function openExercise(desk: Desk, name: string): Promise<void> {
  if (!(await desk.home.get<TrainingFlag>('meta', 'training'))) return;
  desk.db = await Database.open(exercise(name));
  const { key, place } = desk.ledger;
  desk.ledger = new Ledger(desk.db, desk.engine, key, {
    ...place,
    perpetual: { algebraic_minor: 0, absolute_minor: 0 },
  });
  desk.ledger.training = true;
  desk.view.status.training = true;
}

export async function startTraining(desk: Desk): Promise<void> {
  if (desk.ledger.training) return;
  await orApproved(desk, {
    right: 'till.training',
    text: 'Passer cette caisse en mode école',
    then: async (by) => {
      await writeDrafts(desk);
      const flag: TrainingFlag = { since: instant().at, by: operator(desk).name };
      const sealed = await desk.ledger.sealFields(
        'event',
        operator(desk),
        {
          code: EVENT.trainingIn,
          label: 'Entrée en mode école',
          detail: by ? { approved_by: by.id, approver: clean(by.name) } : {},
        },
        {
          also: (tx) => {
            tx.objectStore('meta').put(flag, 'training');
          },
        },
      );
      desk.printing.journal(sealed.envelope);
      location.reload();
    },
  });
}

/** Back to the real till: the exercise is counted in its period and handed to its outbox in one transaction, then cleared. */
export async function stopTraining(desk: Desk): Promise<void> {
  if (!desk.ledger.training) return;
  const place = (await desk.home.get<Enrolment>('meta', 'enrolment'))!;
  const real = new Ledger(desk.home, desk.engine, desk.ledger.key, place);
  real.versions = desk.ledger.versions;
  await real.load();
  const chain = desk.ledger.chain('training');
  const from = (await desk.home.get<number>('meta', 'training-counted')) ?? 0;
  const done = await recordsAfter(desk.db, chain, from);
  real.period = { ...real.period, fold: await counted(desk, real.period.fold, done) };
  const upTo = done.at(-1)?.seq ?? from;
  await real.sealFields(
    'event',
    operator(desk),
    { code: EVENT.trainingOut, label: 'Sortie du mode école', detail: { records: done.length } },
    {
      also: (tx) => {
        tx.objectStore('meta').delete('training');
        tx.objectStore('meta').put(upTo, 'training-counted');
        for (const record of done) handOver(tx, record);
      },
    },
  );
  await clearExercise(desk);
  location.reload();
}

function recordsAfter(db: Database, chain: string, from: number): Promise<StoredRecord[]> {
  return db.read(['records'], (tx) =>
    ask<StoredRecord[]>(
      tx
        .objectStore('records')
        .index('number')
        .getAll(IDBKeyRange.bound([chain, from], [chain, Infinity], true)),
    ),
  );
}

async function counted(desk: Desk, fold: unknown, done: readonly StoredRecord[]): Promise<unknown> {
  for (let i = 0; i < done.length; i += AT_ONCE) {
    const bodies = done.slice(i, i + AT_ONCE).map((record) => JSON.parse(record.body) as unknown);
    fold = (await desk.engine.call<{ state: unknown }>('fold_totals', { state: fold, bodies })).state;
  }
  return fold;
}

/** The server may have it already: the same record twice is stored once. */
function handOver(tx: IDBTransaction, { n: _, ...record }: StoredRecord): void {
  const added = tx.objectStore('records').add(record);
  added.onsuccess = () => {
    tx.objectStore('outbox').add({
      n: added.result as number,
      id: record.id,
      at: record.at,
      type: record.type,
      print: [],
    } satisfies OutboxEntry);
  };
}

/** The next exercise begins with an empty drawer and no basket; its numbers go on. */
async function clearExercise(desk: Desk): Promise<void> {
  await desk.db.write(['meta', 'drafts', 'prints', 'outbox'], (tx) => {
    for (const key of ['period', 'closing', 'current']) tx.objectStore('meta').delete(key);
    for (const store of ['drafts', 'prints', 'outbox']) tx.objectStore(store).clear();
  });
}

export function switchTraining(desk: Desk): Promise<void> {
  if (desk.closing?.sealing) {
    tell(desk, 'info', 'Une clôture est en cours.', 'Terminez-la d’abord.');
    return Promise.resolve();
  }
  return desk.ledger.training ? stopTraining(desk) : startTraining(desk);
}
