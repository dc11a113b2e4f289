/* Sounds of the till: told apart by rhythm, all under 1.2 kHz, each with a visible double on the screen. */

export type Sound = 'article' | 'merged' | 'recognised' | 'unknown' | 'refused' | 'sealed';
type Note = readonly [frequency: number, milliseconds: number, pauseAfter?: number];

const NOTES: Record<Sound, readonly Note[]> = {
  article: [[1050, 70]],
  merged: [[1050, 35]],
  recognised: [
    [800, 60],
    [1050, 60],
  ],
  unknown: [
    [320, 180, 60],
    [320, 180],
  ],
  refused: [[220, 300]],
  sealed: [
    [700, 66],
    [900, 66],
    [1050, 68],
  ],
};
const ESSENTIAL: ReadonlySet<Sound> = new Set(['unknown', 'refused']);
const WAKE_WITHIN_MS = 500;
const VOLUMES = [0, 0.06, 0.16, 0.35] as const;

export class Sounds {
  volume: 0 | 1 | 2 | 3 = 2;
  essentialOnly = false;
  private context: AudioContext | null = null;

  private waking = false;

  /** Browsers give sound only after a first gesture: called on every key and touch until it works. Opening the sound card takes
      longer than a key may: it waits for a quiet moment. */
  wake(): void {
    if (this.context?.state === 'suspended') void this.context.resume().catch(() => undefined);
    if (this.context || this.waking) return;
    this.waking = true;
    requestIdleCallback(
      () => {
        this.context = new AudioContext({ latencyHint: 'interactive' });
        this.wake();
      },
      { timeout: WAKE_WITHIN_MS },
    );
  }

  play(sound: Sound): void {
    const context = this.context;
    if (!context || context.state !== 'running' || this.volume === 0 || (this.essentialOnly && !ESSENTIAL.has(sound)))
      return;
    let at = context.currentTime;
    for (const [frequency, milliseconds, pause = 0] of NOTES[sound]) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const end = at + milliseconds / 1000;
      tone.frequency.value = frequency;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(VOLUMES[this.volume], at + 0.005);
      gain.gain.setValueAtTime(VOLUMES[this.volume], end - 0.01);
      gain.gain.linearRampToValueAtTime(0, end);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(end);
      at = end + pause / 1000;
    }
  }
}
