/* The register's key: made here, never leaves the browser, signs what the engine wrote. */
import { base64, base64url } from './ids';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

export interface RegisterKey {
  pair: CryptoKeyPair;
  spki: string;
  thumbprint: string;
}

export async function makeKey(): Promise<RegisterKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const spki = await crypto.subtle.exportKey('spki', pair.publicKey); // the public half is always exportable
  const thumbprint = base64url(await crypto.subtle.digest('SHA-256', spki));
  return { pair, spki: base64(spki), thumbprint };
}

/** Signature of the UTF-8 text: raw r‖s, base64url without padding, 86 characters. */
export async function sign(key: RegisterKey, text: string): Promise<string> {
  return base64url(await crypto.subtle.sign(SIGNING, key.pair.privateKey, new TextEncoder().encode(text)));
}
