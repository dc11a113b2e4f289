/* Instants, local time and business date, computed by the till from its own clock. */

export interface Instant {
  at: string;
  offset_minutes: number;
  zone: string;
}

/** Seconds are enough for the law, and the signed string has no more. */
export function instant(now: Date = new Date()): Instant {
  return {
    at: `${now.toISOString().slice(0, 19)}Z`,
    offset_minutes: -now.getTimezoneOffset() || 0,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
  };
}

export function localDate(now: Date = new Date()): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function localTime(at: string): string {
  const date = new Date(at);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}
