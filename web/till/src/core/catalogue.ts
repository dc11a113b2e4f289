/* Articles in memory: what a scan, a key and the search look up. Stored as the chunks that came, read back whole at start. */
import { ask, type Database } from './db';
import { FoldedText } from './folded';
import { search } from './search';
import { FLAG, type ArticleTuple } from './wire';

export interface Article {
  id: string;
  code: string;
  name: string;
  family: string | null;
  kind: string;
  unit: string;
  price_e4: number;
  vat_e4: number | null;
  openPrice: boolean;
  mealVoucher: boolean;
  discountable: boolean;
  inactive: boolean;
  printForced: boolean;
  eco_minor: number;
  photo: string | null;
  deposit: [string, number] | null; // the container sold with it, and how many a unit, in thousandths
}
export interface Manifest {
  version: number | string;
  count: number;
  chunks: number;
  digest: string;
}
export interface StoredManifest extends Manifest {
  under?: string;
} // first part of its chunks' keys; the version in older copies
export interface StoredChunk {
  bytes?: Uint8Array;
  text?: string;
} // text in older copies
export interface StoredDelta {
  version: number | string;
  articles: ArticleTuple[];
  removed: string[];
}
export interface Hit {
  article: Article;
  quantity_milli: number;
}

function article(tuple: ArticleTuple): Article {
  const [id, code, name, family, kind, unit, price_e4, vat_e4, flags, , eco_minor, photo, deposit] = tuple;
  return {
    id,
    code,
    name,
    family,
    kind,
    unit,
    price_e4,
    vat_e4,
    eco_minor,
    photo,
    deposit: deposit ?? null,
    openPrice: (flags & FLAG.openPrice) > 0,
    mealVoucher: (flags & FLAG.mealVoucher) > 0,
    discountable: (flags & FLAG.discountable) > 0,
    inactive: (flags & FLAG.inactive) > 0,
    printForced: (flags & FLAG.printForced) > 0,
  };
}

/** How many, in thousandths, one scan of this code sells: a pack says so beside its code. */
function quantityOf(tuple: ArticleTuple, code: string): number {
  const pack = tuple[9].find((barcode) => typeof barcode !== 'string' && barcode[0] === code);
  return pack ? (pack[1] as number) : 1000;
}

/** The articles of a chunk as the server wrote them. */
export const articlesIn = (chunk: StoredChunk): ArticleTuple[] =>
  (JSON.parse(chunk.text ?? new TextDecoder().decode(chunk.bytes)) as { articles: ArticleTuple[] }).articles;

export class Catalogue {
  version: number | string = 0;
  private tuples: (ArticleTuple | null)[] = [];
  private byId = new Map<string, number>();
  private byBarcode = new Map<string, number>();
  private shared = new Map<string, number[]>(); // barcodes of more than one article
  private folded = new FoldedText();

  get count(): number {
    return this.byId.size;
  }

  /** Reads what this computer holds. Returns false when it holds no catalogue yet. */
  async load(db: Database): Promise<boolean> {
    const manifest = await db.get<StoredManifest>('catalogue', 'manifest');
    if (!manifest) return false;
    const under = manifest.under ?? manifest.version;
    const range = IDBKeyRange.bound([under, 0], [under, manifest.chunks]);
    const [stored, delta] = await db.read(
      ['catalogue'],
      async (tx) =>
        [
          await ask<StoredChunk[]>(tx.objectStore('catalogue').getAll(range)),
          await ask<StoredDelta | undefined>(tx.objectStore('catalogue').get('delta')),
        ] as const,
    );
    if (stored.length !== manifest.chunks) return false;
    const read = new Catalogue();
    for (const chunk of stored) read.add(articlesIn(chunk));
    this.become(read, manifest.version);
    if (delta) this.apply(delta);
    return true;
  }

  /** Takes the articles of another one, which is not used any more. */
  become({ tuples, byId, byBarcode, shared, folded }: Catalogue, version: number | string): void {
    Object.assign(this, { tuples, byId, byBarcode, shared, folded, version });
  }

  add(tuples: readonly ArticleTuple[]): void {
    this.folded.add(this.tuples.length, tuples);
    for (const tuple of tuples) this.index(tuple);
  }

  /** Changed and new articles replace what was known; removed ones are no longer found. */
  apply(delta: StoredDelta): void {
    for (const id of delta.removed) this.forget(id);
    for (const tuple of delta.articles) this.forget(tuple[0]);
    if (delta.articles.length) this.add(delta.articles);
    this.version = delta.version;
  }

  private forget(id: string): void {
    const at = this.byId.get(id);
    if (at === undefined) return;
    for (const barcode of this.tuples[at]?.[9] ?? []) {
      const code = typeof barcode === 'string' ? barcode : barcode[0];
      if (this.byBarcode.get(code) === at) this.byBarcode.delete(code);
      const rest = this.shared.get(code)?.filter((other) => other !== at);
      if (rest) this.share(code, rest);
    }
    this.tuples[at] = null;
    this.byId.delete(id);
  }

  private share(code: string, articles: number[]): void {
    if (articles.length > 1) this.shared.set(code, articles);
    else this.shared.delete(code);
    if (articles.length > 0) this.byBarcode.set(code, articles[0]!);
  }

  private index(tuple: ArticleTuple): void {
    const at = this.tuples.push(tuple) - 1;
    this.byId.set(tuple[0], at);
    for (const barcode of tuple[9]) {
      const code = typeof barcode === 'string' ? barcode : barcode[0];
      const before = this.byBarcode.get(code);
      if (before !== undefined && before !== at) this.shared.set(code, [...(this.shared.get(code) ?? [before]), at]);
      else this.byBarcode.set(code, at);
    }
  }

  /** A code of this article from now on, until the server's catalogue says it too. A code that another article has stays there. */
  attach(code: string, id: string): void {
    const at = this.byId.get(id);
    if (at !== undefined && !this.byBarcode.has(code)) this.byBarcode.set(code, at);
  }

  byArticle(id: string): Article | null {
    const tuple = this.tuples[this.byId.get(id) ?? -1];
    return tuple ? article(tuple) : null;
  }

  /** Articles of a barcode, in any of the forms the engine says it can be written. More than one: the cashier chooses. */
  lookUp(forms: readonly string[]): Hit[] {
    for (const form of forms) {
      const at = this.byBarcode.get(form);
      if (at === undefined) continue;
      return (this.shared.get(form) ?? [at]).flatMap((index) => {
        const tuple = this.tuples[index];
        return tuple ? [{ article: article(tuple), quantity_milli: quantityOf(tuple, form) }] : [];
      });
    }
    return [];
  }

  find(typed: string, limit: number): Article[] {
    const sold = (at: number): boolean => ((this.tuples[at]?.[8] ?? FLAG.inactive) & FLAG.inactive) === 0;
    return search(this.folded.whole(), typed, limit, sold).map((at) => article(this.tuples[at]!));
  }
}
