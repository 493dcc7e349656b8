import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { render } from '../../../lib/images/processing/render.js';
import {
  RefusedImage,
  type Refusal,
  type RenderedImage,
  type RenderLimits,
} from '../../../lib/images/processing/worker-protocol.js';
import { makeFolder } from '../../support/run-folder.js';

export const limits: RenderLimits = {
  maxSidePx: 2_560,
  thumbnailPx: 400,
  maxPixels: 64 * 1024 * 1024,
  maxFrames: 200,
  animations: 'first-frame',
};

export interface Rendered extends RenderedImage {
  readonly output: string;
  readonly thumbnail: string;
}

/** Renders the bytes of a file here and now, without a process of its own. */
export async function renderFile(bytes: Buffer, change: Partial<RenderLimits> = {}): Promise<Rendered> {
  const folder = await makeFolder('render');
  const [input, output, thumbnail] = ['input', 'output', 'thumbnail'].map((name) => join(folder, name));
  if (input === undefined || output === undefined || thumbnail === undefined) throw new Error('three paths were made');
  await writeFile(input, bytes);
  const rendered = await render({ input, output, thumbnail, limits: { ...limits, ...change } });
  return { ...rendered, output, thumbnail };
}

/** Why a file is refused. */
export async function refusalOf(bytes: Buffer, change: Partial<RenderLimits> = {}): Promise<Refusal> {
  const error: unknown = await renderFile(bytes, change).catch((error: unknown) => error);
  if (!(error instanceof RefusedImage)) throw new Error('the file was not refused', { cause: error });
  return error.refusal;
}
