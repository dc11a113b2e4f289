/* The till: one queue of commands over one view. */
import type { TillModel } from '../model';
import { openMock } from './mock.svelte';
export async function openTill(): Promise<TillModel> { return openMock('sale'); }
