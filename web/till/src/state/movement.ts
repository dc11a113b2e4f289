/* Cash that is no sale: movements in and out, and the drawer opened for a reason. */
import type { Minor } from '../model';
import type { AttachmentRow } from '../core/attachments';
import { clean } from '../core/folding';
import { EVENT } from '../core/events';
import { uuid7 } from '../core/ids';
import { euros, parseMinor, percent } from '../core/money';
import { asPhoto, NotAPicture, type Photo } from '../core/photo';
import { operator, permitted, show, tell, type Desk } from './desk';
import { orApproved, type Approver } from './approval';
import { reportOf } from './closing';
import { setDrawer } from './drawer';
import { makeReceipt } from './sale';
import { enterTill, LARGEST_CASH_MINOR, logEvent, openOpening } from './session';

/** Used until the shop has written its own. */
const DRAWER_REASONS = [
  { code: 'change', label: 'Faire de la monnaie' },
  { code: 'check', label: 'Vérifier le fond' },
  { code: 'jam', label: 'Tiroir mal fermé' },
  { code: 'other', label: 'Autre raison' },
];

/** Out of the shop's own drawers: what goes to the safe or to the bank is no expense. */
const INSIDE: ReadonlySet<string> = new Set(['to_safe', 'coffre', 'bank', 'change_sent']);

/** The photo taken for the expense in hand; its bytes never enter the view. */
const photos = new WeakMap<Desk, Photo>();

export function openMovement(desk: Desk): void {
  if (desk.ledger.period.session === null) return openOpening(desk);
  if (!permitted(desk, 'till.cash_move', 'les mouvements de caisse')) return;
  const typed = parseMinor(desk.field);
  photos.delete(desk);
  desk.view.notice = null;
  desk.view.movement = {
    amount: typed === null ? '' : desk.field,
    direction: null,
    reason: null,
    label: '',
    ready: null,
    expense: false,
    vat_e4: null,
    photo: null,
    warning: null,
    reasons: (desk.boot?.reasons ?? []).map(({ code, label, direction, needs_label }) => ({
      code,
      label,
      direction,
      needs_label,
    })),
    rates: (desk.boot?.vat_rates ?? [])
      .filter(({ rate_e4 }) => rate_e4 > 0)
      .map(({ rate_e4 }) => ({ rate_e4, label: percent(rate_e4) })),
  };
  desk.field = '';
  show(desk, 'movement');
  drawMovement(desk);
}

/** Leaves the movement; nothing was recorded. */
export function closeMovement(desk: Desk): void {
  const url = desk.view.movement?.photo?.url;
  if (url) URL.revokeObjectURL(url);
  photos.delete(desk);
  desk.view.movement = null;
}

export function drawMovement(desk: Desk): void {
  const { movement } = desk.view;
  if (!movement) return;
  const amount = parseMinor(movement.amount);
  const reason = movement.reasons.find((row) => row.code === movement.reason);
  movement.direction = reason?.direction ?? null;
  movement.expense = reason?.direction === 'out' && !INSIDE.has(reason.code);
  if (amount === null || amount === 0) movement.ready = 'Tapez le montant.';
  else if (amount > LARGEST_CASH_MINOR) movement.ready = 'Ce montant paraît trop grand.';
  else if (!reason) movement.ready = 'Choisissez le motif.';
  else if (reason.needs_label && movement.label.trim() === '') movement.ready = 'Précisez en quelques mots.';
  else movement.ready = null;
  void warnShort(desk, movement.direction === 'out' ? (amount ?? 0) : 0);
}

/** Says it when more goes out than the drawer should hold, without saying what it should hold. */
async function warnShort(desk: Desk, out: Minor): Promise<void> {
  const short = out > 0 && out > (await reportOf(desk)).cash.expected_minor;
  if (desk.view.movement)
    desk.view.movement.warning = short ? 'Le tiroir ne devrait pas contenir autant. Vérifiez le montant.' : null;
}

export async function takePhoto(desk: Desk, file: Blob | null): Promise<void> {
  const { movement } = desk.view;
  if (!movement) return;
  if (movement.photo) URL.revokeObjectURL(movement.photo.url);
  movement.photo = null;
  photos.delete(desk);
  if (file === null) return;
  try {
    const photo = await asPhoto(file);
    photos.set(desk, photo);
    movement.photo = {
      url: URL.createObjectURL(new Blob([photo.bytes], { type: 'image/jpeg' })),
      note: `${Math.ceil(photo.bytes.length / 1000)} ko`,
    };
  } catch (reason) {
    if (!(reason instanceof NotAPicture)) throw reason;
    tell(
      desk,
      'warn',
      'Cette image n’a pas pu être lue.',
      'La sortie peut se faire sans photo. Prenez-la à nouveau si vous voulez la garder.',
    );
  }
}

