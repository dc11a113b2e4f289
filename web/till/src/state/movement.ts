/* Cash that is no sale: movements in and out, and the drawer opened for a reason. */
import { clean } from '../core/folding';
import { EVENT } from '../core/events';
import { euros, parseMinor } from '../core/money';
import { operator, permitted, show, tell, type Desk } from './desk';
import { orApproved } from './approval';
import { enterTill, LARGEST_CASH_MINOR, logEvent, openOpening } from './session';

/** Used until the shop has written its own. */
const DRAWER_REASONS = [{ code: 'change', label: 'Faire de la monnaie' }, { code: 'check', label: 'Vérifier le fond' }, { code: 'jam', label: 'Tiroir mal fermé' }, { code: 'other', label: 'Autre raison' }];

export function openMovement(desk: Desk): void {
  if (desk.ledger.period.session === null) return openOpening(desk);
  if (!permitted(desk, 'till.cash_move', 'les mouvements de caisse')) return;
  const typed = parseMinor(desk.field);
  desk.view.movement = {
    amount: typed === null ? '' : desk.field, direction: null, reason: null, label: '', ready: null,
    reasons: (desk.boot?.reasons ?? []).map(({ code, label, direction, needs_label }) => ({ code, label, direction, needs_label })),
  };
  desk.field = '';
  show(desk, 'movement');
  drawMovement(desk);
}

export function drawMovement(desk: Desk): void {
  const { movement } = desk.view;
  if (!movement) return;
  const amount = parseMinor(movement.amount);
  const reason = movement.reasons.find((row) => row.code === movement.reason);
  movement.direction = reason?.direction ?? null;
  if (amount === null || amount === 0) movement.ready = 'Tapez le montant.';
  else if (amount > LARGEST_CASH_MINOR) movement.ready = 'Ce montant paraît trop grand.';
  else if (!reason) movement.ready = 'Choisissez le motif.';
  else if (reason.needs_label && movement.label.trim() === '') movement.ready = 'Précisez en quelques mots.';
  else movement.ready = null;
}

export async function sealMovement(desk: Desk): Promise<void> {
  const { movement } = desk.view;
  if (!movement || movement.ready !== null || movement.direction === null) return;
  const amount_minor = parseMinor(movement.amount)!;
  const reason = movement.reasons.find((row) => row.code === movement.reason)!;
  const label = clean(movement.label.trim() || reason.label);
  const sealed = await desk.ledger.sealFields('cash', operator(desk), { kind: movement.direction, amount_minor, reason: reason.code, label, pieces: [], counted: [] });
  desk.printing.journal(sealed.envelope);
  desk.view.movement = null;
  desk.sync.soon();
  await desk.printing.request({ kind: 'drawer', receipt: null, drawer: true, copies: 1 }, null);
  await enterTill(desk);
  tell(desk, 'ok', `${reason.label} : ${euros(amount_minor)} ${movement.direction === 'in' ? 'mis en caisse' : 'sortis de la caisse'}.`, 'Le mouvement est enregistré.');
}

/** Opens the drawer without a sale: why first, then somebody's code when this cashier may not do it alone. */
export async function openDrawer(desk: Desk, code: string | null = null): Promise<void> {
  if (desk.printing.way === null) return tell(desk, 'info', 'Aucun tiroir n’est relié à cette caisse.', 'Ouvrez-le avec sa clé.');
  const reasons = desk.boot?.drawer_reasons?.length ? desk.boot.drawer_reasons : DRAWER_REASONS;
  const reason = reasons.find((row) => row.code === code);
  if (!reason) {
    const actions = reasons.map((row) => ({ label: row.label, command: { c: 'drawer', reason: row.code } as const }));
    return tell(desk, 'info', 'Pourquoi ouvrir le tiroir ?', 'Le motif est inscrit au journal, et l’ouverture est comptée au Z.', actions);
  }
  desk.view.notice = null;
  await orApproved(desk, {
    right: 'till.open_drawer', text: `Ouvrir le tiroir sans vente : ${reason.label}`,
    then: async (by) => {
      await logEvent(desk, EVENT.drawerOpened, `Ouverture du tiroir sans vente : ${reason.label}`, { reason: reason.code, ...(by ? { approved_by: by.id, approver: clean(by.name) } : {}) });
      await desk.printing.request({ kind: 'drawer', receipt: null, drawer: true, copies: 1 }, null);
      tell(desk, 'ok', `Tiroir ouvert : ${reason.label}.`, null);
    },
  });
}
