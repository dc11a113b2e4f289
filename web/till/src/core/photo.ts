/* A photo of a receipt, made small enough to travel: a JPEG of at most 300,000 bytes, whatever the camera gave. */

const MOST_BYTES = 300_000;
const SIDES = [1600, 1280, 1024, 800, 600] as const; // the longest side, in pixels, tried one after the other
const QUALITIES = [0.8, 0.6, 0.45] as const;

export class NotAPicture extends Error {}

export interface Photo {
  bytes: Uint8Array<ArrayBuffer>;
  digest: string;
}

/** @throws NotAPicture when the file cannot be read as one. */
export async function asPhoto(file: Blob): Promise<Photo> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new NotAPicture(file.type);
  }
  try {
    for (const side of SIDES) {
      for (const quality of QUALITIES) {
        const bytes = await encode(bitmap, side, quality);
        if (bytes.length <= MOST_BYTES) return { bytes, digest: await sha256(bytes) };
      }
    }
  } finally {
    bitmap.close();
  }
  throw new NotAPicture('too large');
}

async function encode(bitmap: ImageBitmap, side: number, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  );
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
  return new Uint8Array(await blob.arrayBuffer());
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
