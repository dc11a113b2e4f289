/* The keyboard of the till, the same on every screen. Keys are read by their place, so that neither the layout nor NumLock
   matters. F11, Alt+digit and AltGr are never used. */
import type { Command } from '../command';
import type { TillView } from '../model';
import type { Scanner } from '../core/scanner';
import { commitBox } from './box';

const HOLD_MS = 55; // a digit that no field shows waits this long, in case it begins a scan

export interface KeyHelp {
  key: string;
  label: string;
  command: Command;
}

export const KEY_HELP: readonly KeyHelp[] = [
  { key: 'F2', label: 'Le champ', command: { c: 'field_focus' } },
  { key: 'F3', label: 'Client', command: { c: 'customer' } },
  { key: 'F4', label: 'Quantité de la ligne', command: { c: 'quantity' } },
  { key: 'F5', label: 'Attente', command: { c: 'park' } },
  { key: 'F6', label: 'Remise ligne', command: { c: 'line_discount' } },
  { key: 'F7', label: 'Remise ticket', command: { c: 'basket_discount' } },
  { key: 'F8', label: 'Tickets et retours', command: { c: 'tickets' } },
  { key: 'F9', label: 'Espèces', command: { c: 'tender', code: 'cash' } },
  { key: 'F10', label: 'Carte', command: { c: 'tender', code: 'card' } },
  { key: 'F12', label: 'Encaisser', command: { c: 'pay' } },
  { key: 'Suppr', label: 'Retirer la ligne', command: { c: 'remove_line' } },
  { key: '↑ ↓', label: 'Choisir la ligne', command: { c: 'move_line', by: 1 } },
  { key: '← →', label: 'Changer de client', command: { c: 'next_basket', by: 1 } },
  { key: 'Ctrl+Z', label: 'Annuler le dernier geste', command: { c: 'undo' } },
  { key: '*', label: 'Quantité', command: { c: 'times' } },
  { key: '/', label: 'Remise en % sur la ligne', command: { c: 'percent' } },
  { key: '-', label: 'Retirer la dernière ligne', command: { c: 'remove_line' } },
  { key: '+', label: 'Encore le même', command: { c: 'again' } },
  { key: 'Entrée', label: 'Valider', command: { c: 'enter' } },
  { key: 'Échap', label: 'Un pas en arrière', command: { c: 'escape' } },
  { key: '²', label: 'Toutes les commandes', command: { c: 'overlay', which: 'palette' } },
  { key: '²²', label: 'Verrouiller', command: { c: 'lock' } },
];

export interface KeyPlace {
  view: TillView;
  send: (command: Command) => void;
  cash: () => string | null;
  card: () => string | null;
}

const mainField = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>('input[data-field="main"]');
const isMain = (element: Element | null): boolean =>
  element instanceof HTMLInputElement && element.dataset['field'] === 'main';
const isTextBox = (element: Element | null): boolean =>
  element instanceof HTMLTextAreaElement ||
  element instanceof HTMLSelectElement ||
  (element instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(element.type));
const isButton = (element: Element | null): boolean =>
  element instanceof HTMLElement && element.closest('button, a, summary, [role="button"]') !== null;

function digitOf(event: KeyboardEvent): string | null {
  const match = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (match) return match[1]!;
  return event.code === 'NumpadDecimal' || event.key === ',' || event.key === '.' ? ',' : null;
}

const isAmountBox = (element: Element | null): boolean =>
  element instanceof HTMLInputElement && element.dataset['box'] !== undefined;

/** In a box for an amount a key is its place: NumLock off, or a French row without Maj, still types digits. */
function amountKey(event: KeyboardEvent): Command | null {
  const digit = digitOf(event);
  return digit !== null && !/^\d$/.test(event.key) ? { c: 'digit', key: digit } : null;
}

export class Keyboard {
  private held: Command[] = [];
  private holding: ReturnType<typeof setTimeout> | null = null;
  private squareAt = -Infinity;
  private early: string | null = null; // letters typed after ² and before the palette has drawn its box

  constructor(
    private readonly place: KeyPlace,
    private readonly scanner: Scanner,
  ) {}

  listen(): void {
    window.addEventListener('keydown', (event) => this.down(event), { capture: true });
    window.addEventListener('pointerdown', () => this.scanner.gesture(), { capture: true, passive: true });
    window.addEventListener(
      'keyup',
      (event) => {
        if (event.code === 'F1' && this.place.view.overlay === 'shortcuts')
          this.place.send({ c: 'overlay', which: 'none' });
      },
      { capture: true },
    );
  }

  /** What was held was a scan: nothing of it was meant for the screen. */
  forget(): void {
    if (this.holding) clearTimeout(this.holding);
    this.holding = null;
    this.held = [];
  }

  private release(): void {
    const held = this.held;
    this.forget();
    for (const command of held) this.place.send(command);
  }

  private hold(command: Command): void {
    this.held.push(command);
    if (this.holding) clearTimeout(this.holding);
    this.holding = setTimeout(() => this.release(), HOLD_MS);
  }

