/* Which tickets are printed without being asked for. In France none is, unless the law or the shop says so. */
import { type Desk } from './desk';
import type { Settled } from '../core/wire';

export interface Printable {
  customer?: string | null;
  priced: { gross_minor: number };
  settled: Settled;
  basket?: { lines: readonly { article: string | null }[] };
}

export function mustPrint(desk: Desk, body: Printable): boolean {
  const rules = desk.boot?.print;
  if (!rules) return false;
  const from = rules.always_from_minor ?? null;
  return (
    rules.policy === 'always' ||
    (from !== null && Math.abs(body.priced.gross_minor) >= from) ||
    body.settled.payments.some((payment) => rules.always_for_tenders?.includes(payment.type)) ||
    (rules.always_with_customer === true && Boolean(body.customer)) ||
    (body.basket?.lines.some((line) => line.article !== null && desk.catalogue.byArticle(line.article)?.printForced) ??
      false)
  );
}
