import type { HttpClient } from '../support/http-client.js';
import type { Canaries } from './canaries.js';

/** What calls are made about, and what they carry. */
export interface Subject {
  /** Those that there are: an image store may bring its own. */
  readonly routes: ReadonlySet<string>;
  readonly chatId: number;
  readonly messageId: number;
  readonly imageId: number;
  /** One that can be sent. */
  readonly uploadKey: string;
  /** A signed URL of a picture, without the host. */
  readonly pictureUrl: string;
  /** Where an upload goes, without the host. */
  readonly uploadUrl: string;
  readonly photo: Buffer;
  readonly canaries: Canaries;
}

type Call = (client: HttpClient, subject: Subject) => Promise<{ status: number; headers: Headers; body: unknown }>;

const get =
  (path: (subject: Subject) => string): Call =>
  (client, subject) =>
    client.request(path(subject), { redirect: 'manual' });

const post =
  (path: (subject: Subject) => string, body?: (subject: Subject) => unknown): Call =>
  (client, subject) =>
    client.post(path(subject), body?.(subject));

const chat = (rest: string) => (subject: Subject) => `/api/chats/${subject.chatId}${rest}`;
const messages = chat('/messages');
const text = ({ canaries }: Subject): string => canaries.text('body');
const bytes = (content: string | Buffer): Blob => new Blob([new Uint8Array(Buffer.from(content))]);

function form(content: (subject: Subject) => Blob, field = 'images'): Call {
  return (client, subject) => {
    const parts = new FormData();
    parts.append('content', text(subject));
    parts.append(field, content(subject), `${subject.canaries.text('file name')}.jpg`);
    return client.postForm(messages(subject), parts);
  };
}

function raw(contentType: string, body: (subject: Subject) => string): Call {
  return (client, subject) =>
    client.request(messages(subject), {
      method: 'POST',
      headers: { 'Content-Type': contentType },
      body: body(subject),
    });
}

const cutOffForm = (subject: Subject): string =>
  `--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n${text(subject)}\r\n--x\r\nContent-Disposition: ` +
  `form-data; name="images"; filename="${subject.canaries.text('file name')}"\r\n\r\n${text(subject)}`;

/** Calls of every route, the good and the bad. */
export const routeCalls: Readonly<Record<string, readonly Call[]>> = {
  'GET /health': [get(() => '/health')],
  'GET /api/contracts/openapi.json': [get(() => '/api/contracts/openapi.json')],
  'GET /api/contracts/asyncapi.json': [get(() => '/api/contracts/asyncapi.json')],
  'GET /api/chats': [get(() => '/api/chats')],
  'POST /api/chats/start': [post(() => '/api/chats/start')],
  'GET /api/chats/:chatId': [get(chat(''))],
  'GET /api/chats/:chatId/messages': [get(messages), get(chat('/messages?limit=none'))],
  'POST /api/chats/:chatId/messages': [
    post(messages, (subject) => ({ content: text(subject) })),
    post(messages, (subject) => ({ content: text(subject), imageUrls: [subject.uploadKey] })),
    post(messages, ({ canaries }) => ({ content: '', imageUrls: [canaries.text('upload key')] })),
    post(messages, (subject) => ({ content: text(subject).repeat(500) })),
    post(messages, (subject) => ({ content: [text(subject)] })),
    post(messages, (subject) => ({ content: `${text(subject)}\0` })),
    raw('application/json', (subject) => `{"content":"${text(subject)}`),
    raw('application/json', (subject) => `${text(subject)}`),
    raw('text/plain', text),
    raw('multipart/form-data; boundary=x', cutOffForm),
    raw('multipart/form-data', cutOffForm),
    form(({ photo }) => bytes(photo)),
    form((subject) => bytes(text(subject))),
    form(({ photo }) => bytes(photo), 'pictures'),
  ],
  'POST /api/chats/:chatId/messages/:messageId/read': [
    post((subject) => `${messages(subject)}/${subject.messageId}/read`),
  ],
  'POST /api/chats/:chatId/read': [post(chat('/read'))],
  'POST /api/chats/:chatId/uploads': [
    post(chat('/uploads'), () => ({ images: [{ contentType: 'image/jpeg', bytes: 5 }] })),
    post(chat('/uploads'), ({ canaries }) => ({ images: [{ contentType: canaries.text('body'), bytes: 5 }] })),
  ],
  'GET /api/chats/:chatId/images/:imageId': [get((subject) => `${chat('/images')(subject)}/${subject.imageId}`)],
  'GET /api/chat-images/*key': [
    get(({ pictureUrl }) => pictureUrl),
    get(({ pictureUrl, canaries }) => canaries.keep('signed URL', `${pictureUrl.slice(0, -2)}xx`)),
  ],
  'PUT /api/chat-images/*key': ['image/jpeg', 'text/plain'].map(
    (type): Call =>
      (client, { uploadUrl, canaries }) =>
        client.request(uploadUrl, { method: 'PUT', headers: { 'Content-Type': type }, body: canaries.text('body') }),
  ),
};

type Event = (subject: Subject) => object;

const about =
  (fields: (subject: Subject) => object = () => ({})): Event =>
  (subject) => ({ sessionId: subject.chatId, ...fields(subject) });

/** The same of every event. */
export const eventCalls: Readonly<Record<string, readonly Event[]>> = {
  'message:send': [
    about((subject) => ({ content: text(subject) })),
    about((subject) => ({ content: text(subject), imageUrls: [subject.canaries.text('upload key')] })),
    about((subject) => ({ content: text(subject), imageUrls: [subject.uploadKey] })),
    about((subject) => ({ content: { text: text(subject) } })),
    about((subject) => ({ content: text(subject).repeat(500) })),
    (subject) => ({ sessionId: text(subject), content: text(subject) }),
  ],
  'message:read': [about(({ messageId }) => ({ messageId }))],
  'chat:read': [about()],
  'typing:start': [about()],
  'typing:stop': [about()],
  'auth:refresh': [
    ({ canaries }) => ({ token: canaries.text('token') }),
    ({ canaries }) => ({ token: [canaries.text('token')] }),
  ],
};
