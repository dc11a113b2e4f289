/* What a scanned or chosen thing becomes: a line, a customer, a question in the basket. Never a dialog, never a lost code. */
import type { ArticleKey } from '../model';
import type { Article } from '../core/catalogue';
import { wholeCents } from '../core/money';
import { clean } from '../core/folding';
import { beingPaid, draftOf, show, sync, tell, type Desk } from './desk';
import { addArticle, addLine, addWaiting, emptyDraft, replaceDraft, selectedLine } from './basket';
import { times } from './ahead';
import { draftLine, engineLine, isWeighed, waitingLine } from './basketline';
import { goOnSelling, openTicket, scanReturned } from './correction';
import { spendCreditNote } from './creditnote';
import { takeBack } from './deposits';
import { clearField, drawField, numberText, waitingMilli, waitingMinor } from './field';
import { parkedOf, recall } from './parking';
import { partlyRead, unknownCode } from './notices';
import { searchArticle } from './ticketlist';
import { attachTo } from './unknowncode';

type Parsed =
  | { kind: 'gtin' | 'internal' | 'bad_check'; forms?: string[]; text?: string }
  | { kind: 'ticket'; chain: string; seq: number }
  | { kind: 'credit_note'; reference: string }
  | { kind: 'measured'; forms: string[]; value: number; measure: 'price_minor' | 'quantity_milli' };

const LONGEST_CODE = 80;

/** While a sale is being paid, what is scanned belongs to the next customer. */
function target(desk: Desk): string {
  const draft = draftOf(desk);
  if (!draft.paying && draft.tenders.length === 0) return draft.id;
  if (desk.next === null || !desk.drafts.has(desk.next)) {
    const next = emptyDraft();
    desk.drafts.set(next.id, next);
    desk.next = next.id;
  }
  return desk.next;
}

function takeMultiplier(desk: Desk): number {
  const times = desk.multiplier ?? 1000;
  if (desk.multiplier !== null) {
    desk.multiplier = null;
    drawField(desk);
  }
  return times;
}

export async function scan(desk: Desk, raw: string): Promise<void> {
  const text = clean(raw.trim()).slice(0, LONGEST_CODE);
  if (text === '') return;
  if (desk.view.screen === 'lock' || desk.view.screen === 'enrol') return desk.sounds.play('refused');
  if (!['sale', 'payment', 'return', 'tickets'].includes(desk.view.screen)) {
    desk.sounds.play('refused');
    return tell(desk, 'info', `Le code ${text} n’est pas ajouté.`, 'Revenez à la vente pour scanner des articles.');
  }
  const into = target(desk);
  let hits = desk.catalogue.lookUp([text]);
  let parsed: Parsed | null = null;
  if (hits.length === 0) {
    parsed = await desk.engine.call<Parsed>('parse_code', { text, patterns: desk.boot?.patterns ?? [] });
    const parked = parkedOf(desk, text);
    if (parked) return recall(desk, parked);
    if (parsed.kind === 'ticket') return openTicket(desk, parsed.chain, parsed.seq);
    if (parsed.kind === 'credit_note') return spendCreditNote(desk, parsed.reference);
    if (parsed.forms) hits = desk.catalogue.lookUp(parsed.forms);
  }
  if (hits.length === 0 && parsed?.kind === 'bad_check') return partlyRead(desk);
  if (hits.length > 1)
    return severalArticles(
      desk,
      hits.map((hit) => hit.article),
    );
  const hit = hits[0];
  if (
    hit &&
    desk.view.screen === 'return' &&
    (await giveBack(desk, hit.article, parsed?.kind === 'measured' ? parsed : hit.quantity_milli))
  )
    return;
  if (hit && desk.view.screen === 'tickets') return searchArticle(desk, hit.article); // who lost the receipt has the article
  if (desk.view.screen === 'return' || desk.view.screen === 'tickets') await leaveForSelling(desk);
  if (!hit) return unknown(desk, text, into);
  if (hit.article.inactive) return refused(desk, hit.article, text, into);
  if (parsed?.kind === 'measured') return measured(desk, hit.article, parsed, into);
  await sell(desk, hit.article, hit.quantity_milli, into);
  if (into !== desk.current) tellNext(desk);
}

