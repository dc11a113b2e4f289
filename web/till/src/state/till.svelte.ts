/* The till: one queue of commands over one view. Nothing is lost, nothing runs twice, nothing overtakes. */
import type { Command } from '../command';
import type { TillModel, TillView } from '../model';
import { Api } from '../core/api';
import { Catalogue } from '../core/catalogue';
import { Engine } from '../core/engine';
import { Scanner } from '../core/scanner';
import { Sounds } from '../core/sounds';
import { priceAhead } from './ahead';
import { boot } from './boot';
import { perform } from './commands';
import { tell, type Desk } from './desk';
import { emptyView } from './emptyview';
import { Keyboard } from './keymap';
import { firstOfKind, settleNow } from './payment';
import { betweenCustomers, startServiceWorker } from './update';

interface Waiting {
  command: Command;
  done: () => void;
}

class CommandQueue {
  private readonly waiting: Waiting[] = [];
  private busy = false;

  constructor(
    private readonly desk: Desk,
    private readonly onIdle: () => void,
  ) {}

  get scans(): number {
    return this.waiting.reduce((count, one) => (one.command.c === 'scan' ? count + 1 : count), 0);
  }
  get idle(): boolean {
    return !this.busy && this.waiting.length === 0;
  }

  add(command: Command): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ command, done });
      if (!this.busy) void this.run();
      else if (command.c === 'scan') this.desk.view.field.queued = this.scans;
    });
  }

  private async run(): Promise<void> {
    this.busy = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (this.desk.view.field.queued !== this.scans) this.desk.view.field.queued = this.scans;
      try {
        if (this.desk.unsettled && next.command.c !== 'scan') await settleNow(this.desk); // no key may work on what was due before
        await perform(this.desk, next.command);
        if (this.desk.unsettled && this.scans === 0) await settleNow(this.desk); // the last scan went elsewhere: the next customer, an unread code
      } catch (reason) {
        console.error(next.command.c, reason);
        tell(this.desk, 'bad', 'Ce geste n’a pas pu se faire.', 'Le ticket et les ventes enregistrées sont intacts.');
      }
      next.done();
    }
    this.busy = false;
    this.onIdle();
  }
}

/** Codes typed on the enrolment screen, as they come. */
class Codes {
  private readonly typed: string[] = [];
  private wake: (() => void) | null = null;

  give(code: string): void {
    this.typed.push(code);
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      while (this.typed.length === 0)
        await new Promise<void>((woken) => {
          this.wake = woken;
        });
      yield this.typed.shift()!;
    }
  }
}

function newDesk(view: TillView, slug: string, send: (command: Command) => Promise<void>): Desk {
  const later = undefined as never; // given by boot() before any command is obeyed
  return {
    view,
    do: send,
    slug,
    home: later,
    db: later,
    engine: new Engine(),
    api: new Api(`/d/${slug}/api/till/`),
    ledger: later,
    catalogue: new Catalogue(),
    sync: later,
    printing: later,
    pins: later,
    sounds: new Sounds(),
    boot: null,
    cashier: null,
    chosen: null,
    pin: '',
    drafts: new Map(),
    current: '',
    next: null,
    back: null,
    priced: null,
    settled: null,
    unsettled: false,
    selected: null,
    field: '',
    digits: null,
    multiplier: null,
    pending: null,
    undo: null,
    approval: null,
    page: 0,
    family: '*',
    keysPerPage: 20,
    storageFull: false,
    asked: new Set(),
    count: [],
    countSelected: 0,
    countTyped: false,
    countTouched: false,
    closing: null,
    behind: () => 0,
    burst: () => false,
  };
}

export async function openTill(): Promise<TillModel> {
  const view = $state(emptyView());
  const slug = /\/d\/([^/]+)\//.exec(location.pathname)?.[1] ?? '';
  const codes = new Codes();
  const update = { whenIdle: (): void => undefined };
  const send = (command: Command): Promise<void> => {
    if (command.c === 'enrol') {
      codes.give(command.code);
      return Promise.resolve();
    }
    return queue.add(command);
  };
  const desk = newDesk(view, slug, send);
  const queue = new CommandQueue(desk, () => update.whenIdle());
  const scanner = new Scanner(
    (text) => {
      keyboard.forget();
      void send({ c: 'scan', text });
    },
    (box, value) => {
      if (box.dataset['field'] === 'main') void send({ c: 'field_set', text: value });
      else box.dispatchEvent(new Event('input', { bubbles: true }));
    },
    (digits) => priceAhead(desk, digits),
  );
  const keyboard = new Keyboard(
    {
      view,
      send: (command) => void send(command),
      cash: () => firstOfKind(desk, 'cash'),
      card: () => firstOfKind(desk, 'card'),
    },
    scanner,
  );
  desk.behind = () => queue.scans;
  desk.burst = () => scanner.burst;
  keyboard.listen();
  let touched = performance.now();
  for (const gesture of ['keydown', 'pointerdown'] as const)
    addEventListener(
      gesture,
      () => {
        touched = performance.now();
        desk.sounds.wake();
      },
      { capture: true, passive: true },
    );
  boot(desk, codes).catch((reason: unknown) => {
    console.error('start', reason);
    view.blocked = 'La caisse n’a pas pu démarrer. Rechargez la page ; vos ventes enregistrées sont intactes.';
    view.screen = 'blocked';
  });
  startServiceWorker(
    () => queue.idle && betweenCustomers(view, performance.now() - touched),
    (whenIdle) => {
      update.whenIdle = whenIdle;
    },
  );
  return { view, do: send };
}
