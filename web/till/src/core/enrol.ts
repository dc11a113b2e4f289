/* Enrolment: a manager's one-time code, a key made here, a token back. The key is stored before the code is spent, so that a
   lost answer is asked again with the same key. */
import { Database, databaseName } from './db';
import { sign, makeKey, type RegisterKey } from './seal';
import type { Api } from './api';
import type { Enrolment } from './wire';

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
