import sharp, { type Sharp } from 'sharp';
import { serveCalls } from '../programs/serve-calls.js';

// Patients who send photos over HTTP.

export interface Patient {
  readonly chatId: number;
  readonly token: string;
}

export type PhotoLoadCalls = {
  /** Each patient sends one photo as a phone takes it (12 megapixels), all at once. Resolves when all are answered. */
  burst: (port: number, patients: Patient[]) => Promise<void>;
  /** One message with as many photos of `megabytes` each. */
  sendLarge: (port: number, patient: Patient, count: number, megabytes: number) => Promise<void>;
};

const phonePx = { width: 4_032, height: 3_024 };

const calls: PhotoLoadCalls = {
  async burst(port, patients) {
    const photo = new Uint8Array(await phonePhoto());
    await Promise.all(patients.map((patient) => send(port, patient, [photo])));
  },

  async sendLarge(port, patient, count, megabytes) {
    const photo = new Uint8Array(await photoOf(megabytes * 1_000_000));
    await send(port, patient, Array<Uint8Array<ArrayBuffer>>(count).fill(photo));
  },
};

async function send(
  port: number,
  { chatId, token }: Patient,
  photos: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  const body = new FormData();
  for (const photo of photos) body.append('images', new Blob([photo], { type: 'image/jpeg' }), 'photo.jpg');
  const response = await fetch(`http://127.0.0.1:${port}/api/chats/${chatId}/messages`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body,
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`photos were answered with ${response.status}: ${answer}`);
}

/** Soft shapes and a little grain: 2 to 4 MB, as a camera makes it. */
async function phonePhoto(): Promise<Buffer> {
  const shapes = await noise(64, 48)
    .resize({ ...phonePx, kernel: 'cubic' })
    .raw()
    .toBuffer();
  const grain = Buffer.alloc(shapes.length);
  for (let i = 0; i < grain.length; i += 1) grain[i] = (shapes[i] ?? 0) + ((i * 2_654_435_761) >>> 29) - 4;
  return sharp(grain, { raw: { ...phonePx, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A photo of nothing but noise, which cannot be made smaller, filled up to a size with what a decoder passes over. */
async function photoOf(bytes: number): Promise<Buffer> {
  const jpeg = await noise(1_600, 1_200).jpeg({ quality: 100 }).toBuffer();
  if (jpeg.length > bytes) throw new Error(`a photo of ${jpeg.length} bytes is larger than ${bytes}`);
  return Buffer.concat([jpeg, Buffer.alloc(bytes - jpeg.length)]);
}

function noise(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0, state = 1; i < pixels.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[i] = state >>> 24;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

serveCalls(calls);
