/* VAT by date: a sale bears the rate of the day on which it is finalised, whatever the catalogue said the day before. */
import { localDate } from '../core/clock';
import type { EngineLine } from '../core/wire';
import type { Desk } from './desk';

/** The line at today's rate. What is returned keeps the rate it was sold at. */
export function dated(desk: Desk, line: EngineLine, today = localDate()): EngineLine {
  const changes = desk.boot?.vat_changes ?? [];
  if (changes.length === 0 || line.vat_e4 === null || 'origin_line' in line) return line;
  let rate = line.vat_e4;
  let last = '';
  for (const change of changes) {
    if (change.from > today || change.from === last || change.old_e4 !== rate) continue;
    rate = change.new_e4;
    last = change.from; // two changes of one day never follow each other
  }
  return rate === line.vat_e4 ? line : { ...line, vat_e4: rate };
}
