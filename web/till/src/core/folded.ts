/* The text that search looks through, folded in pieces whenever the till has nothing else to do: neither a first load nor a start
   waits for it. What a search needs and is not there yet is folded then. */
import { fold } from './folding';
import type { FoldedChunk } from './search';
import type { ArticleTuple } from './wire';

const PIECE = 500; // articles: a millisecond, so that no scan waits for it on a slow computer either
const SPARE_MS = 5;

interface Piece {
  first: number;
  tuples: readonly ArticleTuple[];
}

function lineOf(tuple: ArticleTuple): string {
  const codes = tuple[9].map((barcode) => (typeof barcode === 'string' ? barcode : barcode[0])).join(' ');
  return `\n${fold(tuple[2])} ${fold(tuple[1])} ${codes}`;
}

export class FoldedText {
  private readonly chunks: FoldedChunk[] = [];
  private readonly waiting: Piece[] = [];
  private asked = false;

  /** Articles at the places from `first` on. */
  add(first: number, tuples: readonly ArticleTuple[]): void {
    for (let at = 0; at < tuples.length; at += PIECE)
      this.waiting.push({ first: first + at, tuples: tuples.slice(at, at + PIECE) });
    this.whenIdle();
  }

  whole(): readonly FoldedChunk[] {
    while (this.waiting.length) this.foldNext();
    return this.chunks;
  }

  private foldNext(): void {
    const { first, tuples } = this.waiting.shift()!;
    this.chunks.push({ text: tuples.map(lineOf).join(''), first, starts: null });
  }

  private whenIdle(): void {
    if (this.asked || this.waiting.length === 0) return;
    this.asked = true;
    requestIdleCallback((deadline) => {
      this.asked = false;
      while (this.waiting.length && deadline.timeRemaining() > SPARE_MS) this.foldNext();
      this.whenIdle();
    });
  }
}
