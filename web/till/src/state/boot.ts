/* From an opened page to a till ready to scan: the register's tab, its books, its catalogue; then the server, if it answers. */
import { mark } from '../core/marks';
import { Refused, Unreachable } from '../core/api';
import { sendAttachments } from '../core/attachments';
import { sendCopies } from '../core/copyqueue';
import { fetchCatalogue, refreshCatalogue } from '../core/catalogueload';
import { askPersistence, Database, registersHere } from '../core/db';
import { enrol } from '../core/enrol';
import { EVENT } from '../core/events';
import { Ledger, type PrintRow } from '../core/ledger';
import { holdRegister } from '../core/onetab';
import { sendCodes, waitingCodes } from '../core/newcodes';
import { Pins } from '../core/pin';
import { Printing } from '../core/printing';
import { Sync } from '../core/sync';
import type { RegisterKey } from '../core/seal';
import type { Bootstrap, Enrolment } from '../core/wire';
import { show, tell, type Desk } from './desk';
import { loadDrafts } from './basket';
import { addressesRefused } from './copies';
import { drawCashiers, drawPin } from './lock';
import { exchangeParked } from './parking';
import { codesRefused } from './unknowncode';
import { drawKeys } from './scan';
import { drawShortcuts } from './palette';
import { drawSession, logEvent } from './session';
import { loadSettings } from './settings';
import { printedState } from './sale';
import { openExercise } from './training';

const BOOTSTRAP_EVERY_MS = 5 * 60_000;
const DELTA_EVERY_MS = 60_000;
const SOFTWARE = 'comptoir-caisse/1';
const REMEMBERED = 'comptoir:register:'; // which register this computer used last: a pointer, never data

/** Resolves once a code was accepted; the screen stays until then. */
async function enrolled(desk: Desk, codes: AsyncIterable<string>): Promise<string> {
  show(desk, 'enrol');
  for await (const code of codes) {
    try {
      return await enrol(desk.api, desk.slug, code);
    } catch (reason) {
      if (reason instanceof Refused) tell(desk, 'warn', reason.detail || 'Ce code n’est pas accepté.', 'Rien n’a changé. Demandez un nouveau code au bureau.');
      else if (reason instanceof Unreachable) tell(desk, 'warn', 'Le serveur ne répond pas.', 'Le code reste valable : essayez à nouveau dans un instant.');
      else throw reason;
    }
  }
  throw new Error('no more codes');
}

async function chooseDatabase(desk: Desk, codes: AsyncIterable<string>): Promise<string> {
  const here = await registersHere(desk.slug);
  const wanted = new URLSearchParams(location.search).get('register') ?? localStorage.getItem(REMEMBERED + desk.slug);
  const name = (here.find((one) => one.register === wanted) ?? here[0])?.name ?? (await enrolled(desk, codes));
  return name;
}

export async function boot(desk: Desk, codes: AsyncIterable<string>): Promise<void> {
  const began = performance.now();
  const name = await chooseDatabase(desk, codes);
  await holdRegister(name, () => {
    desk.view.blocked = 'Cette caisse est déjà ouverte dans un autre onglet. Fermez-le : celui-ci prendra la suite.';
    show(desk, 'blocked');
  });
  desk.view.blocked = null;
  desk.home = desk.db = await Database.open(name);
  const [place, key] = await Promise.all([desk.db.get<Enrolment>('meta', 'enrolment'), desk.db.get<RegisterKey>('key', 'register')]);
  if (!place || !key) return block(desk, 'Cette caisse a perdu sa clé.', 'Faites-la rattacher à nouveau depuis le bureau.');
  localStorage.setItem(REMEMBERED + desk.slug, place.register);
  desk.api.token = place.token;
  desk.view.register = { code: place.register, name: place.register_name };
  desk.ledger = new Ledger(desk.db, desk.engine, key, place);
  desk.pins = await Pins.open(desk.home);
  await openExercise(desk, name);
  if (!(await durable(desk))) return;
  const [, known] = await Promise.all([desk.ledger.load(), desk.catalogue.load(desk.home), loadSettings(desk)]);
  desk.boot = (await desk.home.get<Bootstrap>('meta', 'bootstrap')) ?? null;
  connect(desk);
  if (!desk.boot || !known) await firstLoad(desk);
  await ready(desk, began);
}

