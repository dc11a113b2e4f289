/* From an opened page to a till ready to scan: the register's tab, its books, its catalogue; then the server, if it answers. */
import { mark } from '../core/marks';
import { Refused, Unreachable } from '../core/api';
import { fetchCatalogue } from '../core/catalogueload';
import { askPersistence, Database, registersHere, StorageFull } from '../core/db';
import { codeComing, enrol } from '../core/enrol';
import { Ledger } from '../core/ledger';
import { holdRegister } from '../core/onetab';
import { waitingCodes } from '../core/newcodes';
import { Pins } from '../core/pin';
import type { RegisterKey } from '../core/seal';
import type { Bootstrap, Enrolment } from '../core/wire';
import { block, show, tell, type Desk } from './desk';
import { loadDrafts } from './basket';
import { drawCashiers, drawPin } from './lock';
import { drawSession } from './session';
import { loadSettings } from './settings';
import { openExercise } from './training';
import { connect, fetchBootstrap, drawBoot, sendFormer } from './connection';

const REMEMBERED = 'comptoir:register:'; // which register this computer used last: a pointer, never data

/** Resolves once a code was accepted; the screen stays until then. */
async function enrolled(desk: Desk, codes: AsyncIterable<string>): Promise<string> {
  show(desk, 'enrol');
  for await (const code of codes) {
    try {
      return await enrol(desk.api, desk.slug, code);
    } catch (reason) {
      if (reason instanceof Refused)
        tell(
          desk,
          'warn',
          reason.detail || 'Ce code n’est pas accepté.',
          'Rien n’a changé. Demandez un nouveau code au bureau.',
        );
      else if (reason instanceof Unreachable)
        tell(desk, 'warn', 'Le serveur ne répond pas.', 'Le code reste valable : essayez à nouveau dans un instant.');
      else throw reason;
    }
  }
  throw new Error('no more codes');
}

async function chooseDatabase(desk: Desk, codes: AsyncIterable<string>): Promise<string> {
  const coming = codeComing();
  const here = await registersHere(desk.slug);
  if (coming) return enrolled(desk, codes);
  const wanted = new URLSearchParams(location.search).get('register') ?? localStorage.getItem(REMEMBERED + desk.slug);
  const name = (here.find((one) => one.register === wanted) ?? here[0])?.name ?? (await enrolled(desk, codes));
  return name;
}

export async function boot(desk: Desk, codes: AsyncIterable<string>): Promise<void> {
  const began = performance.now();
  const name = await chooseDatabase(desk, codes);
  await holdRegister(name, () => {
    desk.view.blocked = 'Cette caisse est déjà ouverte dans un autre onglet. Fermez-le : celui-ci prendra la suite.';
    desk.view.blocked_by = 'tab';
    show(desk, 'blocked');
  });
  desk.view.blocked = desk.view.blocked_by = null;
  desk.home = desk.db = await Database.open(name);
  const [place, key] = await Promise.all([
    desk.db.get<Enrolment>('meta', 'enrolment'),
    desk.db.get<RegisterKey>('key', 'register'),
  ]);
  if (!place || !key)
    return block(desk, 'Cette caisse a perdu sa clé.', 'Rattachez-la avec un nouveau code du bureau.', 'enrolment');
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

/** A browser that does not promise durable writes must not sell. */
async function durable(desk: Desk): Promise<boolean> {
  try {
    await desk.db.put('meta', Date.now(), 'opened');
    return true;
  } catch (reason) {
    if (reason instanceof StorageFull)
      block(
        desk,
        'La mémoire de cette caisse est pleine.',
        'Libérez de la place sur le disque, puis rechargez la page.',
      );
    else
      block(
        desk,
        'Ce navigateur ne garantit pas l’enregistrement des ventes.',
        'Ouvrez la caisse avec Chromium, Chrome ou Edge.',
      );
    return false;
  }
}

/** The first time there is nothing to sell without the server: wait for it, and say so. */
async function firstLoad(desk: Desk): Promise<void> {
  for (;;) {
    try {
      await Promise.all([
        fetchBootstrap(desk),
        desk.catalogue.count === 0 ? fetchCatalogue(desk.api, desk.home, desk.catalogue) : null,
      ]);
      return;
    } catch (reason) {
      if (reason instanceof Refused)
        tell(
          desk,
          'bad',
          reason.detail || 'Le serveur ne reconnaît plus cette caisse.',
          'Faites-la rattacher à nouveau depuis le bureau.',
        );
      else if (reason instanceof Unreachable)
        tell(desk, 'info', 'En attente du serveur pour le premier chargement.', null);
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
  tell(desk, 'warn', `Vente ${row.number ?? ''} payée, ticket non imprimé.`, 'La vente est enregistrée.', [
    { label: 'Imprimer', command: { c: 'retry_print' } },
  ]);
}

async function afterReady(desk: Desk): Promise<void> {
  void desk.printing.start();
  desk.sync.soon();
  await sendFormer(desk);
}
