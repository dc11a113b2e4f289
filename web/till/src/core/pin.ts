/* PIN checked without the server: PBKDF2, then HMAC with a key that cannot leave this browser, so that a copy of the disk
   gives nothing to guess against. Wrong codes cost 1, 2, 4 … 60 seconds, remembered across reloads. */
import { ask, type Database } from './db';
import { base64, fromBase64 } from './ids';
import type { Cashier } from './wire';

const LONGEST_WAIT_S = 60;
const FREE_TRIES = 2;

interface Throttle {
  failures: number;
  until: number;
}

const HMAC = { name: 'HMAC', hash: 'SHA-256', length: 256 } as const;

/** The same value however the server wrote it: hexadecimal or base64. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (/^(?:[0-9a-f]{2})+$/.test(text)) return Uint8Array.from(text.match(/../g)!, (pair) => parseInt(pair, 16));
  return fromBase64(text);
}

export class Pins {
  private throttle: Throttle = { failures: 0, until: 0 };

  private constructor(
    private readonly db: Database,
    private readonly key: CryptoKey,
  ) {}

  static async open(db: Database): Promise<Pins> {
    const made = await crypto.subtle.generateKey(HMAC, false, ['sign']);
    const key = await db.write(['key'], async (tx) => {
      const known = await ask<CryptoKey | undefined>(tx.objectStore('key').get('pin'));
      if (!known) tx.objectStore('key').put(made, 'pin');
      return known ?? made;
    });
    const pins = new Pins(db, key);
    pins.throttle = (await db.get<Throttle>('meta', 'pin-throttle')) ?? pins.throttle;
    return pins;
  }

  /** What is kept of a verifier: the HMAC of the server's, useless without this browser's key. */
  async seal(cashiers: readonly Cashier[]): Promise<Cashier[]> {
    return Promise.all(
      cashiers.map(async (cashier) =>
        cashier.pin
          ? { ...cashier, pin: { ...cashier.pin, hash: await this.mac(bytesOf(cashier.pin.hash)) } }
          : cashier,
      ),
    );
  }

  private async mac(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return base64(await crypto.subtle.sign('HMAC', this.key, bytes));
  }

  /** A wait longer than any that is given was counted by a clock since put right: nobody is kept out for it. */
  waitSeconds(now = Date.now()): number {
    const left = Math.ceil((this.throttle.until - now) / 1000);
    return left > LONGEST_WAIT_S ? 0 : Math.max(0, left);
  }

  /** Whose code it is among these people, or null. Counts nothing: `failed` does. */
  async who(pin: string, cashiers: readonly Cashier[]): Promise<Cashier | null> {
    if (this.waitSeconds() > 0) return null;
    const typed = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits']);
    for (const cashier of cashiers) {
      if (!cashier.pin) continue;
      const { salt, iterations, hash } = cashier.pin;
      const derived = await crypto.subtle.deriveBits(
        { name: 'PBKDF2', hash: 'SHA-256', salt: bytesOf(salt), iterations },
        typed,
        256,
      );
      if ((await this.mac(new Uint8Array(derived))) !== hash) continue;
      await this.remember({ failures: 0, until: 0 });
      return cashier;
    }
    return null;
  }

  /** A code that nobody has was tried. Returns the seconds to wait. */
  async failed(): Promise<number> {
    const failures = this.throttle.failures + 1;
    const wait = failures <= FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_S, 2 ** (failures - FREE_TRIES - 1));
    await this.remember({ failures, until: Date.now() + wait * 1000 });
    return wait;
  }

  private async remember(throttle: Throttle): Promise<void> {
    if (throttle.failures === 0 && this.throttle.failures === 0) return;
    this.throttle = throttle;
    await this.db.put('meta', throttle, 'pin-throttle');
  }
}
