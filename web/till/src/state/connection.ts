/* The wires of a till: its printers, its server, and what each change of them means for the one who sells. */
import { sendAttachments } from '../core/attachments';
import { Refused } from '../core/api';
import { refreshCatalogue } from '../core/catalogueload';
import { sendCopies } from '../core/copyqueue';
import { Database, registersHere } from '../core/db';
import { EVENT } from '../core/events';
import { sendCodes } from '../core/newcodes';
import type { PrintRow } from '../core/ledger';
import { Printing } from '../core/printing';
import { Sync, type SyncHooks } from '../core/sync';
import type { Bootstrap } from '../core/wire';
import { addressesRefused } from './copies';
import { block, tell, type Desk } from './desk';
import { drawCashiers, takeRights } from './lock';
import { drawShortcuts } from './palette';
import { exchangeParked } from './parking';
import { printedState } from './sale';
import { drawKeys } from './scan';
import { logEvent } from './session';
import { codesRefused } from './unknowncode';

const BOOTSTRAP_EVERY_MS = 5 * 60_000;
const CATALOGUE_EVERY_MS = 60_000;
const SOFTWARE = 'comptoir-caisse/1';

export function connect(desk: Desk): void {
  const { view } = desk;
  desk.printing = new Printing(desk.db, desk.api, () => desk.boot?.print.server_printer ?? false, {
    status: ({ drawer, ...printer }) => {
      view.status.printer = printer;
      view.status.drawer = drawer;
    },
    job: (row) => jobChanged(desk, row),
  });
  desk.sync = new Sync(desk.db, desk.api, {
    changed: (records, tickets, oldest) => {
      view.status.waiting = records;
      view.status.unsynced = tickets;
      view.status.oldest_unsynced = oldest;
    },
    online: presenceOf(desk),
    kept: (results) => recordsKept(desk, results.length),
    refused: (reason) => registerRefused(desk, reason),
    idle: errandsOf(desk),
    prints: () => desk.printing.way === 'server',
    first: () => knowsItsChains(desk),
  });
  if (desk.ledger.training) sendFrom(desk, desk.home); // the real sales still to be sent go on being sent
  listenToLedger(desk);
}

/** What the server misses goes again. A server that is ahead has seen sales that this computer forgot: an older copy of its storage
    was put back, perhaps while there was no server to ask. */
async function knowsItsChains(desk: Desk): Promise<boolean> {
  const { heads, place, training } = desk.ledger;
  let ahead: string[];
  try {
    ahead = await desk.sync.compareHeads(heads, `${place.register}-${place.generation}`, training);
  } catch (reason) {
    if (reason instanceof Refused) return true; // the records will be told why themselves
    throw reason;
  }
  if (ahead.length === 0) {
    await desk.sync.purge(heads).catch((reason: unknown) => console.warn('purge', reason));
    return true;
  }
  block(
    desk,
    'La mémoire de cette caisse est plus ancienne que le serveur.',
    'Aucun numéro ne sera réutilisé : rattachez-la avec un nouveau code du bureau.',
    'enrolment',
  );
  return false;
}

/** The server gone or back: an event each, once. */
function presenceOf(desk: Desk): SyncHooks['online'] {
  let away = false;
  return (online) => {
    desk.view.status.online = online;
    if (online) desk.view.status.server_seen = true;
    if (online !== away) return;
    away = !online;
    const told = online
      ? logEvent(desk, EVENT.online, 'Fin de marche sans serveur')
      : logEvent(desk, EVENT.offline, 'Début de marche sans serveur');
    void told.catch(() => undefined);
  };
}

function registerRefused(desk: Desk, reason: Refused): void {
  if (reason.status !== 401 && reason.status !== 403) return;
  const kept =
    'Vos ventes sont gardées ici. Elles partiront dès que la caisse est rattachée avec un nouveau code du bureau.';
  tell(desk, 'bad', 'Le serveur ne reconnaît plus cette caisse.', kept, [
    { label: 'Rattacher', command: { c: 'go', screen: 'enrol' } },
  ]);
}

/** What is asked of the server whenever it is in reach and nothing is left to send; the costly questions at their own pace. */
function errandsOf(desk: Desk): SyncHooks['idle'] {
  const errands = [
    () => sendAttachments(desk.db, desk.api),
    async () => addressesRefused(desk, await sendCopies(desk.home, desk.api)),
    async () => codesRefused(desk, await sendCodes(desk.home, desk.api)),
    () => exchangeParked(desk),
    every(BOOTSTRAP_EVERY_MS, () => fetchBootstrap(desk)),
    every(CATALOGUE_EVERY_MS, async () => {
      if (await refreshCatalogue(desk.api, desk.home, desk.catalogue)) catalogueChanged(desk);
    }),
  ];
  return async () => {
    desk.view.status.server_seen = true;
    const refusals: Refused[] = [];
    for (const errand of errands)
      await errand().catch((reason: unknown) => {
        if (!(reason instanceof Refused)) throw reason;
        refusals.push(reason); // one that the server does not take holds back no other: prices still come
      });
    if (refusals[0]) throw refusals[0];
  };
}

