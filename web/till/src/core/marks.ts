/* Performance marks for measuring from outside: few are kept, so that a day of scans does not fill the memory. */

const KEPT = 500;
const counts = new Map<string, number>();

export function mark(name: 'scan:end' | 'line:shown' | 'search:shown' | 'sale:sealed' | 'till:ready'): void {
  const count = (counts.get(name) ?? 0) + 1;
  if (count > KEPT) performance.clearMarks(name);
  counts.set(name, count > KEPT ? 1 : count);
  performance.mark(name);
}
