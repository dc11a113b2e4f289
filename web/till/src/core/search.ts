/* Search as you type over folded texts (core/folded.ts): a scan of the text, not an index. Line starts first, then word starts,
   then anywhere; when nothing is found, words within one slip of the finger. */
import { fold } from './folding';

const BUDGET_MS = 30;

/** One line per article, each preceded by a line feed; words separated by one space. */
export interface FoldedChunk {
  text: string;
  first: number;
  starts: Uint32Array | null;
}

function startsOf(chunk: FoldedChunk): Uint32Array {
  if (chunk.starts) return chunk.starts;
  const starts: number[] = [];
  for (let at = chunk.text.indexOf('\n'); at >= 0; at = chunk.text.indexOf('\n', at + 1)) starts.push(at);
  return (chunk.starts = Uint32Array.from(starts));
}

/** Index of the last start that is not after `at`. */
function lineAt(starts: Uint32Array, at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function scan(chunks: readonly FoldedChunk[], needle: string, visit: (article: number, line: string) => boolean): void {
  for (const chunk of chunks) {
    let at = chunk.text.indexOf(needle);
    if (at < 0) continue;
    const starts = startsOf(chunk);
    while (at >= 0) {
      const row = lineAt(starts, at);
      const end = starts[row + 1] ?? chunk.text.length;
      if (!visit(chunk.first + row, chunk.text.slice(starts[row]!, end))) return;
      at = chunk.text.indexOf(needle, end);
    }
  }
}

/** Indexes of at most `limit` articles, best first. `wanted`: a line may be that of an article changed or withdrawn since. */
export function search(
  chunks: readonly FoldedChunk[],
  typed: string,
  limit: number,
  wanted: (article: number) => boolean,
): number[] {
  const words = fold(typed).split(' ').filter(Boolean);
  if (words.length === 0) return [];
  const longest = words.reduce((a, b) => (b.length > a.length ? b : a));
  const others = words.filter((word) => word !== longest);
  const found = new Set<number>();
  const take = (article: number, line: string): boolean => {
    if (others.every((word) => line.includes(word)) && wanted(article)) found.add(article);
    return found.size < limit;
  };
  for (const needle of [`\n${words.join(' ')}`, `\n${longest}`, ` ${longest}`, longest]) {
    if (found.size < limit) scan(chunks, needle, take);
  }
  if (found.size === 0 && longest.length >= 4)
    for (const article of nearly(chunks, longest, others, limit, wanted)) found.add(article);
  return [...found];
}

/** One edit leaves one half of the word whole: lines with either half are looked at word by word. */
function nearly(
  chunks: readonly FoldedChunk[],
  word: string,
  others: string[],
  limit: number,
  wanted: (article: number) => boolean,
): Set<number> {
  const found = new Set<number>();
  const until = performance.now() + BUDGET_MS;
  const half = word.length >> 1;
  for (const needle of [` ${word.slice(0, half)}`, `\n${word.slice(0, half)}`, word.slice(half)]) {
    scan(chunks, needle, (article, line) => {
      if (
        others.every((other) => line.includes(other)) &&
        line
          .slice(1)
          .split(' ')
          .some((candidate) => withinOne(word, candidate)) &&
        wanted(article)
      )
        found.add(article);
      return found.size < limit && performance.now() < until;
    });
  }
  return found;
}

/** Is `typed` the beginning of `word`, but for one letter missing, too many, changed or swapped with its neighbour? */
export function withinOne(typed: string, word: string): boolean {
  if (word.length + 1 < typed.length) return false;
  let i = 0;
  while (i < typed.length && typed[i] === word[i]) i++;
  if (i === typed.length) return true;
  const rest = typed.slice(i);
  return (
    word.startsWith(rest.slice(1), i + 1) || // changed
    word.startsWith(rest.slice(1), i) || // one too many
    word.startsWith(rest, i + 1) || // one missing
    (rest.length > 1 && word[i] === rest[1] && word[i + 1] === rest[0] && word.startsWith(rest.slice(2), i + 2))
  ); // swapped
}
