/* Pricing ahead of the scanner. All digits of an article number but the last decide the last: while the scanner still types it
   and its Enter, the engine already prices the basket with that article, and the line is on the screen with the last key. What
   was priced ahead is used only when its text is the very text that would be sent. */
import type { Article } from '../core/catalogue';
import { checkDigit } from '../core/scanner';
import type { Basket, EngineLine, Priced } from '../core/wire';
import { draftOf, type Desk, type Draft } from './desk';
import { engineLine, isWeighed } from './basketline';
import { engineBasket, withLine } from './basket';

interface Ahead {
  line: string;
  article: string;
  json: string;
  priced: Promise<Priced>;
}

const guesses = new WeakMap<Desk, Ahead>();

/** Several of a pack: both are thousandths, their product must be one too. */
export function times(quantity_milli: number, by_milli: number): number {
  return Number((BigInt(quantity_milli) * BigInt(by_milli)) / 1000n);
}

const open = (draft: Draft): boolean => !draft.paying && draft.tenders.length === 0;

/** `digits`: what a scanner has typed so far, one digit short of an article number. */
export function priceAhead(desk: Desk, digits: string): void {
  if (desk.cashier === null || desk.view.screen !== 'sale' || desk.behind() > 0 || !open(draftOf(desk))) return;
  const hits = desk.catalogue.lookUp([digits + checkDigit(digits)]);
  const hit = hits[0];
  if (
    hits.length !== 1 ||
    !hit ||
    hit.article.inactive ||
    isWeighed(hit.article) ||
    (hit.article.openPrice && hit.article.price_e4 === 0)
  )
    return;
  const draft = draftOf(desk);
  const line = engineLine(hit.article, times(hit.quantity_milli, desk.multiplier ?? 1000));
  const json = JSON.stringify(engineBasket(desk, { ...draft, lines: withLine(draft, line, {}).lines }));
  const priced = desk.engine.ask<Priced>('price_basket', json);
  priced.catch(() => undefined); // told when the basket is really priced
  guesses.set(desk, { line: line.id, article: hit.article.id, json, priced });
}

/** The line of an article just scanned, under the name it was priced ahead with. */
export function scannedLine(desk: Desk, article: Article, quantity_milli: number): EngineLine {
  const line = engineLine(article, quantity_milli);
  const guess = guesses.get(desk);
  return guess?.article === article.id ? { ...line, id: guess.line } : line;
}

/** Prices a basket, or gives the answer already asked for the same text. */
export function priceBasket(desk: Desk, basket: Basket): Promise<Priced> {
  const json = JSON.stringify(basket);
  const guess = guesses.get(desk);
  guesses.delete(desk); // a line's name is never used twice
  return guess?.json === json ? guess.priced : desk.engine.ask<Priced>('price_basket', json);
}
