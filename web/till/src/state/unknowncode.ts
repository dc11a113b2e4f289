/* A code that no article has. Sold as « divers », given to an article, or made an article: by who may change the catalogue, or with the
   code of somebody who may. Attaching works without the server; making an article does not, for its reference must be free everywhere. */
import { Refused, Unreachable } from '../core/api';
import { refreshCatalogue } from '../core/catalogueload';
import { clean } from '../core/folding';
import { uuid7 } from '../core/ids';
import { parseMinor } from '../core/money';
import { queueCode, type NewCode } from '../core/newcodes';
import { orApproved } from './approval';
import { replaceDraft } from './basket';
import { draftOf, operator, tell, type Desk, type DraftLine } from './desk';
import { clearField } from './field';
import { drawKeys, sellArticle } from './scan';

const unknownLine = (desk: Desk, id: string): DraftLine | undefined =>
  draftOf(desk).lines.find((row) => row.line.id === id && row.kind === 'unknown');

function exercising(desk: Desk): boolean {
  if (desk.ledger.training)
    tell(desk, 'info', 'Le catalogue ne change pas en mode école.', 'Vendez l’article en divers.');
  return desk.ledger.training;
}

/** Asks which article this code belongs to; words or a key answer. A scan never does: it may be the next article. */
export function askAttach(desk: Desk, line: string): void | Promise<void> {
  const row = unknownLine(desk, line);
  if (!row?.code || exercising(desk)) return;
  return orApproved(desk, {
    right: 'catalog.edit',
    text: `Rattacher le code ${row.code} à un article`,
    then: (by) => {
      desk.pending = { op: 'attach', line, by: by?.id ?? operator(desk).id };
      clearField(desk, true);
      tell(
        desk,
        'info',
        `Code ${row.code} : quel est son article ?`,
        'Tapez son nom puis Entrée, ou touchez sa touche.',
      );
    },
  });
}

export async function attachTo(desk: Desk, article: string): Promise<void> {
  const { pending } = desk;
  if (pending?.op !== 'attach') return;
  const found = desk.catalogue.byArticle(article);
  const row = unknownLine(desk, pending.line);
  clearField(desk);
  if (!found || !row?.code) return;
  await queueCode(desk.home, { code: row.code, article, by: pending.by });
  desk.catalogue.attach(row.code, article);
  await sellInstead(desk, row, article);
  if (desk.pending === null)
    tell(desk, 'ok', `Code ${row.code} rattaché à « ${found.name} ».`, 'Le prochain scan le trouvera.');
  desk.sync.soon();
}

/** The article takes the place of its unknown code. */
async function sellInstead(desk: Desk, row: DraftLine, article: string): Promise<void> {
  const draft = draftOf(desk);
  desk.view.notice = null;
  await replaceDraft(desk, { ...draft, lines: draft.lines.filter((one) => one !== row) });
  if (row.line.quantity_milli !== 1000) desk.multiplier = row.line.quantity_milli; // `3 ×` was for what it turned out to be
  await sellArticle(desk, article);
}

export function codesRefused(desk: Desk, rows: readonly NewCode[]): void {
  for (const { code } of rows)
    tell(
      desk,
      'warn',
      `Le code ${code} n’a pas pu être rattaché.`,
      'Un autre article le porte déjà : vérifiez-le au bureau. Les ventes ne changent pas.',
    );
}

// -- a new article ------------------------------------------------------------------------------------------------------------

export function askCreate(desk: Desk, line: string): void | Promise<void> {
  const row = unknownLine(desk, line);
  if (!row?.code || exercising(desk)) return;
  const { code } = row;
  if (!desk.sync.online)
    return tell(
      desk,
      'warn',
      'Sans le serveur, un article ne peut pas être créé.',
      'Vendez-le en divers, ou rattachez-le à un article.',
      [{ label: 'Vendre en divers', command: { c: 'sell_unknown', line } }],
    );
  return orApproved(desk, {
    right: 'catalog.edit',
    text: `Créer l’article ${code}`,
    then: (by) => {
      desk.view.notice = null;
      desk.view.creating = {
        id: uuid7(),
        line,
        code,
        by: by?.id ?? operator(desk).id,
        rates: (desk.boot?.vat_rates ?? []).map(({ label, rate_e4 }) => ({ label, rate_e4 })),
        families: (desk.boot?.families ?? []).map(({ code: family, name }) => ({ code: family, name })),
        message: null,
      };
      desk.view.overlay = 'create';
    },
  });
}

export async function createArticle(
  desk: Desk,
  asked: { name: string; price: string; vat_e4: number | null; family: string | null },
): Promise<void> {
  const { creating } = desk.view;
  if (!creating) return;
  const name = clean(asked.name.trim()).slice(0, 120);
  const price_minor = parseMinor(asked.price);
  if (name === '' || price_minor === null || price_minor <= 0 || asked.vat_e4 === null) {
    creating.message = 'Indiquez le nom, le prix et le taux de TVA.';
    return;
  }
  try {
    await desk.api.post('catalogue/articles', {
      id: creating.id,
      code: creating.code,
      name,
      price_minor,
      vat_e4: asked.vat_e4,
      family: asked.family,
      by: creating.by,
    });
    await refreshCatalogue(desk.api, desk.home, desk.catalogue);
  } catch (reason) {
    if (reason instanceof Unreachable)
      creating.message = 'Le serveur ne répond pas. Rien n’est créé : essayez à nouveau, ou vendez en divers.';
    else if (reason instanceof Refused) creating.message = reason.detail || 'Cet article n’est pas accepté.';
    else throw reason;
    return;
  }
  desk.view.overlay = 'none';
  desk.view.creating = null;
  drawKeys(desk);
  const row = unknownLine(desk, creating.line);
  if (row && desk.catalogue.byArticle(creating.id)) await sellInstead(desk, row, creating.id);
  tell(desk, 'ok', `« ${name} » est créé.`, 'Toutes les caisses le recevront.');
}