function tellNext(desk: Desk): void {
  const count = desk.drafts.get(desk.next!)?.lines.length ?? 0;
  tell(
    desk,
    'info',
    count > 1 ? `${count} articles en attente.` : '1 article en attente.',
    'Ils iront au client suivant.',
  );
}

/** On a ticket that came back: one of its lines returns. Without a ticket: whatever is scanned does. False: it is a new article. */
async function giveBack(
  desk: Desk,
  article: Article,
  read: number | { value: number; measure: string },
): Promise<boolean> {
  const labelled = typeof read === 'object' ? read : null;
  const quantity = typeof read === 'number' ? read : read.measure === 'quantity_milli' ? read.value : 1000;
  const draft = draftOf(desk);
  if (draft.returning?.ticket) {
    if (!(await scanReturned(desk, article.id, times(quantity, desk.multiplier ?? 1000)))) return false;
    takeMultiplier(desk);
    return true;
  }
  const price = waitingMinor(desk);
  const weight = isWeighed(article) && !labelled ? waitingMilli(desk) : null;
  if (isWeighed(article) && !labelled && !weight) {
    tell(
      desk,
      'info',
      `${article.name} : poids rendu à saisir.`,
      'Tapez le poids en kg, puis touchez ou scannez de nouveau l’article.',
    );
    return true;
  }
  if (article.openPrice && article.price_e4 === 0 && !price) {
    tell(
      desk,
      'info',
      `${article.name} : prix payé à saisir.`,
      'Tapez le prix, puis touchez ou scannez de nouveau l’article.',
    );
    return true;
  }
  const line = {
    ...engineLine(
      article,
      -(weight ?? times(quantity, takeMultiplier(desk))),
      article.openPrice && price ? price * 100 : undefined,
    ),
    origin_line: null,
    discountable: false,
  };
  if (labelled?.measure === 'price_minor') line.label_total_minor = -labelled.value;
  clearField(desk);
  if (
    await replaceDraft(
      desk,
      { ...draft, lines: [...draft.lines, draftLine(line, { manual: true, back: true })] },
      { lit: line.id },
    )
  )
    desk.sounds.play('article');
  return true;
}

async function leaveForSelling(desk: Desk): Promise<void> {
  desk.view.tickets = null;
  if (draftOf(desk).returning?.open) await goOnSelling(desk);
  else show(desk, 'sale');
}

async function unknown(desk: Desk, text: string, into: string): Promise<void> {
  const row = waitingLine('unknown', `Code inconnu ${text}`, text, `Code ${text} inconnu dans vos articles.`);
  const line = { ...row.line, quantity_milli: takeMultiplier(desk) }; // for when it is known what it is
  await addWaiting(desk, { ...row, line }, into);
  unknownCode(desk, text);
}

async function refused(desk: Desk, article: Article, text: string, into: string): Promise<void> {
  desk.sounds.play('refused');
  await addWaiting(desk, waitingLine('refused', article.name, text, 'Cet article n’est plus en vente.'), into);
}

function severalArticles(desk: Desk, articles: Article[]): void {
  desk.sounds.play('unknown');
  tell(
    desk,
    'warn',
    'Ce code correspond à plusieurs articles.',
    'Rien n’est encore ajouté. Touchez le bon.',
    articles.slice(0, 3).map((article) => ({ label: article.name, command: { c: 'article', id: article.id } })),
  );
}

