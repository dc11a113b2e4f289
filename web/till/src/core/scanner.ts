/* Tells a scanner from fingers by its rhythm. A scan is taken out of whatever field it was typed into, its Enter never reaches
   a button, and a key held on the trigger counts once. */

import { mark } from './marks';

const MEAN_GAP_MS = 30;
const LONGEST_GAP_MS = 100; // one hiccup of a busy computer in an otherwise even burst
const FINGER_GAP_MS = 50; // a gap that may be between a finger and a scanner
const SHORTEST_CODE = 6;
const SAME_CODE_MS = 400;
const ENTER_AFTER_SCAN_MS = 300;
const GIVE_BACK_MS = LONGEST_GAP_MS + 20;
const DIGIT_PLACE = /^(?:Digit|Numpad)\d$/;

type Box = HTMLInputElement | HTMLTextAreaElement;
interface Key {
  code: string;
  key: string;
  shift: boolean;
  at: number;
}
interface Snapshot {
  box: Box;
  value: string;
  start: number | null;
  end: number | null;
}

const MODIFIERS = new Set([
  'Shift',
  'Control',
  'Alt',
  'AltGraph',
  'Meta',
  'CapsLock',
  'NumLock',
  'Dead',
  'Process',
  'Unidentified',
]);
const PLAIN: Record<string, string> = {
  Space: ' ',
  Minus: '-',
  Slash: '/',
  Period: '.',
  Comma: ',',
  NumpadSubtract: '-',
  NumpadDivide: '/',
  NumpadDecimal: '.',
};

/** The character of the key's place: a scanner set to the American layout on a French keyboard. */
function byPlace({ code, key, shift }: Key): string {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
  if (digit) return digit[1]!;
  const letter = /^Key([A-Z])$/.exec(code);
  if (letter) return shift ? letter[1]! : letter[1]!.toLowerCase();
  return PLAIN[code] ?? key;
}

/** The text that was scanned. Digits are read by their place as soon as one of them was not typed as a digit. */
export function decode(keys: readonly Key[]): string {
  const misread = keys.some(({ code, key }) => /^(Digit|Numpad)\d$/.test(code) && !/^\d$/.test(key));
  const text = keys.map((key) => (misread ? byPlace(key) : key.key)).join('');
  return text.replace(/^\][A-Za-z]\d/, '').trim(); // AIM identifier
}

/** Eight, twelve, thirteen or fourteen digits whose last one agrees with the others. */
export function isGtin(text: string): boolean {
  return /^(?:\d{8}|\d{12,14})$/.test(text) && checkDigit(text.slice(0, -1)) === text.slice(-1);
}

/** The last digit of the article number that begins with `digits`. */
export function checkDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}

const ONE_DIGIT_SHORT = /^(?:\d{7}|\d{11,13})$/;

function textBox(element: Element | null): Box | null {
  if (element instanceof HTMLTextAreaElement) return element;
  return element instanceof HTMLInputElement &&
    !['checkbox', 'radio', 'button', 'submit', 'range'].includes(element.type)
    ? element
    : null;
}

export class Scanner {
  private keys: Key[] = [];
  private first = 0;
  private last = 0;
  private snapshot: Snapshot | null = null; // the box as it was before the first of its keys
  private boxed = 0; // how many keys came before that one
  private scannedAt = -Infinity;
  private scanned = '';
  private taken: ReturnType<typeof setTimeout> | null = null; // the burst has left its box

  constructor(
    private readonly onScan: (text: string) => void,
    private readonly onRestore: (box: Box, value: string) => void,
    private readonly onComing: (digits: string) => void = () => undefined,
  ) {}

  /** Is the key just seen part of a burst that may be a scan? Then costly work can wait for its end. */
  get burst(): boolean {
    return this.keys.length > 1 && this.last - this.first <= MEAN_GAP_MS * (this.keys.length - 1);
  }

  /** A key or a tap between two scans: no trigger was held, so the second one counts, however soon it comes (the next customer buys the same). */
  gesture(): void {
    this.scanned = '';
  }

  /** Sees every key first. Returns true when the key was the scanner's and must go no further. */
  see(event: KeyboardEvent): boolean {
    if (MODIFIERS.has(event.key)) return false;
    const at = event.timeStamp;
    if (event.key === 'Enter' || event.key === 'Tab') return this.end(event, at);
    const character = event.ctrlKey && event.code === 'BracketRight' ? '\x1d' : event.key;
    const held = (event.ctrlKey && character !== '\x1d') || event.altKey || event.metaKey;
    const operator = /^Numpad(Multiply|Divide|Subtract|Add)$/.test(event.code); // a finger's: scanners have no such keys
    const padWithoutNumLock = /^Numpad\d$/.test(event.code);
    if (held || operator || event.repeat || (character.length !== 1 && !padWithoutNumLock)) {
      this.reset();
      if (!event.repeat) this.gesture();
      return false;
    }
    if (this.keys.length > 0 && at - this.last > LONGEST_GAP_MS) this.reset();
    if (this.keys.length === 0) this.begin(at);
    else this.follow(at);
    this.keys.push({ code: event.code, key: character, shift: event.shiftKey, at });
    this.last = at;
    if (this.burst) this.foretell();
    return this.takeOut() && this.swallow(event);
  }