function block(desk: Desk, what: string, kept: string): void {
  desk.view.blocked = `${what} ${kept}`;
  show(desk, 'blocked');
}

/** A browser that does not promise durable writes must not sell. */
async function durable(desk: Desk): Promise<boolean> {
  try {
    await desk.db.put('meta', Date.now(), 'opened');
    return true;
  } catch {
    block(desk, 'Ce navigateur ne garantit pas l’enregistrement des ventes.', 'Ouvrez la caisse avec Chromium, Chrome ou Edge.');
    return false;
  }
}

function connect(desk: Desk): void {
  const { view } = desk;
  desk.printing = new Printing(desk.db, desk.api, () => desk.boot?.print.server_printer ?? false, {
    status: ({ drawer, ...printer }) => { view.status.printer = printer; view.status.drawer = drawer; },
    job: (row) => jobChanged(desk, row),
  });
  let offlineSince: string | null = null;
  let bootstrapAt = 0;
  let deltaAt = 0;
  desk.sync = new Sync(desk.db, desk.api, {
    changed: (records, tickets, oldest) => { view.status.waiting = records; view.status.unsynced = tickets; view.status.oldest_unsynced = oldest; },
    online: (online) => {
      view.status.online = online;
      if (online) view.status.server_seen = true;
      if (!online && offlineSince === null) { offlineSince = new Date().toISOString(); void logEvent(desk, EVENT.offline, 'Début de marche sans serveur').catch(() => undefined); }
      if (online && offlineSince !== null) { offlineSince = null; void logEvent(desk, EVENT.online, 'Fin de marche sans serveur').catch(() => undefined); }
    },
    kept: (results) => {
      tell(desk, 'warn', `${results.length} enregistrement(s) mis de côté par le serveur.`, 'Rien n’est perdu : le bureau doit les regarder.');
    },
    refused: (reason) => {
      if (reason.status === 401 || reason.status === 403) tell(desk, 'bad', 'Le serveur ne reconnaît plus cette caisse.', 'Vos ventes sont gardées ici. Faites-la rattacher à nouveau depuis le bureau.');
    },
    idle: async () => {
      view.status.server_seen = true;
      await sendAttachments(desk.db, desk.api);
      addressesRefused(desk, await sendCopies(desk.home, desk.api));
      codesRefused(desk, await sendCodes(desk.home, desk.api));
      await exchangeParked(desk);
      const now = Date.now();
      if (now - bootstrapAt > BOOTSTRAP_EVERY_MS) { await fetchBootstrap(desk); bootstrapAt = now; }
      if (now - deltaAt > DELTA_EVERY_MS && (await refreshCatalogue(desk.api, desk.home, desk.catalogue))) catalogueChanged(desk);
      deltaAt = now;
    },
    prints: () => desk.printing.way === 'server',
  });
  if (desk.ledger.training) sendReal(desk);
  desk.ledger.onSealed = (records) => { // counted as waiting from the moment they exist; the outbox is counted again when it is emptied
    const tickets = records.filter((record) => record.type === 'ticket');
    view.status.waiting += records.length;
    view.status.unsynced += tickets.length;
    view.status.oldest_unsynced ??= tickets[0]?.at ?? null;
  };
  desk.ledger.onClockBack = (from, to) => {
    view.status.clock_warning = 'L’horloge de ce poste a reculé. Vérifiez l’heure.';
    void logEvent(desk, EVENT.clockBack, 'Horloge reculée', { from, to }).catch(() => undefined);
  };
}

