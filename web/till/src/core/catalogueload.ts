/* Brings the catalogue from the server: whole the first time, by differences afterwards. Selling goes on meanwhile. */
import { Refused, type Api } from './api';
import {
  articlesIn,
  Catalogue,
  type Manifest,
  type StoredChunk,
  type StoredDelta,
  type StoredManifest,
} from './catalogue';
import { ask, type Database } from './db';
import type { ArticleTuple } from './wire';

const AT_ONCE = 4;
const DELTA_LIMIT = 5000; // beyond this many changed articles the whole catalogue is cheaper

/** First load: each chunk is written and taken in while the next ones come. The old catalogue, if any, stays in use until the
    new one is complete on the disk. */
export async function fetchCatalogue(api: Api, db: Database, catalogue: Catalogue): Promise<void> {
  const manifest = await api.get<Manifest>('catalogue/manifest');
  const under = `${manifest.version} ${manifest.digest}`; // chunks of two catalogues are never mixed, even of the same version
  const fresh = new Catalogue();
  const come: (ArticleTuple[] | null)[] = new Array<null>(manifest.chunks).fill(null);
  const writes: Promise<void>[] = [];
  let next = 0;
  let taken = 0;
  const fetching = async (): Promise<void> => {
    for (let i = next++; i < manifest.chunks; i = next++) {
      const chunk: StoredChunk = { bytes: await api.bytes(`catalogue/chunks/${manifest.version}/${i}`) };
      const write = db.put('catalogue', chunk, [under, i]);
      write.catch(() => undefined); // awaited below
      writes.push(write);
      come[i] = articlesIn(chunk);
      for (let articles = come[taken]; articles; articles = come[taken]) {
        fresh.add(articles);
        come[taken++] = null;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetching));
  await Promise.all(writes);
  await keepOnly(db, { ...manifest, under });
  catalogue.become(fresh, manifest.version);
}

/** From here on this catalogue is the one: what was stored of others goes. */
function keepOnly(db: Database, manifest: StoredManifest): Promise<void> {
  return db.write(['catalogue'], async (tx) => {
    const store = tx.objectStore('catalogue');
    for (const key of await ask(store.getAllKeys()))
      if (!Array.isArray(key) || key[0] !== manifest.under) store.delete(key);
    store.put(manifest, 'manifest');
  });
}

/** Returns true when something changed. */
export async function refreshCatalogue(api: Api, db: Database, catalogue: Catalogue): Promise<boolean> {
  let delta: StoredDelta;
  try {
    delta = await api.get<StoredDelta>(`catalogue/delta?since=${encodeURIComponent(String(catalogue.version))}`);
  } catch (reason) {
    if (!(reason instanceof Refused) || reason.status !== 410) throw reason;
    await fetchCatalogue(api, db, catalogue);
    return true;
  }
  if (delta.version === catalogue.version && delta.articles.length === 0 && delta.removed.length === 0) return false;
  const before = await db.get<StoredDelta>('catalogue', 'delta');
  const merged = mergeDeltas(before, delta);
  if (merged.articles.length > DELTA_LIMIT) {
    await fetchCatalogue(api, db, catalogue);
    return true;
  }
  await db.write(['catalogue'], async (tx) => {
    await ask(tx.objectStore('catalogue').put(merged, 'delta'));
  });
  catalogue.apply(delta);
  return true;
}

function mergeDeltas(before: StoredDelta | undefined, after: StoredDelta): StoredDelta {
  const articles = new Map((before?.articles ?? []).map((tuple) => [tuple[0], tuple]));
  const removed = new Set(before?.removed ?? []);
  for (const id of after.removed) {
    articles.delete(id);
    removed.add(id);
  }
  for (const tuple of after.articles) {
    articles.delete(tuple[0]);
    articles.set(tuple[0], tuple);
    removed.delete(tuple[0]);
  }
  return { version: after.version, articles: [...articles.values()], removed: [...removed] };
}
