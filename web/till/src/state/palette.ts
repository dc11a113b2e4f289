/* Every command by two letters, without accents: no function key is ever indispensable. */
import type { Command } from '../command';
import { fold } from '../core/folding';
import type { Desk } from './desk';
import { firstOfKind } from './payment';
import { KEY_HELP } from './keymap';

interface Entry {
  keys: string;
  label: string;
  command: Command;
}

function entries(desk: Desk): Entry[] {
  const meal = firstOfKind(desk, 'meal_voucher');
  return [
    { keys: 'ti', label: 'Ouvrir le tiroir', command: { c: 'drawer' } },
    { keys: 'rt', label: 'Tickets et retours', command: { c: 'tickets' } },
    { keys: 'sa', label: 'Retour sans ticket', command: { c: 'no_ticket' } },
    { keys: 'at', label: 'Tickets en attente', command: { c: 'overlay', which: 'parked' } },
    { keys: 'mo', label: 'Mouvement d’espèces', command: { c: 'movement' } },
    { keys: 'xx', label: 'Lire le X', command: { c: 'x' } },
    { keys: 'cl', label: 'Clôturer la caisse', command: { c: 'close' } },
    { keys: 're', label: 'Réimprimer le dernier ticket', command: { c: 'print_last' } },
    { keys: 'vo', label: 'Voir le dernier ticket', command: { c: 'show_last' } },
    ...(meal ? [{ keys: 'tr', label: 'Titre-restaurant', command: { c: 'tender', code: meal } as const }] : []),
    { keys: 'av', label: 'Avoir', command: { c: 'tender', code: firstOfKind(desk, 'credit_note') ?? 'credit_note' } },
    { keys: 'au', label: 'Autres règlements', command: { c: 'pay' } },
    { keys: 've', label: 'Changer de vendeur', command: { c: 'lock' } },
    { keys: 'cp', label: 'Changer le prix de la ligne', command: { c: 'line_price' } },
    { keys: 'ec', label: desk.ledger.training ? 'Quitter le mode école' : 'Mode école', command: { c: 'training' } },
    { keys: 'et', label: 'État de la caisse', command: { c: 'overlay', which: 'status' } },
    { keys: 'ai', label: 'Aide : toutes les touches', command: { c: 'overlay', which: 'shortcuts' } },
  ];
}

export function openPalette(desk: Desk): void {
  desk.view.palette = { text: '', found: entries(desk) };
  desk.view.overlay = 'palette';
}

/** Two letters that name a command run it at once. */
export function typePalette(desk: Desk, text: string): void {
  const folded = fold(text);
  const all = entries(desk);
  const exact = all.find((entry) => entry.keys === folded);
  if (exact) {
    desk.view.overlay = 'none';
    void desk.do(exact.command);
    return;
  }
  desk.view.palette = {
    text,
    found: all.filter((entry) => entry.keys.startsWith(folded) || fold(entry.label).includes(folded)),
  };
}

export function drawShortcuts(desk: Desk): void {
  const cash = firstOfKind(desk, 'cash');
  const card = firstOfKind(desk, 'card');
  desk.view.shortcuts = KEY_HELP.map((row) => {
    if (row.command.c !== 'tender') return { ...row };
    return { ...row, command: { c: 'tender', code: (row.key === 'F9' ? cash : card) ?? row.command.code } as const };
  });
}
