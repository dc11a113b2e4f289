/* Papers of tickets already sealed. Looking is not copying; every copy is a numbered duplicate, sealed before it is printed. */
import { copiesOf, type Origin } from '../core/history';
import { draftOf, operator, permitted, tell, type Desk } from './desk';
import { changeReturning, numberFrom } from './correction';
import { makeReceipt } from './sale';

/** Seals the next duplicate of a ticket and says its number. `known`: what the server counted, 0 when it was not asked. */
export async function sealDuplicate(
  desk: Desk,
  origin: Origin,
  known = 0,
  way: 'print' | 'mail' | 'qr' = 'print',
): Promise<number> {
  const { id, chain, seq, at } = origin;
  const number = Math.max(known, await copiesOf(desk.db, desk.ledger.chain('duplicate'), id)) + 1;
  const sealed = await desk.ledger.sealFields('duplicate', operator(desk), {
    origin: { type: 'ticket', id, chain, seq, at },
    number,
    way,
    reason: 'Demande du client',
  });
  desk.printing.journal(sealed.envelope);
  desk.sync.soon();
  return number;
}

/** DUPLICATA n of the ticket on the screen. */
export async function reprint(desk: Desk): Promise<void> {
  const { returning } = draftOf(desk);
  if (!returning?.ticket || !permitted(desk, 'till.reprint', 'la réimpression')) return;
  const { ticket, signature, copies } = returning;
  if (desk.printing.way === null)
    return tell(desk, 'warn', 'Aucune imprimante n’est reliée à cette caisse.', 'Le ticket reste visible à l’écran.', [
      { label: 'Voir le ticket', command: { c: 'see_ticket' } },
    ]);
  const number = await sealDuplicate(desk, ticket, copies);
  const receipt = await makeReceipt(desk, 'ticket', ticket, signature, number);
  await desk.printing.request({ kind: 'receipt', receipt, drawer: false, copies: 1 }, numberFrom(ticket));
  await changeReturning(desk, { copies: number });
  tell(
    desk,
    'ok',
    `Duplicata ${number} du ticket ${numberFrom(ticket)} envoyé à l’imprimante.`,
    'La copie est notée au journal.',
  );
}

export async function seeTicket(desk: Desk): Promise<void> {
  const { returning } = draftOf(desk);
  if (!returning?.ticket) return;
  desk.view.receipt = await makeReceipt(desk, 'ticket', returning.ticket, returning.signature);
  desk.view.overlay = 'receipt';
}
