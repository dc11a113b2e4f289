/* A second person's code, asked in the line: the basket stays in sight and scans go on. Checked without the server, slowed down
   after wrong codes like any other code, written in the journal, and named in what it allowed. */
import type { Cashier } from '../core/wire';
import { EVENT } from '../core/events';
import { clean } from '../core/folding';
import { can, tell, type Desk } from './desk';
import { logEvent } from './session';

const SHORTEST = 4;
const LONGEST = 6;
const PAUSE_MS = 900; // after the fourth digit, how long a fifth may take

export interface Approver {
  id: string;
  name: string;
}
export interface ApprovalAsked {
  right: string | null; // the right that the second person must have; null when `allows` says it all
  text: string; // what is to be allowed, as it is shown and written in the journal
  allows?: (person: Cashier) => boolean;
  quiet?: boolean; // the caller has already said what is missing
  then: (by: Approver) => void | Promise<void>;
}
export interface Approval {
  asked: ApprovalAsked;
  pin: string;
  pause: ReturnType<typeof setTimeout> | null;
}

const able = (desk: Desk, asked: ApprovalAsked): Cashier[] =>
  (desk.boot?.cashiers ?? []).filter(
    (one) =>
      one.pin !== null &&
      one.id !== desk.cashier?.id &&
      (asked.right === null || one.rights.includes(asked.right)) &&
      (asked.allows?.(one) ?? true),
  );

/** Asks another person's code, then does `then` in that person's name too. Says so when nobody else here could allow it. */
export function askApproval(desk: Desk, asked: ApprovalAsked): void {
  cancelApproval(desk);
  if (!asked.quiet) {
    desk.sounds.play('refused');
    desk.view.notice = null;
  }
  if (able(desk, asked).length === 0)
    return asked.quiet
      ? undefined
      : tell(
          desk,
          'warn',
          `${asked.text} : votre profil ne le permet pas.`,
          'Rien n’a changé. Personne d’autre n’a de code ici pour l’autoriser.',
        );
  desk.approval = { asked, pin: '', pause: null };
  draw(desk, null);
}

/** Does it at once for who has the right, otherwise asks somebody who has. `by` is null when nobody had to be asked. */
export function orApproved(
  desk: Desk,
  asked: Omit<ApprovalAsked, 'right' | 'then'> & { right: string; then: (by: Approver | null) => void | Promise<void> },
): void | Promise<void> {
  const me = desk.cashier;
  if (me && can(desk, asked.right) && (asked.allows?.(me) ?? true)) return asked.then(null);
  askApproval(desk, asked);
}

export function cancelApproval(desk: Desk): void {
  if (desk.approval?.pause) clearTimeout(desk.approval.pause);
  desk.approval = null;
  desk.view.approval = null;
}

function draw(desk: Desk, message: string | null): void {
  const { approval } = desk;
  if (!approval) return;
  desk.view.approval = {
    text: approval.asked.text,
    people: able(desk, approval.asked).map((one) => one.name),
    length: approval.pin.length,
    message,
  };
}

export async function typeApproval(desk: Desk, key: string): Promise<void> {
  const { approval } = desk;
  if (!approval || !/^\d+$/.test(key)) return;
  if (desk.pins.waitSeconds() > 0) return waiting(desk);
  if (approval.pause) clearTimeout(approval.pause);
  approval.pause = null;
  approval.pin = (approval.pin + key).slice(0, LONGEST);
  draw(desk, null);
  if (approval.pin.length >= SHORTEST) await tryPin(desk, approval);
}

export async function backApproval(desk: Desk): Promise<void> {
  const { approval } = desk;
  if (!approval) return;
  if (approval.pin.length >= SHORTEST) return refuse(desk);
  approval.pin = approval.pin.slice(0, -1);
  draw(desk, null);
}

/** Entrée: what is typed is the whole code. */
export async function enterApproval(desk: Desk): Promise<void> {
  if ((desk.approval?.pin.length ?? 0) >= SHORTEST) await refuse(desk);
}

async function tryPin(desk: Desk, approval: Approval): Promise<void> {
  const { asked } = approval;
  const person = await desk.pins.who(approval.pin, able(desk, asked));
  if (desk.approval !== approval) return;
  if (person === null) {
    if (approval.pin.length >= LONGEST) return refuse(desk);
    approval.pause = setTimeout(() => {
      if (desk.approval === approval) void refuse(desk);
    }, PAUSE_MS);
    return;
  }
  cancelApproval(desk);
  desk.view.notice = null;
  const by = { id: person.id, name: person.name };
  await logEvent(desk, EVENT.override, asked.text, {
    approved_by: by.id,
    approver: clean(by.name),
    ...(asked.right ? { right: asked.right } : {}),
  });
  await asked.then(by);
}

async function refuse(desk: Desk): Promise<void> {
  const { approval } = desk;
  if (!approval) return;
  if (approval.pause) clearTimeout(approval.pause);
  approval.pin = '';
  desk.sounds.play('refused');
  if ((await desk.pins.failed()) > 0) return waiting(desk);
  draw(desk, 'Code non reconnu. Tapez-le à nouveau.');
}

function waiting(desk: Desk): void {
  const seconds = desk.pins.waitSeconds();
  draw(desk, seconds > 0 ? `Code non reconnu. Patientez ${seconds} s.` : null);
  if (seconds > 0)
    setTimeout(() => {
      if (desk.approval) waiting(desk);
    }, 1000);
}
