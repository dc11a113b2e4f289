/* The receipt without paper: by mail, or by a QR code that opens this one ticket. The first copy of a ticket is its original,
   whatever the way; every further one is sealed as a duplicate, for a copy sent again counts like one printed again. */
import type { ReceiptDoc } from '../model';
import { queueCopy, type CopyRow } from '../core/copyqueue';
import { base64url, uuid7 } from '../core/ids';
import { draftOf, permitted, tell, type Desk } from './desk';
import { changeReturning, numberFrom } from './correction';
import { sealDuplicate } from './reprint';
import { lastSold, type Sold } from './sale';

const ADDRESS = /^[\x21-\x3f\x41-\x7e]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const TOKEN_CHARACTERS = 22; // of base64url: 132 bits, as the server makes it (comptoir/exchange/receipts/sealed.py)

interface Body {
  id: string;
  chain: string;
  seq: number;
  at: string;
}

/** Tickets whose QR code was shown from the list: shown again it is the same address, not one more copy. */
const shown = new WeakMap<Desk, Set<string>>();

/** The ticket on the screen. Whether its paper was taken on the day is not known: a copy of it is always one more. */
function opened(desk: Desk): Sold | null {
  const returning = desk.view.screen === 'return' ? draftOf(desk).returning : undefined;
  if (!returning?.ticket) return null;
  return {
    record: returning.ticket,
    signature: returning.signature,
    copies: returning.copies + 1,
    shown: shown.get(desk)?.has(returning.ticket.id) ?? false,
  };
}

/** The ticket to copy, the one on the screen before the last one sold, or null with the reason said. */
function copied(desk: Desk): Sold | null {
  const old = opened(desk);
  if (old && !permitted(desk, 'till.reprint', 'les copies de tickets')) return null;
  const sold = old ?? lastSold.get(desk) ?? null;
  if (!sold) tell(desk, 'info', 'Aucun ticket depuis l’ouverture de cette page.', null);
  else if (desk.ledger.training)
    tell(desk, 'info', 'En mode école, aucun ticket ne sort par e-mail ni par QR code.', null);
  else return sold;
  return null;
}

/** Counts one more copy; returns its number, 0 for the original. */
async function countCopy(desk: Desk, sold: Sold, way: 'mail' | 'qr'): Promise<number> {
  const old = opened(desk);
  const number = sold.copies > 0 ? await sealDuplicate(desk, sold.record as Body, old ? sold.copies - 1 : 0, way) : 0;
  sold.copies += 1;
  if (old) await changeReturning(desk, { copies: number });
  return number;
}

export function askAddress(desk: Desk): void {
  const sold = copied(desk);
  if (!sold) return;
  desk.view.copy = { way: 'mail', number: numberFrom(sold.record as Body), link: null, message: null };
  desk.view.overlay = 'copy';
}

/** Queues the mail here first: the server may be away, the customer is not kept waiting. */
export async function mailCopy(desk: Desk, typed: string): Promise<void> {
  const sold = copied(desk);
  const { copy } = desk.view;
  if (!sold || !copy) return;
  const email = typed.trim();
  if (!ADDRESS.test(email)) {
    desk.sounds.play('refused');
    copy.message = 'Cette adresse n’a pas la forme nom@domaine. Relisez-la avec le client.';
    return;
  }
  const { chain, seq } = sold.record as Body;
  const number = await countCopy(desk, sold, 'mail');
  await queueCopy(desk.home, { id: uuid7(), chain, seq, number, email });
  desk.view.copy = null;
  desk.view.overlay = 'none';
  tell(
    desk,
    'ok',
    desk.sync.online
      ? `Ticket ${copy.number} : l’e-mail part.`
      : `Ticket ${copy.number} : l’e-mail partira avec le serveur.`,
    'L’adresse ne sert qu’à cet envoi, puis elle est effacée.',
  );
  desk.sync.soon();
}

export function addressesRefused(desk: Desk, rows: readonly CopyRow[]): void {
  if (rows.length > 0)
    tell(
      desk,
      'warn',
      'Un e-mail n’a pas pu partir : son adresse n’existe pas sous cette forme.',
      'La vente est enregistrée, le ticket reste imprimable.',
    );
}

/** base64url of SHA-256 of the signature, shortened: nobody can guess the address, no table is needed to know it. */
async function token(signature: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(signature));
  return base64url(new Uint8Array(digest)).slice(0, TOKEN_CHARACTERS);
}

export async function showQr(desk: Desk): Promise<void> {
  const sold = copied(desk);
  const origin = desk.boot?.copies?.origin;
  if (!sold || !origin) return;
  const number = numberFrom(sold.record as Body);
  if (!sold.shown) await countCopy(desk, sold, 'qr'); // shown again it is the same address: not one more copy
  sold.shown = true;
  if (opened(desk)) shown.set(desk, (shown.get(desk) ?? new Set()).add((sold.record as Body).id));
  desk.view.copy = {
    way: 'qr',
    number,
    link: `${origin}/d/${desk.slug}/t/${number}/${await token(sold.signature)}`,
    message: null,
  };
  desk.view.overlay = 'copy';
}

/** The QR code on a strip of paper, for a customer whose telephone is in a bag. */
export async function printQr(desk: Desk): Promise<void> {
  const { copy, shop } = desk.view;
  if (!copy?.link) return;
  if (desk.printing.way === null)
    return tell(desk, 'warn', 'Aucune imprimante n’est reliée à cette caisse.', 'Le QR code reste à l’écran.');
  const receipt: ReceiptDoc = {
    format: 'receipt/1',
    lang: 'fr',
    blocks: [
      { t: 'text', s: shop?.name ?? '', align: 'c', style: ['bold', 'double'] },
      { t: 'text', s: `Votre ticket ${copy.number}`, align: 'c' },
      { t: 'qr', s: copy.link },
      { t: 'feed', n: 3 },
      { t: 'cut' },
    ],
  };
  await desk.printing.request({ kind: 'receipt', receipt, drawer: false, copies: 1 }, copy.number);
}
