/* Brings the catalogue from the server: whole the first time, by differences afterwards. Selling goes on meanwhile. */
import { Refused, type Api } from './api';
import { foldedLines, type Catalogue, type Manifest, type StoredChunk, type StoredDelta } from './catalogue';
import { ask, type Database } from './db';
import type { ArticleTuple } from './wire';

const AT_ONCE = 4;
const DELTA_LIMIT = 5000; // beyond this many changed articles the whole catalogue is cheaper

/** First load. The old catalogue, if any, stays in use until the new one is complete. */
export async function fetchCatalogue(api: Api, db: Database, catalogue: Catalogue): Promise<void> {
  const manifest = await api.get<Manifest>('catalogue/manifest');
  const chunks: StoredChunk[] = new Array<StoredChunk>(manifest.chunks);
  const tuples: ArticleTuple[][] = new Array<ArticleTuple[]>(manifest.chunks);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < manifest.chunks; i = next++) {
      const text = await api.text(`catalogue/chunks/${manifest.version}/${i}`);
      tuples[i] = (JSON.parse(text) as { articles: ArticleTuple[] }).articles;
      chunks[i] = { text, folded: foldedLines(tuples[i]!) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await db.write(['catalogue'], (tx) => {
    const store = tx.objectStore('catalogue');
    store.clear();
    chunks.forEach((chunk, i) => store.put(chunk, [manifest.version, i]));
    store.put(manifest, 'manifest');
  });
  catalogue.clear();
  chunks.forEach((chunk, i) => catalogue.add(tuples[i]!, chunk.folded));
  catalogue.version = manifest.version;
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
  for (const id of after.removed) { articles.delete(id); removed.add(id); }
  for (const tuple of after.articles) { articles.delete(tuple[0]); articles.set(tuple[0], tuple); removed.delete(tuple[0]); }
  return { version: after.version, articles: [...articles.values()], removed: [...removed] };
}