/** The most that a role takes out of the drawer alone. */
const outCap = (desk: Desk, role: string): Minor => desk.boot?.limits.cash_out_max_minor?.[role] ?? LARGEST_CASH_MINOR;

export async function sealMovement(desk: Desk): Promise<void> {
  const { movement } = desk.view;
  if (!movement || movement.ready !== null || movement.direction === null) return;
  const amount_minor = parseMinor(movement.amount)!;
  if (movement.direction === 'in') return seal(desk, amount_minor, null);
  await orApproved(desk, {
    right: 'till.cash_move',
    text: `Sortir ${euros(amount_minor)} de la caisse`,
    allows: (person) => outCap(desk, person.role) >= amount_minor,
    then: (by) => seal(desk, amount_minor, by),
  });
}

async function seal(desk: Desk, amount_minor: Minor, by: Approver | null): Promise<void> {
  const { movement } = desk.view;
  if (!movement || movement.direction === null || parseMinor(movement.amount) !== amount_minor) return; // changed while the code was awaited
  const reason = movement.reasons.find((row) => row.code === movement.reason)!;
  const label = clean(movement.label.trim() || reason.label);
  const photo = movement.expense ? photos.get(desk) : undefined;
  const id = uuid7();
  const sealed = await desk.ledger.sealFields(
    'cash',
    operator(desk),
    {
      kind: movement.direction,
      amount_minor,
      reason: reason.code,
      label,
      pieces: [],
      counted: [],
      ...(movement.expense && movement.vat_e4 !== null ? { vat_e4: movement.vat_e4 } : {}),
      ...(photo ? { attachment: photo.digest } : {}),
      ...(by ? { approved_by: { id: by.id, name: clean(by.name) } } : {}),
    },
    {
      id,
      also: (tx) => {
        if (photo)
          tx.objectStore('attachments').put({
            id: uuid7(),
            record: id,
            bytes: photo.bytes,
            state: 'new',
          } satisfies AttachmentRow);
      },
    },
  );
  desk.printing.journal(sealed.envelope);
  const done = `${reason.label} : ${euros(amount_minor)} ${movement.direction === 'in' ? 'mis en caisse' : 'sortis de la caisse'}.`;
  const paper =
    movement.direction === 'out' && desk.printing.way !== null
      ? await makeReceipt(desk, 'cash', sealed.body, sealed.envelope.signature)
      : null;
  closeMovement(desk);
  setDrawer(desk, null);
  desk.sync.soon();
  await desk.printing.request({ kind: paper ? 'cash' : 'drawer', receipt: paper, drawer: true, copies: 1 }, null);
  await enterTill(desk);
  tell(
    desk,
    'ok',
    done,
    paper ? 'Le mouvement est enregistré, le reçu à signer s’imprime.' : 'Le mouvement est enregistré.',
  );
}

/** Opens the drawer without a sale: why first, then somebody's code when this cashier may not do it alone. */
export async function openDrawer(desk: Desk, code: string | null = null): Promise<void> {
  if (desk.printing.way === null)
    return tell(desk, 'info', 'Aucun tiroir n’est relié à cette caisse.', 'Ouvrez-le avec sa clé.');
  const reasons = desk.boot?.drawer_reasons?.length ? desk.boot.drawer_reasons : DRAWER_REASONS;
  const reason = reasons.find((row) => row.code === code);
  if (!reason) {
    const actions = reasons.map((row) => ({ label: row.label, command: { c: 'drawer', reason: row.code } as const }));
    return tell(
      desk,
      'info',
      'Pourquoi ouvrir le tiroir ?',
      'Le motif est inscrit au journal, et l’ouverture est comptée au Z.',
      actions,
    );
  }
  desk.view.notice = null;
  await orApproved(desk, {
    right: 'till.open_drawer',
    text: `Ouvrir le tiroir sans vente : ${reason.label}`,
    then: async (by) => {
      await logEvent(desk, EVENT.drawerOpened, `Ouverture du tiroir sans vente : ${reason.label}`, {
        reason: reason.code,
        ...(by ? { approved_by: by.id, approver: clean(by.name) } : {}),
      });
      await desk.printing.request({ kind: 'drawer', receipt: null, drawer: true, copies: 1 }, null);
      setDrawer(desk, null); // pieces may have been changed for others
      tell(desk, 'ok', `Tiroir ouvert : ${reason.label}.`, null);
    },
  });
}
