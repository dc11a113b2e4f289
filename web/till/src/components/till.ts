/* How a component reaches the till: the view it draws and the one way to ask for something. */
import { getContext, setContext } from 'svelte';
import type { Command } from '../command';
import type { TillModel, TillView } from '../model';

const KEY = Symbol('till');

export function provideTill(model: TillModel): void {
  setContext(KEY, model);
}

export function useTill(): { view: TillView; run: (command: Command) => void } {
  const model = getContext<TillModel>(KEY);
  return { view: model.view, run: (command) => void model.do(command) };
}
