/* Receipts to be mailed: kept here until the server has them, then forgotten with the address. */
import { Refused, type Api } from './api';
import type { Database } from './db';

export interface CopyRow {
  id: string;
  chain: string;
  seq: number;
  number: number;
  email: string;
}

export const queueCopy = (db: Database, row: CopyRow): Promise<void> => db.put('copies', row);

/** Sends what waits, the same id each time. Returns the rows that the server will never take. @throws Unreachable, Refused */
export async function sendCopies(db: Database, api: Api): Promise<CopyRow[]> {
  const refused: CopyRow[] = [];
  for (const row of await db.all<CopyRow>('copies')) {
    try {
      await api.post('receipt-copies', row);
    } catch (reason) {
      if (!(reason instanceof Refused) || reason.status !== 400) throw reason;
      refused.push(row);
    }
    await db.write(['copies'], (tx) => {
      tx.objectStore('copies').delete(row.id);
    });
  }
  return refused;
}