async function measured(
  desk: Desk,
  article: Article,
  parsed: Extract<Parsed, { kind: 'measured' }>,
  into: string,
): Promise<void> {
  const several = desk.multiplier !== null && (parsed.measure === 'quantity_milli' || !isWeighed(article));
  const by = several ? takeMultiplier(desk) : 1000;
  const line =
    parsed.measure === 'quantity_milli'
      ? engineLine(article, times(parsed.value, by))
      : several
        ? engineLine(article, by, parsed.value * 100)
        : { ...engineLine(article, 1000), label_total_minor: parsed.value };
  await addLine(desk, line, { manual: true }, into);
}

async function sell(desk: Desk, article: Article, quantity_milli: number, into: string): Promise<void> {
  if (article.openPrice && article.price_e4 === 0) {
    askPrice(desk, article);
    return;
  }
  if (isWeighed(article)) {
    askWeight(desk, article);
    return;
  }
  if (article.kind === 'deposit') return takeBack(desk, article, times(quantity_milli, takeMultiplier(desk)), into);
  await addArticle(desk, article, times(quantity_milli, takeMultiplier(desk)), undefined, into);
}

function askPrice(desk: Desk, article: Article): void {
  desk.pending = { op: 'open_price', article };
  clearField(desk, true);
  tell(desk, 'info', `${article.name} : prix à saisir.`, 'Tapez le prix, puis Entrée.');
}

function askWeight(desk: Desk, article: Article): void {
  desk.pending = { op: 'weight', article };
  clearField(desk, true);
  tell(desk, 'info', `${article.name} : poids à saisir.`, 'Tapez le poids en kg, puis Entrée.');
}

/** An article key. A number waiting is the price of an open-price article, or the weight of a weighed one. */
export async function sellArticle(desk: Desk, id: string): Promise<void> {
  if (desk.pending?.op === 'attach') return attachTo(desk, id);
  const article = desk.catalogue.byArticle(id);
  if (!article) return tell(desk, 'warn', 'Cet article n’est plus dans le catalogue.', 'Le ticket est intact.');
  if (desk.view.screen === 'payment')
    return tell(desk, 'info', 'Cette vente est en cours de règlement.', 'Revenez à la vente pour ajouter un article.');
  if (desk.view.screen === 'return') {
    if (await giveBack(desk, article, 1000))
      return desk.field !== '' && numberText(desk) === null ? clearField(desk) : undefined;
    await leaveForSelling(desk);
  }
  show(desk, 'sale');
  const into = target(desk);
  if (article.inactive) return refused(desk, article, article.code, into);
  const price = article.openPrice ? waitingMinor(desk) : null;
  const weight = isWeighed(article) ? waitingMilli(desk) : null;
  if (price !== null) {
    clearField(desk);
    await addArticle(desk, article, takeMultiplier(desk), price * 100, into);
  } else if (weight !== null && weight > 0) {
    clearField(desk);
    await addArticle(desk, article, weight, undefined, into);
  } else {
    if (numberText(desk) === null && desk.field !== '') clearField(desk); // the words that found it
    await sell(desk, article, 1000, into);
  }
  if (into !== desk.current) tellNext(desk);
}

/** ⏎ after a question: price of an open-price article, weight of a weighed one. */
export async function answerArticle(desk: Desk): Promise<void> {
  const { pending } = desk;
  if (pending?.op !== 'open_price' && pending?.op !== 'weight') return;
  const value = pending.op === 'open_price' ? waitingMinor(desk) : waitingMilli(desk);
  if (value === null || value === 0)
    return tell(desk, 'info', pending.op === 'weight' ? 'Tapez le poids en kg.' : 'Tapez le prix de l’article.', null);
  const { article } = pending;
  clearField(desk);
  desk.view.notice = null;
  const into = target(desk);
  if (pending.op === 'open_price') await addArticle(desk, article, takeMultiplier(desk), value * 100, into);
  else await addArticle(desk, article, value, undefined, into);
}

/** The family article an unknown code is sold as: the shop's open-price article, of the family on the screen when there is one. */
function miscellaneous(desk: Desk): Article | null {
  const open = (desk.boot?.keys ?? []).flatMap((key) => {
    const article = desk.catalogue.byArticle(key.article);
    return article?.openPrice ? [article] : [];
  });
  return open.find((article) => article.family === desk.family) ?? open[0] ?? null;
}

