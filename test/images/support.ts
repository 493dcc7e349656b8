import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PersonRef } from '../../lib/index.js';
import type { ChatHost } from '../support/chat-host.js';
import type { Answer } from '../support/http-client.js';
import { blocks } from './corpus/blocks.js';

/** An image of a message as REST and sockets give it. */
export interface WireImage {
  readonly id: number;
  readonly url: string;
  readonly thumbnailUrl: string;
  readonly width: number;
  readonly height: number;
  readonly contentType: string;
  readonly bytes: number;
  readonly placeholder: string;
}

export interface WireMessage {
  readonly id: number;
  readonly content: string;
  readonly imageUrls: readonly string[];
  readonly images?: readonly WireImage[];
}

export interface WireUpload {
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Of a form, before the file. */
  readonly fields?: Record<string, string>;
  readonly expiresAt: string;
}

/** The picture of blocks.ts as a photo with a GPS position. */
export const photo = (): Promise<Buffer> =>
  blocks()
    .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .jpeg({ quality: 95 })
    .toBuffer();

/** Sends files as a browser's form does. */
export function sendFiles(
  host: ChatHost,
  sender: PersonRef,
  chatId: number,
  files: readonly Buffer[],
  fields: Record<string, string> = {},
): Promise<Answer<WireMessage>> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // What a client calls its files, and says of their type, is nothing to rely on.
  files.forEach((file, i) =>
    form.append('images', new Blob([new Uint8Array(file)], { type: 'text/html' }), `../${i}.exe`),
  );
  return host.as(sender).postForm(`/api/chats/${chatId}/messages`, form);
}

/** Asks for an upload and makes it. Gives the key to send it by. */
export async function preUpload(
  host: ChatHost,
  sender: PersonRef,
  chatId: number,
  file: Buffer,
  contentType = 'image/jpeg',
): Promise<string> {
  const upload = await askForUpload(host, sender, chatId, file.length, contentType);
  const { status } = await putFile(host, upload, file);
  if (status !== 204) throw new Error(`the upload was answered with ${status}`);
  return upload.key;
}

export async function askForUpload(
  host: ChatHost,
  sender: PersonRef,
  chatId: number,
  bytes: number,
  contentType = 'image/jpeg',
): Promise<WireUpload> {
  const { body } = await host
    .as(sender)
    .post<{ uploads: WireUpload[] }>(`/api/chats/${chatId}/uploads`, { images: [{ contentType, bytes }] });
  const [upload] = body.uploads;
  if (upload === undefined) throw new Error('no upload was offered');
  return upload;
}

/** As the answer to the upload says: the bytes alone, or a form. */
export function putFile(host: ChatHost, { method, url, headers, fields }: WireUpload, file: Buffer): Promise<Response> {
  const bytes = new Uint8Array(file);
  if (fields === undefined) return fetch(new URL(url, host.url), { method, headers, body: bytes });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([bytes]));
  return fetch(url, { method, headers, body: form });
}

export function load(host: ChatHost, url: string): Promise<Response> {
  return fetch(new URL(url, host.url));
}

/** What the disk store of a folder has, by key. */
export async function objectsIn(dir: string): Promise<string[]> {
  const found = await readdir(join(dir, 'objects'), { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}
