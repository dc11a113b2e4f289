/* Container deposits (consignes): a line of their own beside the articles that are sold with them, outside VAT and never
   discounted; a container that comes back is a negative line, with or without anything sold. */
import type { Milli } from '../model';
import type { Article } from '../core/catalogue';
import { quantity } from '../core/money';
import { draftOf, tell, type Desk, type DraftLine } from './desk';
import { addLine, changeLine } from './basket';
import { times } from './ahead';
import { draftLine, engineLine } from './basketline';

interface Wanted {
  milli: Milli;
  after: DraftLine;
}

/** Containers that these lines are sold with. A line returned from a ticket brings back its own deposit line: not counted here. */
function wanted(desk: Desk, lines: readonly DraftLine[]): Map<string, Wanted> {
  const found = new Map<string, Wanted>();
  for (const row of lines) {
    if (row.kind !== 'article' || row.container || row.line.article === null || 'origin_line' in row.line) continue;
    const deposit = desk.catalogue.byArticle(row.line.article)?.deposit;
    if (deposit)
      found.set(deposit[0], {
        milli: (found.get(deposit[0])?.milli ?? 0) + times(row.line.quantity_milli, deposit[1]),
        after: row,
      });
  }
  return found;
}

function depositLine(desk: Desk, id: string, milli: Milli, known: DraftLine | undefined): DraftLine | null {
  if (known)
    return known.line.quantity_milli === milli ? known : { ...known, line: { ...known.line, quantity_milli: milli } };
  const article = desk.catalogue.byArticle(id);
  return article ? draftLine(engineLine(article, milli), { container: true }) : null;
}

/** The lines with exactly the deposits they call for, each after the last article that carries it; the very same array when it holds already. */
export function withDeposits(desk: Desk, lines: readonly DraftLine[]): readonly DraftLine[] {
  const calls = wanted(desk, lines);
  if (calls.size === 0 && !lines.some((row) => row.container)) return lines;
  const made: DraftLine[] = [];
  for (const row of lines) {
    if (row.container) continue;
    made.push(row);
    for (const [id, call] of calls) {
      if (call.after !== row || call.milli === 0) continue;
      const line = depositLine(
        desk,
        id,
        call.milli,
        lines.find((one) => one.container && one.line.article === id),
      );
      if (line) made.push(line);
    }
  }
  return made.length === lines.length && made.every((row, i) => row === lines[i]) ? lines : made;
}

/** A container handed over the counter. The rare other way, selling one alone, is one touch away. */
export async function takeBack(desk: Desk, article: Article, milli: Milli, into: string): Promise<void> {
  if (!(await addLine(desk, engineLine(article, -milli), {}, into))) return;
  const row = desk.drafts.get(into)?.lines.at(-1);
  if (into === desk.current && row) {
    tell(desk, 'info', `${article.name} : emballage repris (${quantity(-row.line.quantity_milli, false)}).`, null, [
      { label: 'Le vendre', command: { c: 'sell_container', line: row.line.id } },
    ]);
  }
}

/** Turns a container taken back into one sold. */
export async function sellContainer(desk: Desk, id: string): Promise<void> {
  const row = draftOf(desk).lines.find((one) => one.line.id === id);
  desk.view.notice = null;
  if (row && row.line.quantity_milli < 0)
    await changeLine(desk, id, { quantity_milli: -row.line.quantity_milli }, row.line.label);
}

/** A deposit that was added by its article is changed through it. */
export function followsItsArticle(desk: Desk, row: DraftLine): boolean {
  if (!row.container) return false;
  desk.sounds.play('refused');
  tell(
    desk,
    'info',
    `${row.line.label} suit son article.`,
    'Pour un emballage rapporté, touchez ou scannez la consigne.',
  );
  return true;
}
