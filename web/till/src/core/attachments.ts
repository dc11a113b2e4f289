/* Photos waiting to be sent: written with the record that names them, sent after it, forgotten once the server has them. */
import { Refused, type Api } from './api';
import { base64 } from './ids';
import type { Database } from './db';

export interface AttachmentRow {
  id: string;
  record: string;
  bytes: Uint8Array<ArrayBuffer>;
  state: 'new' | 'refused';
}

/** Sends what waits. What the server will never take is kept here and not sent again. @throws Unreachable */
export async function sendAttachments(db: Database, api: Api): Promise<void> {
  for (const row of await db.all<AttachmentRow>('attachments')) {
    if (row.state === 'refused') continue;
    try {
      await api.post('attachments', { id: row.id, record: row.record, content: base64(row.bytes) }, 30_000);
    } catch (reason) {
      if (!(reason instanceof Refused)) throw reason;
      if (reason.code === 'no_record') continue; // its record may come, or be set aside for good: the others do not wait for it
      if (reason.status >= 500 || [401, 403, 404, 429].includes(reason.status)) return; // later
      await db.put('attachments', { ...row, state: 'refused' } satisfies AttachmentRow);
      continue;
    }
    await db.write(['attachments'], (tx) => {
      tx.objectStore('attachments').delete(row.id);
    });
  }
}
