/* Calls to the dossier's till API. A refusal carries the server's French words; silence is a different thing. */

export class Unreachable extends Error {}
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retry_s: number | null,
  ) {
    super(detail || code);
  }
}

const PATIENCE_MS = 15_000;

export class Api {
  token: string | null = null;

  constructor(readonly base: string) {}

  get<T>(path: string, patience = PATIENCE_MS): Promise<T> {
    return this.json<T>(path, { method: 'GET' }, patience);
  }

  post<T>(path: string, body: unknown, patience = PATIENCE_MS): Promise<T> {
    return this.json<T>(
      path,
      { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
      patience,
    );
  }

  bytes(path: string, patience = 60_000): Promise<Uint8Array> {
    return this.ask(path, { method: 'GET' }, patience);
  }

  private async json<T>(path: string, init: RequestInit, patience: number): Promise<T> {
    const bytes = await this.ask(path, init, patience);
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch {
      throw new Unreachable('answer cut short');
    }
  }

  private async ask(path: string, init: RequestInit, patience: number): Promise<Uint8Array> {
    const headers = new Headers(init.headers);
    if (this.token) headers.set('Authorization', `Bearer ${this.token}`);
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await fetch(this.base + path, {
        ...init,
        headers,
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
      });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (reason) {
      throw new Unreachable(String(reason));
    }
    if (response.ok) return bytes;
    throw this.refusal(response, new TextDecoder().decode(bytes));
  }

  private refusal(response: Response, text: string): Error {
    if (response.status === 502 || response.status === 503 || response.status === 504)
      return new Unreachable(`status ${response.status}`);
    let problem: { code?: string; detail?: string; title?: string } = {};
    try {
      problem = JSON.parse(text) as typeof problem;
    } catch {
      /* not a problem document: the status says enough */
    }
    const wait = Number(response.headers.get('Retry-After'));
    return new Refused(
      response.status,
      problem.code ?? `http_${response.status}`,
      problem.detail ?? problem.title ?? '',
      wait > 0 ? wait : null,
    );
  }
}
