/* Settings: theme, hand, size and sound follow the cashier; millimetres belong to the screen. */
import type { TillView } from '../model';
import type { Desk } from './desk';

type Settings = TillView['settings'];
const OWN: readonly (keyof Settings)[] = ['theme', 'hand', 'grand', 'sound'];
const ALLOWED: Record<keyof Settings, (value: unknown) => boolean> = {
  theme: (value) => value === 'light' || value === 'dark' || value === 'contrast',
  hand: (value) => value === 'droite' || value === 'gauche',
  grand: (value) => typeof value === 'boolean',
  sound: (value) => value === 0 || value === 1 || value === 2 || value === 3,
  mm: (value) => typeof value === 'number' && value >= 0 && value < 40,
};

export async function loadSettings(desk: Desk): Promise<void> {
  const till = await desk.home.get<Partial<Settings>>('settings', 'till');
  const own = desk.cashier ? await desk.home.get<Partial<Settings>>('settings', desk.cashier.id) : undefined;
  Object.assign(desk.view.settings, { theme: 'light', hand: 'droite', grand: false, sound: 2 }, till, own);
  desk.sounds.volume = desk.view.settings.sound;
}

export async function changeSetting(desk: Desk, name: keyof Settings, value: unknown): Promise<void> {
  if (!ALLOWED[name]?.(value)) return;
  Object.assign(desk.view.settings, { [name]: value });
  desk.sounds.volume = desk.view.settings.sound;
  const { mm, ...rest } = desk.view.settings;
  const kept = Object.fromEntries(OWN.map((key) => [key, rest[key as keyof typeof rest]]));
  if (name === 'mm' || desk.cashier === null) await desk.home.put('settings', { mm }, 'till');
  else await desk.home.put('settings', kept, desk.cashier.id);
}
