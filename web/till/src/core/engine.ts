/* The page's side of the engine's door: requests numbered, answered in order by the worker. */
import workerUrl from '../worker/engine.worker.ts?worker&url';
import { scriptUrl } from './trusted';
import type { Refusal } from './wire';

/** The engine said no, with a code that the caller turns into words. */
export class EngineRefusal extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
  }
}

interface Waiting {
  resolve(json: string): void;
  reject(reason: Error): void;
}

export class Engine {
  private readonly worker = new Worker(scriptUrl(workerUrl), { type: 'module', name: 'engine' });
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  readonly ready: Promise<string>;

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.worker.onerror = (event) => reject(new Error(`engine: ${event.message}`));
      this.worker.onmessage = (
        event: MessageEvent<{ id?: number; json?: string; broken?: string; ready?: string }>,
      ) => {
        const { id, json, broken, ready } = event.data;
        if (ready !== undefined) return resolve(ready);
        if (id === undefined) return reject(new Error(broken));
        const waiter = this.waiting.get(id);
        this.waiting.delete(id);
        if (json !== undefined) waiter?.resolve(json);
        else waiter?.reject(new Error(broken));
      };
    });
    this.ready.catch(() => undefined);
  }

  /** One call through the door. @throws EngineRefusal when the engine answers `{"error": …}`. */
  call<T>(name: string, input: unknown): Promise<T> {
    return this.ask<T>(name, JSON.stringify(input));
  }

  /** The same for an input already written as JSON. */
  async ask<T>(name: string, input: string): Promise<T> {
    const id = this.next++;
    const json = await new Promise<string>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, name, json: input });
    });
    const answer = JSON.parse(json) as T & { error?: Refusal };
    if (answer.error) throw new EngineRefusal(answer.error);
    return answer;
  }
}