/** During an exercise the real sales still to be sent go on being sent. */
function sendReal(desk: Desk): void {
  const nothing = (): void => undefined;
  new Sync(desk.home, desk.api, { changed: nothing, online: nothing, kept: nothing, refused: nothing, idle: () => Promise.resolve(), prints: () => true }).soon();
}

async function fetchBootstrap(desk: Desk): Promise<void> {
  const fresh = await desk.api.get<Bootstrap>('bootstrap');
  const sealed = { ...fresh, cashiers: await desk.pins.seal(fresh.cashiers) };
  await desk.home.put('meta', sealed, 'bootstrap');
  desk.boot = sealed;
  drawBoot(desk);
}

function drawBoot(desk: Desk): void {
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

function catalogueChanged(desk: Desk): void {
  desk.ledger.versions.catalogue = desk.catalogue.version;
  desk.view.stats.articles = desk.catalogue.count;
  drawKeys(desk);
}

/** The first time there is nothing to sell without the server: wait for it, and say so. */
async function firstLoad(desk: Desk): Promise<void> {
  for (;;) {
    try {
      await Promise.all([fetchBootstrap(desk), desk.catalogue.count === 0 ? fetchCatalogue(desk.api, desk.home, desk.catalogue) : null]);
      return;
    } catch (reason) {
      if (reason instanceof Refused) tell(desk, 'bad', reason.detail || 'Le serveur ne reconnaît plus cette caisse.', 'Faites-la rattacher à nouveau depuis le bureau.');
      else if (reason instanceof Unreachable) tell(desk, 'info', 'En attente du serveur pour le premier chargement.', null);
      else throw reason;
      await new Promise((again) => setTimeout(again, 2000));
    }
  }
}

async function ready(desk: Desk, began: number): Promise<void> {
  desk.ledger.versions.engine = await desk.engine.ready;
  for (const { code, article } of await waitingCodes(desk.home)) desk.catalogue.attach(code, article);
  await loadDrafts(desk);
  drawBoot(desk);
  drawSession(desk);
  desk.view.status.persisted = await askPersistence();
  desk.view.stats = { articles: desk.catalogue.count, ready_ms: Math.round(performance.now() - began) };
  await unprinted(desk);
  show(desk, 'lock');
  drawPin(desk, null);
  drawCashiers(desk);
  mark('till:ready');
  void afterReady(desk);
}

/** A sale paid and not printed before the page went away is said, and stays printable. */
async function unprinted(desk: Desk): Promise<void> {
  const rows = await desk.printing.unfinished();
  await desk.printing.readd(rows.filter((row) => row.intent.receipt !== null));
  const row = rows.filter((one) => one.record !== null && one.intent.receipt !== null).at(-1);
  if (!row) return;
  tell(desk, 'warn', `Vente ${row.number ?? ''} payée, ticket non imprimé.`, 'La vente est enregistrée.', [{ label: 'Imprimer', command: { c: 'retry_print' } }]);
}

async function afterReady(desk: Desk): Promise<void> {
  void desk.printing.start();
  await desk.sync.count();
  try {
    const ahead = await desk.sync.compareHeads(desk.ledger.heads, `${desk.ledger.place.register}-${desk.ledger.place.generation}`, desk.ledger.training);
    if (ahead.length > 0) return block(desk, 'La mémoire de cette caisse est plus ancienne que le serveur.', 'Aucun numéro ne sera réutilisé : faites-la rattacher à nouveau depuis le bureau.');
    await desk.sync.purge(desk.ledger.heads);
  } catch (reason) {
    if (!(reason instanceof Unreachable || reason instanceof Refused)) throw reason;
  }
  desk.sync.soon();
}

function jobChanged(desk: Desk, row: PrintRow): void {
  const { last } = desk.view;
  if (last && last.number === row.number && row.intent.receipt !== null) last.printed = printedState([row]);
  if (row.state === 'blocked' || row.state === 'failed') desk.view.status.printer = { state: 'off', message: row.message ?? 'L’imprimante ne répond pas.', action: 'Les ventes continuent, le ticket sortira seul.', waiting: desk.view.status.printer.waiting };
}

