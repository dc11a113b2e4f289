/* Identifiers, base64url and digests. */

let lastMillis = 0;
let counter = 0;

/** UUIDv7: milliseconds, then a counter that keeps identifiers of one millisecond in order, then random bits (RFC 9562, 5.7 and 6.2). */
export function uuid7(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(8));
  if (now > lastMillis) {
    lastMillis = now;
    counter = ((random[0]! << 8) | random[1]!) & 0x7ff; // half the range is kept free for the counter to grow
  } else if (++counter > 0xfff) {
    lastMillis += 1;
    counter = 0;
  }
  const millis = lastMillis.toString(16).padStart(12, '0');
  const tail = [...random.slice(2)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = (8 | (random[0]! & 3)).toString(16);
  const rest = (random[1]! & 0xf).toString(16) + tail.slice(0, 2);
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${rest}-${tail.slice(0, 12)}`;
}

export function base64(bytes: ArrayBuffer | Uint8Array): string {
  let text = '';
  for (const byte of new Uint8Array(bytes as ArrayBuffer)) text += String.fromCharCode(byte);
  return btoa(text);
}

export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) bytes[i] = plain.charCodeAt(i);
  return bytes;
}

export function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function sha256hex(text: string): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
