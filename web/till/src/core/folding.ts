/* Text without accents, capitals and punctuation, so that "creme" finds "Crème". */

const ASCII = /^[\x20-\x7e]*$/;

export function fold(text: string): string {
  let plain = text.toLowerCase();
  if (!ASCII.test(plain)) {
    plain = plain
      .replace(/œ/g, 'oe')
      .replace(/æ/g, 'ae')
      .replace(/ß/g, 'ss')
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '');
  }
  return plain.replace(/[^a-z0-9\u0080-\uffff]+/g, ' ').trim();
}

/** NFC without lone surrogates: the only text the engine takes. */
export function clean(text: string): string {
  const whole = text as string & { toWellFormed?: () => string };
  return (whole.toWellFormed?.() ?? text).normalize('NFC');
}