/** At most once in so many milliseconds, by a clock that may jump; one that fails is due again. */
function every(milliseconds: number, errand: () => Promise<void>): () => Promise<void> {
  let done = 0;
  return async () => {
    const now = Date.now();
    if (Math.abs(now - done) <= milliseconds) return;
    await errand();
    done = now;
  };
}

function listenToLedger(desk: Desk): void {
  const { view } = desk;
  let latest = ''; // what the clock showed before it went back
  desk.ledger.onSealed = (records) => {
    // counted as waiting from the moment they exist; the outbox is counted again when it is emptied
    const tickets = records.filter((record) => record.type === 'ticket');
    view.status.waiting += records.length;
    view.status.unsynced += tickets.length;
    view.status.oldest_unsynced ??= tickets[0]?.at ?? null;
    if (records.at(-1)!.at >= latest) view.status.clock_warning = null; // it has caught up with what it showed before
  };
  desk.ledger.onClockBack = (from, to) => {
    if (from > latest) latest = from;
    view.status.clock_warning = 'L’horloge de ce poste a reculé. Vérifiez l’heure.';
    void logEvent(desk, EVENT.clockBack, 'Horloge reculée', { from, to }).catch(() => undefined);
  };
}

function recordsKept(desk: Desk, count: number): void {
  const what = `${count} enregistrement(s) mis de côté par le serveur.`;
  tell(desk, 'warn', what, 'Rien n’est perdu : le bureau doit les regarder.');
}

/** What another database of this register still has to send: the real one's during an exercise, those of former enrolments. */
function sendFrom(desk: Desk, db: Database): void {
  const nothing = (): void => undefined;
  new Sync(db, desk.api, {
    changed: nothing,
    online: nothing,
    kept: (results) => recordsKept(desk, results.length),
    refused: nothing,
    idle: () => sendAttachments(db, desk.api),
    prints: () => true,
  }).soon();
}

/** A register enrolled again, on the computer that has the sales of its former enrolment: what was not sent yet goes now. */
export async function sendFormer(desk: Desk): Promise<void> {
  const { register, generation } = desk.ledger.place;
  for (const one of await registersHere(desk.slug)) {
    if (one.register !== register || one.generation >= generation) continue;
    const db = await Database.open(one.name);
    if ((await db.all('outbox')).length > 0) sendFrom(desk, db);
    else db.close();
  }
}

function jobChanged(desk: Desk, row: PrintRow): void {
  const { last } = desk.view;
  if (last && last.number === row.number && row.intent.receipt !== null) last.printed = printedState([row]);
  if (row.state === 'blocked' || row.state === 'failed')
    desk.view.status.printer = {
      state: 'off',
      message: row.message ?? 'L’imprimante ne répond pas.',
      action: 'Les ventes continuent, le ticket sortira seul.',
      waiting: desk.view.status.printer.waiting,
    };
}

export async function fetchBootstrap(desk: Desk): Promise<void> {
  const fresh = await desk.api.get<Bootstrap>('bootstrap');
  const sealed = { ...fresh, cashiers: await desk.pins.seal(fresh.cashiers) };
  await desk.home.put('meta', sealed, 'bootstrap');
  desk.boot = sealed;
  takeRights(desk);
  drawBoot(desk);
}

export function drawBoot(desk: Desk): void {
  const { boot, view } = desk;
  if (!boot) return;
  const { name, legal_name = '', address = [], siret = '', vat_number = '', phone = '' } = boot.shop;
  view.offers = { mail: boot.copies?.mail ?? false, qr: boot.copies?.qr ?? false };
  view.shop = { name, legal_name, address, siret, vat_number, phone };
  Object.assign(desk.ledger.versions, { pack: boot.pack, catalogue: desk.catalogue.version, software: SOFTWARE });
  drawCashiers(desk);
  drawShortcuts(desk);
  if (desk.drafts.size > 0) drawKeys(desk);
}

export function catalogueChanged(desk: Desk): void {
  desk.ledger.versions.catalogue = desk.catalogue.version;
  desk.view.stats.articles = desk.catalogue.count;
  drawKeys(desk);
}