  /** More digits than fingers could type so fast: the box is as it was, and the rest of the burst no longer reaches it. What the
      page would draw for each digit is not between the scan and its line. Given back when no Enter comes. */
  private takeOut(): boolean {
    if (this.taken === null) {
      const sure =
        this.snapshot !== null &&
        this.snapshot.start !== null &&
        this.snapshot.box === document.activeElement &&
        this.keys.length > SHORTEST_CODE &&
        this.burst &&
        this.keys.every(({ code, key }) => DIGIT_PLACE.test(code) && key.length === 1);
      if (!sure) return false;
      this.put(this.snapshot!.value, this.snapshot!.start!, this.snapshot!.end);
    } else clearTimeout(this.taken);
    this.taken = setTimeout(() => this.giveBack(), GIVE_BACK_MS);
    return true;
  }

  /** It was no scan: what was typed is in the box, as if it had never left. */
  private giveBack(): void {
    if (this.taken === null || !this.snapshot) return;
    clearTimeout(this.taken);
    this.taken = null;
    const { start, end, value } = this.snapshot;
    const before =
      value.slice(0, start!) +
      this.keys
        .slice(this.boxed)
        .map(({ key }) => key)
        .join('');
    this.put(before + value.slice(end ?? start!), before.length, before.length);
  }

  private put(value: string, start: number | null, end: number | null): void {
    const { box } = this.snapshot!;
    if (box.value === value) return;
    box.value = value;
    if (start !== null)
      try {
        box.setSelectionRange(start, end);
      } catch {
        /* this kind of box has no selection */
      }
    this.onRestore(box, value);
  }

  /** One digit before the end of an article number, whose last digit follows from the others. */
  private foretell(): void {
    if (this.keys.length < SHORTEST_CODE) return;
    const digits = decode(this.keys);
    if (ONE_DIGIT_SHORT.test(digits)) this.onComing(digits);
  }

  private begin(at: number): void {
    this.first = at;
    this.boxed = this.keys.length;
    const box = textBox(document.activeElement);
    this.snapshot = box ? { box, value: box.value, start: box.selectionStart, end: box.selectionEnd } : null;
  }

  /** Keys may reach another box than the first of them: the last digit of a PIN opens the sale, and the scan that follows lands in
      its field. After a finger's gap they are another burst, else the same one, taken out of the box it came to. */
  private follow(at: number): void {
    const box = textBox(document.activeElement);
    if (this.taken !== null || box === null || box === this.snapshot?.box) return;
    const { first } = this;
    if (at - this.last > FINGER_GAP_MS) this.reset();
    this.begin(at);
    if (this.keys.length > 0) this.first = first;
  }

  private end(event: KeyboardEvent, at: number): boolean {
    const gaps = this.keys.length - 1;
    const scan =
      this.keys.length >= SHORTEST_CODE &&
      (this.last - this.first) / gaps <= MEAN_GAP_MS &&
      at - this.last <= LONGEST_GAP_MS;
    if (!scan) {
      this.reset();
      if (event.key !== 'Enter' || at - this.scannedAt >= ENTER_AFTER_SCAN_MS) return false;
      return this.swallow(event);
    }
    mark('scan:end');
    const whole = decode(this.keys);
    const text = isGtin(whole) ? whole : decode(this.sinceFinger());
    this.restore(whole.length - text.length);
    this.reset();
    const again = text === this.scanned && at - this.scannedAt < SAME_CODE_MS;
    this.scannedAt = at;
    this.scanned = text;
    if (!again) this.onScan(text);
    return this.swallow(event);
  }

  private swallow(event: KeyboardEvent): boolean {
    event.preventDefault();
    event.stopImmediatePropagation();
    return true;
  }

  /** The keys after the last gap a finger could have made, or since they reach another box, when they alone are an article number:
      `20` typed just before a scan, or a PIN. */
  private sinceFinger(): Key[] {
    const sinceBox = this.keys.slice(this.boxed);
    if (this.boxed > 0 && isGtin(decode(sinceBox))) return sinceBox;
    for (let i = this.keys.length - 1; i > 0; i--) {
      if (this.keys[i]!.at - this.keys[i - 1]!.at <= FINGER_GAP_MS) continue;
      const rest = this.keys.slice(i);
      return isGtin(decode(rest)) ? rest : this.keys;
    }
    return this.keys;
  }

  /** The box as it was before the scan, but for what fingers typed just before it. */
  private restore(typedBefore: number): void {
    if (!this.snapshot) return;
    const { start, end, value } = this.snapshot;
    const typed = this.keys
      .slice(this.boxed, Math.max(this.boxed, typedBefore))
      .map(({ key }) => key)
      .join('');
    this.put(
      typed ? value.slice(0, start ?? 0) + typed : value,
      typed ? (start ?? 0) + typed.length : start,
      typed ? (start ?? 0) + typed.length : end,
    );
    if (this.taken !== null) clearTimeout(this.taken);
    this.taken = null;
  }

  private reset(): void {
    this.giveBack();
    this.keys = [];
    this.snapshot = null;
  }
}