export async function sellUnknown(desk: Desk, line: string): Promise<void> {
  const row = draftOf(desk).lines.find((one) => one.line.id === line);
  const article = miscellaneous(desk);
  if (!row || row.kind !== 'unknown') return;
  if (!article)
    return tell(
      desk,
      'warn',
      'Aucun article à prix libre dans vos touches.',
      'Retirez la ligne ou créez « Divers » au bureau.',
      [{ label: 'Retirer', command: { c: 'remove_line', id: line } }],
    );
  const price = waitingMinor(desk);
  if (price === null || price === 0) {
    desk.pending = { op: 'unknown_price', line };
    clearField(desk, true);
    return tell(desk, 'info', `Prix de l’article ${row.code ?? ''} ?`, 'Tapez le prix, puis Entrée.');
  }
  const draft = draftOf(desk);
  const sold = {
    ...engineLine(article, row.line.quantity_milli, price * 100),
    id: row.line.id,
    label: clean(`${article.name} (${row.code ?? ''})`),
  };
  clearField(desk);
  desk.view.notice = null;
  const lines = draft.lines.map((one) =>
    one === row ? { ...row, kind: 'article' as const, reason: null, manual: true, line: sold } : one,
  );
  if (await replaceDraft(desk, { ...draft, lines }, { lit: sold.id })) desk.sounds.play('article');
}

/** Same again: one more of the last article. */
export async function again(desk: Desk): Promise<void> {
  if (beingPaid(desk)) return;
  const row = selectedLine(desk) ?? draftOf(desk).lines.at(-1);
  const article = row?.line.article ? desk.catalogue.byArticle(row.line.article) : null;
  if (!row || !article || row.line.kind === 'weighed') return;
  if (row.manual)
    await addLine(
      desk,
      { ...row.line, ...{ id: engineLine(article, 1000).id, quantity_milli: 1000 } },
      { manual: true },
    );
  else await sell(desk, article, 1000, target(desk));
}

// -- keys by family ----------------------------------------------------------------------------------------------------------

export function drawKeys(desk: Desk): void {
  const { boot, view } = desk;
  if (!boot) return;
  const families = new Map(boot.families.map((family) => [family.code, family]));
  const own = boot.keys.filter((key) => key.family === desk.family);
  const chosen = (own.length === 0 && desk.family === '*' ? boot.keys : own)
    .slice()
    .sort((a, b) => a.position - b.position);
  const pages = Math.max(1, Math.ceil(chosen.length / desk.keysPerPage));
  desk.page = Math.min(desk.page, pages - 1);
  const counts = new Map<string, number>();
  for (const { line, kind } of draftOf(desk).lines)
    if (kind === 'article' && line.article)
      counts.set(line.article, (counts.get(line.article) ?? 0) + line.quantity_milli);
  const keys = chosen
    .slice(desk.page * desk.keysPerPage, (desk.page + 1) * desk.keysPerPage)
    .flatMap((key): ArticleKey[] => {
      const article = desk.catalogue.byArticle(key.article);
      if (!article) return [];
      return [
        {
          article: article.id,
          name: article.name,
          price_minor: article.openPrice && article.price_e4 === 0 ? null : wholeCents(article.price_e4),
          unit: article.unit,
          open_price: article.openPrice,
          family: article.family ?? '',
          colour: families.get(article.family ?? '')?.colour ?? 6,
          in_basket_milli: counts.get(article.id) ?? 0,
          photo: article.photo,
        },
      ];
    });
  sync(view.keys, keys, 'article');
  sync(
    view.families,
    [...boot.families]
      .sort((a, b) => a.position - b.position)
      .map(({ code, name, colour }) => ({ code, name, colour })),
    'code',
  );
  view.family = desk.family;
  view.page = desk.page;
  view.pages = pages;
}
