/* The only module that opens IndexedDB. Every writing transaction asks for strict durability, reads the answer back, and is
   finished only in `oncomplete`: the browser's default, `relaxed`, forgets whole hours of sales at a power cut. */

export const STORES = [
  'meta',
  'key',
  'drafts',
  'records',
  'outbox',
  'heads',
  'prints',
  'catalogue',
  'settings',
  'attachments',
  'copies',
] as const;
export type StoreName = (typeof STORES)[number];

const FORMAT = 3; // 2: attachments; 3: receipts to be mailed

export class NotDurable extends Error {}
export class StorageFull extends Error {}
export class StorageLost extends Error {}

/** The value of a request, inside the transaction that made it. */
export function ask<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function createStores(database: IDBDatabase): void {
  const keyed: Partial<Record<StoreName, IDBObjectStoreParameters>> = {
    drafts: { keyPath: 'id' },
    records: { keyPath: 'n', autoIncrement: true },
    outbox: { keyPath: 'n' },
    heads: { keyPath: 'chain' },
    prints: { keyPath: 'job' },
    attachments: { keyPath: 'id' },
    copies: { keyPath: 'id' },
  };
  for (const name of STORES) {
    if (database.objectStoreNames.contains(name)) continue;
    const store = database.createObjectStore(name, keyed[name]);
    if (name === 'records') {
      store.createIndex('id', 'id', { unique: true });
      store.createIndex('number', ['chain', 'seq'], { unique: true });
    }
    if (name === 'outbox') store.createIndex('type', 'type');
  }
}

function reasonOf(error: DOMException | Error | null): Error {
  if (error?.name === 'QuotaExceededError') return new StorageFull(error.message);
  return error ?? new StorageLost('transaction aborted');
}

export class Database {
  private constructor(private readonly base: IDBDatabase) {}

  static async open(name: string): Promise<Database> {
    const request = indexedDB.open(name, FORMAT);
    request.onupgradeneeded = () => createStores(request.result);
    const base = await ask(request);
    const database = new Database(base);
    base.onversionchange = () => base.close();
    return database;
  }

  close(): void {
    this.base.close();
  }

  /** Reads in one consistent transaction. */
  async read<T>(stores: readonly StoreName[], work: (tx: IDBTransaction) => Promise<T>): Promise<T> {
    return work(this.base.transaction(stores as StoreName[], 'readonly'));
  }

  /** Writes all or nothing; resolves once the bytes are on the disk. `work` may only await requests of `tx`.
      @throws NotDurable, StorageFull, StorageLost, or what `work` threw: in every case nothing was written. */
  write<T>(stores: readonly StoreName[], work: (tx: IDBTransaction) => Promise<T> | T): Promise<T> {
    const tx = this.base.transaction(stores as StoreName[], 'readwrite', { durability: 'strict' });
    return new Promise<T>((resolve, reject) => {
      let value: T;
      let failure: Error | null = null;
      tx.oncomplete = () => resolve(value);
      tx.onabort = () => reject(failure ?? reasonOf(tx.error));
      const stop = (error: unknown): void => {
        failure = reasonOf(error as Error);
        try {
          tx.abort();
        } catch {
          reject(failure);
        }
      };
      if (tx.durability !== 'strict') return stop(new NotDurable(`durability is ${tx.durability}`));
      try {
        Promise.resolve(work(tx)).then((result) => {
          value = result;
        }, stop);
      } catch (error) {
        stop(error);
      }
    });
  }

  get<T>(store: StoreName, key: IDBValidKey): Promise<T | undefined> {
    return this.read([store], (tx) => ask<T | undefined>(tx.objectStore(store).get(key)));
  }

  all<T>(store: StoreName): Promise<T[]> {
    return this.read([store], (tx) => ask<T[]>(tx.objectStore(store).getAll()));
  }

  put(store: StoreName, value: unknown, key?: IDBValidKey): Promise<void> {
    return this.write([store], (tx) => {
      tx.objectStore(store).put(value, key);
    });
  }
}

/** Asks the browser never to evict this origin's data. null: it cannot say. */
export async function askPersistence(): Promise<boolean | null> {
  if (!navigator.storage?.persist) return null;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}

/** Databases of this dossier's registers on this computer, the most recent generation first. */
export async function registersHere(slug: string): Promise<{ name: string; register: string; generation: number }[]> {
  const prefix = `comptoir:${slug}:`;
  const found = (await indexedDB.databases()).flatMap(({ name }) => {
    const match = name?.startsWith(prefix) ? /^(.+)-(\d+)$/.exec(name.slice(prefix.length)) : null;
    return match ? [{ name: name!, register: match[1]!, generation: Number(match[2]) }] : [];
  });
  return found.sort((a, b) => b.generation - a.generation || a.register.localeCompare(b.register));
}

export const databaseName = (slug: string, register: string, generation: number): string =>
  `comptoir:${slug}:${register}-${generation}`;
