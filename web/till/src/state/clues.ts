/* Where a gap of cash may come from: never an accusation, a place to look first. */
import { ask } from '../core/db';
import { euros } from '../core/money';
import type { StoredRecord } from '../core/ledger';
import type { Desk } from './desk';
import { numberOf } from './sale';

const LOOKED_AT = 500;

interface Ticket {
  session: string;
  seq: number;
  settled: { change_minor: number; payments: { amount_minor: number }[] };
  priced: { gross_minor: number };
}

async function ticketsOfSession(desk: Desk): Promise<Ticket[]> {
  const chain = desk.ledger.chain('ticket');
  const last = desk.ledger.heads.get(chain)?.seq ?? 0;
  const range = IDBKeyRange.bound([chain, Math.max(1, last - LOOKED_AT)], [chain, last]);
  const records = await desk.db.read(['records'], (tx) =>
    ask<StoredRecord[]>(tx.objectStore('records').index('number').getAll(range)),
  );
  const session = desk.ledger.period.session?.id;
  return records
    .map((record) => JSON.parse(record.body) as Ticket)
    .filter((ticket) => ticket.session === session)
    .reverse();
}

export async function firstClue(desk: Desk, gap: number): Promise<string | null> {
  const size = Math.abs(gap);
  const tickets = await ticketsOfSession(desk);
  const change = tickets.find((ticket) => ticket.settled.change_minor === size);
  if (change) return `Piste : rendu de ${euros(size)} du ticket ${numberOf(desk, change.seq)}.`;
  const total = tickets.find((ticket) =>
    ticket.settled.payments.some((payment) => Math.abs(payment.amount_minor) === size),
  );
  if (total) return `Piste : règlement de ${euros(size)} du ticket ${numberOf(desk, total.seq)}.`;
  if (size === 1000 || size === 2000) return `Piste : un billet de ${euros(size)} rendu ou reçu pour un autre.`;
  return null;
}
