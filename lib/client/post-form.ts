import type { RawAnswer } from './rest.js';

interface FormRequest {
  readonly form: FormData;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress: (sent: number) => void;
}

/** Rejects when no answer came, or the signal fired. */
export function postForm(url: string, request: FormRequest): Promise<RawAnswer> {
  const { XMLHttpRequest: Upload } = globalThis as { XMLHttpRequest?: new () => UploadRequest };
  return Upload === undefined ? fetchForm(url, request) : upload(new Upload(), url, request);
}

/** In Node: without progress. */
async function fetchForm(url: string, { form, headers, signal }: FormRequest): Promise<RawAnswer> {
  const response = await fetch(url, { method: 'POST', headers, body: form, signal });
  return { status: response.status, text: await response.text() };
}

/** Browsers and React Native tell the progress of an upload here, and nowhere in `fetch`. */
function upload(request: UploadRequest, url: string, options: FormRequest): Promise<RawAnswer> {
  const { form, headers, signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const abort = (): void => request.abort();
    const end = (settle: () => void) => (): void => {
      signal.removeEventListener('abort', abort);
      settle();
    };
    const fail = end(() => reject(new Error('no answer')));
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress(loaded / total);
    };
    request.onload = end(() => resolve({ status: request.status, text: request.responseText }));
    request.onerror = fail;
    request.onabort = fail;
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    signal.addEventListener('abort', abort);
    if (signal.aborted) return fail();
    request.send(form);
  });
}

/** What is used of `XMLHttpRequest`: its types are not there in Node. */
interface UploadRequest {
  readonly upload: {
    onprogress: ((event: { lengthComputable: boolean; loaded: number; total: number }) => void) | null;
  };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(form: FormData): void;
  abort(): void;
}
