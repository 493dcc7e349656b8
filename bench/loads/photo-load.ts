import { serveCalls } from '../programs/serve-calls.js';
import { noise, phonePhoto } from './phone-photo.js';

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

/** A photo of nothing but noise, which cannot be made smaller, filled up to a size with what a decoder passes over. */
async function photoOf(bytes: number): Promise<Buffer> {
  const jpeg = await noise(1_600, 1_200).jpeg({ quality: 100 }).toBuffer();
  if (jpeg.length > bytes) throw new Error(`a photo of ${jpeg.length} bytes is larger than ${bytes}`);
  return Buffer.concat([jpeg, Buffer.alloc(bytes - jpeg.length)]);
}

serveCalls(calls);
