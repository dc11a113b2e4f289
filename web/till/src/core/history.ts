/* What this till's own records say of a ticket: found again without the server, with all that was corrected since. */
import { ask, type Database } from './db';
import type { OutboxEntry, StoredRecord } from './ledger';
import type { Basket, EngineLine, Priced, SettleInput, Settled } from './wire';

export interface Origin {
  id: string;
  chain: string;
  seq: number;
  at: string;
}
export interface TicketBody extends Origin {
  format: string;
  operation: 'sale' | 'refund' | 'cancel' | 'correction';
  origin: Origin | null;
  customer: string | null;
  operator: { id: string; name: string };
  basket: Basket & { lines: (EngineLine & { origin_line?: string | null })[] };
  priced: Priced;
  settle: SettleInput;
  settled: Settled;
  offset_minutes: number;
  exchange?: string;
  credit_valid_until?: string | null;
  training: boolean;
}
interface DuplicateBody {
  format: string;
  origin: { id: string };
  number: number;
}
/** A record of this till; `sent`: the server has acknowledged it, so it counts it too. */
export interface Own<Body> {
  record: StoredRecord;
  body: Body;
  sent: boolean;
}

const everything = (chain: string): IDBKeyRange => IDBKeyRange.bound([chain, 0], [chain, Infinity]);

export async function ownTicket(db: Database, chain: string, seq: number): Promise<StoredRecord | undefined> {
  const record = await db.read(['records'], (tx) =>
    ask<StoredRecord | undefined>(tx.objectStore('records').index('number').get([chain, seq])),
  );
  return record && (JSON.parse(record.body) as TicketBody).format === 'ticket/1' ? record : undefined;
}

/** The newest tickets of a chain, the last one first. */
export function lastTickets(
  db: Database,
  chain: string,
  most: number,
  keep: (body: TicketBody) => boolean = () => true,
): Promise<Own<TicketBody>[]> {
  return db.read(['records'], async (tx) => {
    const found: Own<TicketBody>[] = [];
    const request = tx.objectStore('records').index('number').openCursor(everything(chain), 'prev');
    for (let cursor = await ask(request); cursor && found.length < most; cursor = await following(request, cursor)) {
      const record = cursor.value as StoredRecord;
      const body = JSON.parse(record.body) as TicketBody;
      if (body.format === 'ticket/1' && keep(body)) found.push({ record, body, sent: true });
    }
    return found;
  });
}

function following(
  request: IDBRequest<IDBCursorWithValue | null>,
  cursor: IDBCursorWithValue,
): Promise<IDBCursorWithValue | null> {
  cursor.continue();
  return ask(request);
}

/** Every own record of a chain that speaks of `words` (an id, a reference). Bodies without it are not even parsed. */
async function speakingOf<Body extends { format: string }>(
  db: Database,
  chain: string,
  words: string,
  format: string,
): Promise<Own<Body>[]> {
  return db.read(['records', 'outbox'], async (tx) => {
    const found: Own<Body>[] = [];
    const request = tx.objectStore('records').index('number').openCursor(everything(chain));
    const told: StoredRecord[] = [];
    for (let cursor = await ask(request); cursor; cursor = await following(request, cursor)) {
      const record = cursor.value as StoredRecord;
      if (record.body.includes(words)) told.push(record);
    }
    for (const record of told) {
      const body = JSON.parse(record.body) as Body;
      const waiting = await ask<OutboxEntry | undefined>(tx.objectStore('outbox').get(record.n!));
      if (body.format === format) found.push({ record, body, sent: waiting === undefined });
    }
    return found;
  });
}

/** Own refunds, cancellations and corrections of this ticket, in their order. */
export async function correctionsOf(db: Database, chain: string, id: string): Promise<Own<TicketBody>[]> {
  return (await speakingOf<TicketBody>(db, chain, `"id":"${id}"`, 'ticket/1')).filter(
    ({ body }) => body.origin?.id === id,
  );
}

/** Highest number of a copy that this till printed of this ticket; 0: none. */
export async function copiesOf(db: Database, chain: string, id: string): Promise<number> {
  const own = await speakingOf<DuplicateBody>(db, chain, `"id":"${id}"`, 'duplicate/1');
  return Math.max(0, ...own.filter(({ body }) => body.origin.id === id).map(({ body }) => body.number));
}

/** What this till's own tickets issued (negative) and spent (positive) under a credit note's reference. */
export async function creditMoves(
  db: Database,
  chain: string,
  reference: string,
): Promise<{ amount_minor: number; sent: boolean; until: string | null }[]> {
  const own = await speakingOf<TicketBody>(db, chain, `"${reference}"`, 'ticket/1');
  return own.flatMap(({ body, sent }) =>
    body.settled.payments
      .filter((row) => row.reference === reference)
      .map((row) => ({ amount_minor: row.amount_minor, sent, until: body.credit_valid_until ?? null })),
  );
}
