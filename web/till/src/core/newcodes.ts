/* Codes attached to articles at the till: used here at once, told to the server when it answers. */
import { ask, type Database } from './db';
import { Refused, type Api } from './api';

export interface NewCode {
  code: string;
  article: string;
  by: string;
}
const PLACE = 'new-codes';

export const waitingCodes = async (db: Database): Promise<NewCode[]> => (await db.get<NewCode[]>('meta', PLACE)) ?? [];

const change = (db: Database, next: (rows: NewCode[]) => NewCode[]): Promise<void> =>
  db.write(['meta'], async (tx) => {
    const store = tx.objectStore('meta');
    store.put(next((await ask<NewCode[] | undefined>(store.get(PLACE))) ?? []), PLACE);
  });

export const queueCode = (db: Database, row: NewCode): Promise<void> =>
  change(db, (rows) => [...rows.filter((one) => one.code !== row.code), row]);

/** Sends what waits. Returns what the server will never take. @throws Unreachable, Refused */
export async function sendCodes(db: Database, api: Api): Promise<NewCode[]> {
  const refused: NewCode[] = [];
  for (const row of await waitingCodes(db)) {
    try {
      await api.post('catalogue/codes', row);
    } catch (reason) {
      if (!(reason instanceof Refused) || ![400, 403, 404, 409].includes(reason.status)) throw reason;
      refused.push(row);
    }
    await change(db, (rows) => rows.filter((one) => one.code !== row.code));
  }
  return refused;
}