  private down(event: KeyboardEvent): void {
    if (event.isComposing) return;
    this.focusField(event);
    if (this.scanner.see(event)) return;
    const command = this.command(event);
    if (command === null) return;
    event.preventDefault();
    if (command === 'nothing') return;
    if (event.key === 'Enter' && this.held.length > 0) this.release();
    this.place.send(command);
  }

  /** A character typed nowhere belongs to the one field. */
  private focusField(event: KeyboardEvent): void {
    const { screen, overlay } = this.place.view;
    const active = document.activeElement;
    if (
      (screen !== 'sale' && screen !== 'payment' && screen !== 'return') ||
      overlay !== 'none' ||
      this.early !== null ||
      event.key.length !== 1 ||
      event.ctrlKey ||
      event.metaKey ||
      isTextBox(active)
    )
      return;
    if (event.key === ' ' && isButton(active)) return;
    mainField()?.focus({ preventScroll: true });
  }

  /** The command of a key; `nothing` swallows it; null leaves it to the page. */
  private command(event: KeyboardEvent): Command | 'nothing' | null {
    const { code } = event;
    if (/^F\d+$/.test(code)) return this.functionKey(event);
    if (event.ctrlKey && !event.altKey && event.code === 'KeyZ' && !this.inOwnBox()) return { c: 'undo' };
    if (event.ctrlKey && event.code === 'KeyP') return 'nothing';
    if (event.ctrlKey || event.altKey || event.metaKey) return null;
    if (code === 'Backquote') return this.square(event);
    this.squareAt = -Infinity; // another key in between: the next ² opens the commands again, it does not lock
    if (this.early !== null) return this.earlyLetter(event);
    if (event.key === 'Escape')
      return this.place.view.overlay === 'none' ? { c: 'escape' } : { c: 'overlay', which: 'none' };
    if (this.place.view.screen === 'tickets' && this.place.view.overlay === 'none') {
      const own = this.place.view.approval ? this.approving(event) : this.inList(event);
      if (own) return own;
    }
    if (isAmountBox(document.activeElement)) return amountKey(event);
    if (this.place.view.overlay !== 'none' || this.inOwnBox()) return null;
    if (this.place.view.approval) return this.approving(event);
    return ['sale', 'payment', 'return'].includes(this.place.view.screen) ? this.selling(event) : this.elsewhere(event);
  }

  /** The list of tickets is moved in while its search box is being typed into. */
  private inList(event: KeyboardEvent): Command | 'nothing' | null {
    switch (event.code) {
      case 'ArrowUp':
        return { c: 'found_move', by: -1 };
      case 'ArrowDown':
        return { c: 'found_move', by: 1 };
      case 'Enter':
      case 'NumpadEnter':
        return isButton(document.activeElement) ? null : event.repeat ? 'nothing' : { c: 'enter' };
      default:
        return null;
    }
  }

  /** Digits are somebody's code, wherever the hand was; what is held may still turn out to be a scan. */
  private approving(event: KeyboardEvent): Command | 'nothing' | null {
    const digit = digitOf(event);
    if (digit !== null) {
      this.hold({ c: 'digit', key: digit });
      return 'nothing';
    }
    if (event.key === 'Backspace') return { c: 'backspace' };
    if (event.key === 'Enter') return isButton(document.activeElement) ? null : { c: 'enter' };
    return event.key.length === 1 ? 'nothing' : null;
  }

  private inOwnBox(): boolean {
    return isTextBox(document.activeElement) && !isMain(document.activeElement);
  }

  private functionKey(event: KeyboardEvent): Command | 'nothing' | null {
    const { view } = this.place;
    const selling = view.screen === 'sale' || view.screen === 'payment' || view.screen === 'return';
    if (event.code === 'F11' || event.altKey || event.ctrlKey) return null;
    if (event.repeat) return 'nothing';
    if (event.code === 'F1') return { c: 'overlay', which: 'shortcuts' };
    if (event.code === 'F12') {
      if (view.screen === 'closing') commitBox();
      return this.barAction(view);
    }
    if (event.code === 'F9' && view.screen === 'opening') return { c: 'same_float' };
    if (event.code === 'F8' && (selling || view.screen === 'tickets')) return { c: 'tickets' };
    if (!selling) return 'nothing';
    const cash = this.place.cash();
    const card = this.place.card();
    const keys: Record<string, Command | undefined> = {
      F2: { c: 'field_focus' },
      F3: { c: 'customer' },
      F4: { c: 'quantity' },
      F5: { c: 'park' },
      F6: { c: 'line_discount' },
      F7: { c: 'basket_discount' },
      F9: cash ? { c: 'tender', code: cash } : undefined,
      F10: card ? { c: 'tender', code: card } : undefined,
    };
    return keys[event.code] ?? 'nothing';
  }

