import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Socket } from 'socket.io-client';
import { makeHostTables, people, type SeededPerson } from '../support/host-tables.js';
import { httpClient, type HttpClient } from '../support/http-client.js';
import { createTestDatabase } from '../support/postgres.js';
import { makeFolder } from '../support/run-folder.js';
import { connectSocket } from '../support/socket-client.js';
import { startTestTokens } from '../support/tokens.js';
import { declaredDoors, type DeclaredDoors } from '../support/declared-doors.js';
import { optionsOf, type HostSettings } from './options.js';

/** What is attacked: a host in a process of its own, John's chat with Dr. Smith, and what is known of both. */
export interface Target {
  readonly port: number;
  readonly url: string;
  readonly doors: DeclaredDoors;
  /** John's. */
  readonly token: string;
  readonly chatId: number;
  /** One of Dr. Smith's. */
  readonly messageId: number;
  readonly links: Links;
  as(person: SeededPerson): HttpClient;
  connect(person: SeededPerson): Promise<Socket>;
  /** The text of a message that was taken must come back, to the byte, to everybody. */
  expectBack(id: number, content: string): void;
  readonly accepted: ReadonlyMap<number, string>;
  /** All that the process has written. */
  readonly output: () => string;
  /** Whether the process has ended, which nothing but {@link stop} may make it do. */
  readonly isGone: () => boolean;
  stop(): Promise<void>;
}

/** What John was given to show a picture by, and to upload another. */
export interface Links {
  readonly imageId: number;
  readonly picture: URL;
  readonly thumbnail: URL;
  /** Takes a JPEG of {@link uploadBytes}. */
  readonly upload: URL;
}

export const uploadBytes = 1_000;

const { john, smith } = people;

export async function startTarget(): Promise<Target> {
  const tokens = await startTestTokens();
  const database = await createTestDatabase();
  await makeHostTables(database);
  const imagesDir = await makeFolder('attacked');
  const settings: HostSettings = {
    databaseUrl: database.url,
    cognito: tokens.cognito,
    django: tokens.django,
    imagesDir,
  };
  const child = fork(join(import.meta.dirname, 'host.ts'), [JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx/esm'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const [address] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`the host did not start: ${output}`))),
  ])) as [AddressInfo];
  const url = `http://127.0.0.1:${address.port}`;
  const tokenOf = (person: SeededPerson): string =>
    person.type === 'customer' ? tokens.cognitoAccess(person.login) : tokens.djangoAccess(Number(person.login));
  const as = (person: SeededPerson): HttpClient => httpClient(url, tokenOf(person));

  const { id: chatId } = (await as(john).post<{ id: number }>('/api/chats/start')).body;
  const path = `/api/chats/${chatId}/messages`;
  const { id: messageId } = (await as(smith).post<{ id: number }>(path, { content: 'How are they fitting?' })).body;
  const links = await giveLinks(as(john), url, chatId);
  const accepted = new Map<number, string>();

  return {
    port: address.port,
    url,
    doors: await declaredDoors(optionsOf(settings)),
    token: tokenOf(john),
    chatId,
    messageId,
    links,
    as,
    connect: (person) => connectSocket(url, tokenOf(person)),
    accepted,
    expectBack: (id, content) => void accepted.set(id, content),
    output: () => output,
    isGone,
    async stop() {
      if (!isGone()) {
        child.send('close');
        await once(child, 'exit');
      }
      await database.drop();
      await tokens.close();
    },
  };
}

/** The picture is of noise: too large to be sent in one piece. */
async function giveLinks(client: HttpClient, url: string, chatId: number): Promise<Links> {
  const [width, height, channels] = [1_200, 1_200, 3] as const;
  const picture = await sharp(randomBytes(width * height * channels), { raw: { width, height, channels } })
    .jpeg({ quality: 95 })
    .toBuffer();
  const form = new FormData();
  form.append('images', new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }), 'noise.jpg');
  const sent = await client.postForm<{ images: [{ id: number; url: string; thumbnailUrl: string }] }>(
    `/api/chats/${chatId}/messages`,
    form,
  );
  const [image] = sent.body.images;
  const images = [{ contentType: 'image/jpeg', bytes: uploadBytes }];
  const given = await client.post<{ uploads: [{ url: string }] }>(`/api/chats/${chatId}/uploads`, { images });
  return {
    imageId: image.id,
    picture: new URL(image.url, url),
    thumbnail: new URL(image.thumbnailUrl, url),
    upload: new URL(given.body.uploads[0].url, url),
  };
}
