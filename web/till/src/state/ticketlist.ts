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
const ARTICLES = 40; // that words may name, to the server
const PATIENCE_MS = 4000;
const PAUSE_MS = 200; // after the last letter, before the server is asked

interface Row {
  chain: string;
  seq: number;
  at: string;
  operator: string | { name: string };
  operation: string;
  total_minor: number;
  payments: string;
}

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

const paymentsText = (desk: Desk, body: TicketBody): string =>
  body.settled.payments
    .map((row) => `${(typeOf(desk, row.type)?.label ?? row.type).toLowerCase()} ${amount(row.amount_minor)}`)
    .join(', ');

function rowOf(row: Row): TicketRow {
  const number = numberFrom(row);
  return {
    key: `${row.chain}/${row.seq}`,
    chain: row.chain,
    seq: row.seq,
    number,
    at: row.at,
    operator: typeof row.operator === 'string' ? row.operator : row.operator.name,
    operation: row.operation,
    total_minor: row.total_minor,
    payments: row.payments,
  };
}

/** What was typed: words and, beside them, a date and an amount; or one thing alone, which may be a number. */
interface Asked {
  text: string;
  words: string;
  date: string | null;
  minor: number | null;
  articles: string[];
}

function asked(desk: Desk, text: string, articles: readonly string[]): Asked {
  if (articles.length > 0) return { text, words: '', date: null, minor: null, articles: [...articles] }; // scanned: its name is only shown
  const tokens = text.trim().split(/\s+/).filter(Boolean);
  const dates = tokens.filter((one) => dateOf(one) !== null);
  const amounts = tokens.filter((one) => !dates.includes(one) && /^\d+([.,]\d{1,2})?€?$/.test(one));
  const words = tokens.filter((one) => !dates.includes(one) && !amounts.includes(one) && one !== '€').join(' ');
  const named = fold(words).length > 1 && !/^[a-z]\w*-\d/i.test(words);
  const found = named ? desk.catalogue.find(words, ARTICLES).map((article) => article.id) : [];
  return {
    text,
    words,
    date: dateOf(text) ?? (dates[0] ? dateOf(dates[0]) : null),
    minor: amounts[0] ? parseMinor(amounts[0].replace('€', '')) : null,
    articles: found,
  };
}

const holds = (one: Asked, body: TicketBody): boolean =>
  body.operation === 'sale' &&
  body.basket.lines.some(
    (line) =>
      one.articles.includes(line.article ?? '') ||
      (one.words !== '' &&
        fold(one.words)
          .split(' ')
          .every((word) => fold(line.label).includes(word))),
  );

const sized = (minor: number, body: TicketBody): boolean =>
  Math.abs(body.priced.gross_minor) === minor || body.priced.lines.some((line) => line.gross_minor === minor);

function matches(desk: Desk, one: Asked): (body: TicketBody) => boolean {
  const folded = fold(one.text);
  if (one.text.trim() === '') return () => true;
  return (body) => {
    if (one.date && localDate(new Date(body.at)) !== one.date) return false;
    if (one.words === '' && one.articles.length === 0)
      return (
        one.minor === null || fold(numberFrom(body)).endsWith(folded) || Math.abs(body.priced.gross_minor) === one.minor
      );
    if (one.minor !== null && !sized(one.minor, body)) return false;
    if (holds(one, body) || fold(numberFrom(body)).endsWith(folded)) return true;
    const customer = desk.boot?.customers.find((row) => row.id === body.customer);
    const words = fold(one.words);
    return words.length > 1 && (fold(customer?.name ?? '').includes(words) || fold(body.operator.name).includes(words));
  };
}

async function list(desk: Desk, text: string, articles: readonly string[] = []): Promise<void> {
  const one = asked(desk, text, articles);
  const own = (await lastTickets(desk.db, desk.ledger.chain('ticket'), SHOWN, matches(desk, one))).map(({ body }) =>
    rowOf({
      chain: body.chain,
      seq: body.seq,
      at: body.at,
      operator: body.operator,
      operation: body.operation,
      total_minor: body.priced.gross_minor,
      payments: paymentsText(desk, body),
    }),
  );
  if (!desk.view.tickets) return;
  Object.assign(desk.view.tickets, { rows: own, selected: 0, server: false });
  const waiting = searches.get(desk);
  if (waiting) clearTimeout(waiting);
  if (desk.ledger.training) return;
  desk.view.tickets.searching = true;
  searches.set(
    desk,
    setTimeout(() => void ask(desk, one, own), PAUSE_MS),
  );
}

/** What the server is asked: people and numbers, and the article when words or a scan name one. */
function questions(one: Asked): string[] {
  const named = one.words !== '' || one.articles.length > 0;
  const plain = { text: one.date ? one.words : one.text.trim(), date: one.date ?? '', limit: String(SHOWN) };
  const asked = named && (one.words === '' || one.minor !== null) ? [] : [plain];
  return [
    ...asked,
    ...(named
      ? [
          {
            text: one.words,
            articles: one.articles.join(','),
            date: one.date ?? '',
            amount: String(one.minor ?? ''),
            limit: String(SHOWN),
          },
        ]
      : []),
  ].map((row) => new URLSearchParams(row).toString());
}

/** The server's answer joins what is already on the screen; silence changes nothing. */
async function ask(desk: Desk, one: Asked, own: TicketRow[]): Promise<void> {
  let rows: TicketRow[] | null = null;
  try {
    const answers = await Promise.all(
      questions(one).map((query) => desk.api.get<{ tickets: Row[] }>(`tickets?${query}`, PATIENCE_MS)),
    );
    rows = answers.flatMap((answer) => answer.tickets.map(rowOf));
  } catch (reason) {
    if (!(reason instanceof Refused || reason instanceof Unreachable)) throw reason;
  }
  const { tickets } = desk.view;
  if (!tickets || tickets.text !== one.text) return; // another search is under way
  tickets.searching = false;
  if (rows === null) return;
  const chosen = tickets.rows[tickets.selected]?.key;
  const all = new Map([...rows, ...own].map((row) => [row.key, row]));
  tickets.rows = [...all.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.seq - a.seq)).slice(0, SHOWN);
  tickets.selected = Math.max(
    0,
    tickets.rows.findIndex((row) => row.key === chosen),
  ); // the ticket chosen meanwhile, wherever it went
  tickets.server = true;
}

/** The customer has the article and no paper: a scan on the list looks for the tickets it was sold on. */
export async function searchArticle(desk: Desk, article: { id: string; name: string }): Promise<void> {
  if (!desk.view.tickets) return;
  desk.view.tickets.text = article.name;
  desk.sounds.play('recognised');
  await list(desk, article.name, [article.id]);
}

export function moveTicket(desk: Desk, by: 1 | -1): void {
  const { tickets } = desk.view;
  if (tickets) tickets.selected = Math.max(0, Math.min(tickets.rows.length - 1, tickets.selected + by));
}

export async function openSelected(desk: Desk): Promise<void> {
  const row = desk.view.tickets?.rows[desk.view.tickets.selected];
  if (row) await openTicket(desk, row.chain, row.seq);
}
