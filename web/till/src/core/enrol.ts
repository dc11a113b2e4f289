/* Enrolment: a manager's one-time code, a key made here, a token back. The key is stored before the code is spent, so that a
   lost answer is asked again with the same key. */
import { Database, databaseName } from './db';
import { sign, makeKey, type RegisterKey } from './seal';
import type { Api } from './api';
import type { Enrolment } from './wire';

const AGAIN = '#rattacher';

/** Opens this page again to ask for a code, though this computer already is a register: its key is lost, too old or no longer known. */
export function enrolAgain(): void {
  location.hash = AGAIN;
  location.reload();
}

/** Was this page opened to be enrolled: by the gesture above, or by the office's link that brings the code (`#code=`)? */
export function codeComing(): boolean {
  if (location.hash.startsWith('#code=')) return true; // the screen that shows the code takes it off the address
  if (location.hash !== AGAIN) return false;
  history.replaceState(null, '', location.pathname + location.search);
  return true;
}

interface Trial {
  code: string;
  key: RegisterKey;
}

export async function enrol(api: Api, slug: string, typed: string): Promise<string> {
  const code = typed.trim();
  const waiting = await Database.open(`comptoir-enrolling:${slug}`);
  let trial = await waiting.get<Trial>('key', 'trial');
  if (trial?.code !== code) {
    trial = { code, key: await makeKey() };
    await waiting.put('key', trial, 'trial');
  }
  const answer = await api.post<Enrolment>('enrol', {
    code,
    public_key: trial.key.spki,
    proof: await sign(trial.key, `comptoir-enrol:${code}`),
    origin: location.origin,
  });
  const name = databaseName(slug, answer.register, answer.generation);
  const database = await Database.open(name);
  const key = trial.key;
  await database.write(['key', 'meta'], (tx) => {
    tx.objectStore('key').put(key, 'register');
    tx.objectStore('meta').put(answer, 'enrolment');
  });
  database.close();
  waiting.close();
  indexedDB.deleteDatabase(`comptoir-enrolling:${slug}`);
  return name;
}
