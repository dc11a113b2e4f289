/* What the server knows of baskets set aside. It holds a copy and a lock: one register at a time has the basket in hand. */
import { Refused, Unreachable, type Api } from './api';

export interface SharedBasket {
  id: string;
  register: string;
  label: string;
  name: string;
  operator: string;
  lines: number;
  total_minor: number;
  at: string;
  taken: { register: string; operator: string } | null;
}
export type Told = Omit<SharedBasket, 'register' | 'taken'> & { basket: string };
export interface Taken {
  id: string;
  from: string;
  operator: string;
  basket: string;
}
/** `gone`: somebody else has it, or nobody knows it; `silent`: no answer, perhaps taken all the same. */
export type Answer = { way: 'taken'; taken: Taken } | { way: 'gone' | 'unknown' | 'silent' };

export const tellParked = (
  api: Api,
  told: Told,
): Promise<{ status: 'stored' | 'duplicate' | 'taken'; by?: { register: string; operator: string } }> =>
  api.post('parked', told);

export const parkedThere = async (api: Api, patience?: number): Promise<SharedBasket[]> =>
  (await api.get<{ baskets: SharedBasket[] }>('parked', patience)).baskets;

/** The same `request` asked again has the same answer. */
export async function takeParked(
  api: Api,
  id: string,
  request: string,
  operator: string,
  patience: number,
): Promise<Answer> {
  try {
    return { way: 'taken', taken: await api.post<Taken>(`parked/${id}/take`, { request, operator }, patience) };
  } catch (reason) {
    if (reason instanceof Unreachable) return { way: 'silent' };
    if (reason instanceof Refused)
      return { way: reason.status === 409 ? 'gone' : reason.status === 404 ? 'unknown' : 'silent' };
    throw reason;
  }
}