  private barAction(view: TillView): Command | 'nothing' {
    switch (view.screen) {
      case 'sale':
        return { c: 'pay' };
      case 'payment':
        return { c: 'validate' };
      case 'opening':
        return view.opening?.forgotten ? { c: 'close' } : { c: 'open_session' };
      case 'movement':
      case 'return':
      case 'tickets':
        return { c: 'validate' };
      case 'closing':
        return view.closing?.steps.find((step) => step.id === 'seal')?.state === 'current'
          ? { c: 'seal' }
          : { c: 'validate' };
      case 'xreport':
        return { c: 'print_x' };
      case 'closed':
        return { c: 'print_z' };
      default:
        return 'nothing';
    }
  }

  /** ² opens the commands, twice it locks. */
  private square(event: KeyboardEvent): Command | 'nothing' | null {
    const { view } = this.place;
    if (['starting', 'enrol', 'blocked', 'lock'].includes(view.screen)) return 'nothing';
    if (this.inOwnBox() && view.overlay !== 'palette') return null;
    const again = event.timeStamp - this.squareAt < 600 || (view.overlay === 'palette' && view.palette.text === '');
    this.squareAt = again ? -Infinity : event.timeStamp;
    this.early = again ? null : '';
    return again ? { c: 'lock' } : { c: 'overlay', which: 'palette' };
  }

  /** Hands faster than the screen: what follows ² is for the palette, whose commands are two letters long. */
  private earlyLetter(event: KeyboardEvent): Command | 'nothing' | null {
    if (this.inOwnBox() || event.key.length !== 1) {
      this.early = null;
      return this.command(event);
    }
    const text = this.early + event.key;
    this.early = text.length < 2 ? text : null;
    return { c: 'palette_type', text };
  }

  private selling(event: KeyboardEvent): Command | 'nothing' | null {
    const { field, screen } = this.place.view;
    const native = isMain(document.activeElement);
    const empty = field.text === '';
    switch (event.code) {
      case 'NumpadMultiply':
        return { c: 'times' };
      case 'NumpadDivide':
        return { c: 'percent' };
      case 'NumpadSubtract':
        return empty ? { c: 'remove_line' } : null;
      case 'NumpadAdd':
        return { c: 'again' };
      case 'NumpadDecimal':
        return { c: 'digit', key: ',' };
      case 'ArrowUp':
        return field.found.length ? { c: 'found_move', by: -1 } : { c: 'move_line', by: -1 };
      case 'ArrowDown':
        return field.found.length ? { c: 'found_move', by: 1 } : { c: 'move_line', by: 1 };
      case 'ArrowLeft':
        return screen === 'return' ? null : empty ? { c: 'next_basket', by: -1 } : null;
      case 'ArrowRight':
        return screen === 'return' ? null : empty ? { c: 'next_basket', by: 1 } : null;
      case 'Delete':
        return empty ? { c: 'remove_line' } : null;
      case 'Enter':
      case 'NumpadEnter':
        if (isButton(document.activeElement)) return null;
        return event.repeat ? 'nothing' : screen === 'payment' && empty ? { c: 'validate' } : { c: 'enter' };
      case 'Backspace':
        return native ? null : { c: 'backspace' };
    }
    if (event.key === '*' && field.mode === 'number') return { c: 'times' };
    const pad = /^Numpad(\d)$/.exec(event.code);
    if (pad && !/^\d$/.test(event.key)) return { c: 'digit', key: pad[1]! }; // NumLock is off: the place of the key decides
    if (screen === 'payment' && /^Digit\d$/.test(event.code) && !/^\d$/.test(event.key))
      return { c: 'digit', key: event.code.slice(-1) };
    return null;
  }

  /** Screens without the field: digits type a code, an amount or a count. */
  private elsewhere(event: KeyboardEvent): Command | 'nothing' | null {
    const { screen } = this.place.view;
    const digit = digitOf(event);
    if (screen === 'lock' || ['opening', 'closing', 'movement'].includes(screen)) {
      if (digit !== null) {
        // Typing takes over from a key reached with Tab: the Enter that follows belongs to the number, not to that key.
        if (isButton(document.activeElement)) (document.activeElement as HTMLElement).blur();
        this.hold(screen === 'lock' ? { c: 'pin', digit } : { c: 'digit', key: digit });
        return 'nothing';
      }
      if (event.key === 'Backspace') return screen === 'lock' ? { c: 'pin_back' } : { c: 'backspace' };
    }
    if (event.code === 'Enter' || event.code === 'NumpadEnter')
      return isButton(document.activeElement) ? null : event.repeat ? 'nothing' : { c: 'enter' };
    const counting =
      screen === 'opening'
        ? this.place.view.opening?.count
        : screen === 'closing'
          ? this.place.view.closing?.count
          : null;
    if (!counting) return null;
    switch (event.code) {
      case 'ArrowUp':
        return { c: 'count_select', row: counting.selected - 1 };
      case 'ArrowDown':
        return { c: 'count_select', row: counting.selected + 1 };
      case 'NumpadAdd':
        return { c: 'count', row: counting.selected, by: 1 };
      case 'NumpadSubtract':
        return { c: 'count', row: counting.selected, by: -1 };
    }
    return null;
  }
}
