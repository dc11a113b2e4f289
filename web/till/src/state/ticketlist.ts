/* The list of tickets: this till's own, at once and without the server; all tills' as soon as the server answers. */
import type { TicketRow } from '../model';
import { Refused, Unreachable } from '../core/api';
import { lastTickets, type TicketBody } from '../core/history';
import { fold } from '../core/folding';
import { localDate } from '../core/clock';
import { amount, parseMinor } from '../core/money';
import { numberFrom, openTicket } from './correction';
import { show, type Desk } from './desk';
import { openOpening } from './session';
import { typeOf } from './payment';

const SHOWN = 40;
const PATIENCE_MS = 4000;
const PAUSE_MS = 200; // after the last letter, before the server is asked

interface Row { chain: string; seq: number; at: string; operator: string | { name: string }; operation: string; total_minor: number; payments: string }

const searches = new WeakMap<Desk, ReturnType<typeof setTimeout>>();

export async function openTickets(desk: Desk): Promise<void> {
  if (desk.ledger.period.session === null) return openOpening(desk);
  desk.view.tickets = { text: '', rows: [], selected: 0, searching: false, server: false };
  desk.view.notice = null;
  await list(desk, '');
  show(desk, 'tickets');
}

export async function searchTickets(desk: Desk, text: string): Promise<void> {
  if (!desk.view.tickets) return;
  desk.view.tickets.text = text.slice(0, 60);
  await list(desk, desk.view.tickets.text);
}

/** « 22/11 », « 22/11/2026 » or « hier », as a date; the year is the nearest past one. */
export function dateOf(text: string, today = new Date()): string | null {
  if (fold(text) === 'hier') return localDate(new Date(today.getTime() - 86_400_000));
  if (fold(text) === 'aujourd hui') return localDate(today);
  const match = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?$/.exec(text.trim());
  if (!match) return null;
  const [, day, month, year] = match;
  const dated = (wanted: number): string => `${wanted}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  if (year) return dated(Number(year));
  return dated(today.getFullYear()) <= localDate(today) ? dated(today.getFullYear()) : dated(today.getFullYear() - 1);
}

const paymentsText = (desk: Desk, body: TicketBody): string => body.settled.payments.map((row) => `${(typeOf(desk, row.type)?.label ?? row.type).toLowerCase()} ${amount(row.amount_minor)}`).join(', ');

function rowOf(row: Row): TicketRow {
  const number = numberFrom(row);
  return { key: `${row.chain}/${row.seq}`, chain: row.chain, seq: row.seq, number, at: row.at, operator: typeof row.operator === 'string' ? row.operator : row.operator.name, operation: row.operation, total_minor: row.total_minor, payments: row.payments };
}

function matches(desk: Desk, text: string): (body: TicketBody) => boolean {
  const folded = fold(text);
  const date = dateOf(text);
  const minor = parseMinor(text);
  if (text.trim() === '') return () => true;
  return (body) => {
    if (date) return localDate(new Date(body.at)) === date;
    if (fold(numberFrom(body)).endsWith(folded) || (minor !== null && Math.abs(body.priced.gross_minor) === minor)) return true;
    const customer = desk.boot?.customers.find((one) => one.id === body.customer);
    return folded.length > 1 && !/^\d+$/.test(folded) && (fold(customer?.name ?? '').includes(folded) || fold(body.operator.name).includes(folded));
  };
}

async function list(desk: Desk, text: string): Promise<void> {
  const own = (await lastTickets(desk.db, desk.ledger.chain('ticket'), SHOWN, matches(desk, text))).map(({ body }) => rowOf({
    chain: body.chain, seq: body.seq, at: body.at, operator: body.operator, operation: body.operation, total_minor: body.priced.gross_minor, payments: paymentsText(desk, body),
  }));
  if (!desk.view.tickets) return;
  Object.assign(desk.view.tickets, { rows: own, selected: 0, server: false });
  const waiting = searches.get(desk);
  if (waiting) clearTimeout(waiting);
  if (desk.ledger.training) return;
  desk.view.tickets.searching = true;
  searches.set(desk, setTimeout(() => void ask(desk, text, own), PAUSE_MS));
}

/** The server's answer joins what is already on the screen; silence changes nothing. */
async function ask(desk: Desk, text: string, own: TicketRow[]): Promise<void> {
  const date = dateOf(text);
  const query = new URLSearchParams({ text: date ? '' : text.trim(), date: date ?? '', limit: String(SHOWN) });
  let rows: TicketRow[] | null = null;
  try {
    rows = (await desk.api.get<{ tickets: Row[] }>(`tickets?${query.toString()}`, PATIENCE_MS)).tickets.map(rowOf);
  } catch (reason) {
    if (!(reason instanceof Refused || reason instanceof Unreachable)) throw reason;
  }
  const { tickets } = desk.view;
  if (!tickets || tickets.text !== text) return; // another search is under way
  tickets.searching = false;
  if (rows === null) return;
  const here = new Set(own.map((row) => row.key));
  tickets.rows = [...own, ...rows.filter((row) => !here.has(row.key))].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.seq - a.seq)).slice(0, SHOWN);
  tickets.server = true;
}

export function moveTicket(desk: Desk, by: 1 | -1): void {
  const { tickets } = desk.view;
  if (tickets) tickets.selected = Math.max(0, Math.min(tickets.rows.length - 1, tickets.selected + by));
}

export async function openSelected(desk: Desk): Promise<void> {
  const row = desk.view.tickets?.rows[desk.view.tickets.selected];
  if (row) await openTicket(desk, row.chain, row.seq);
}
