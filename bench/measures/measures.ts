import type { Bench } from '../bench.js';
import type { MeasureName } from '../options.js';
import { measureDentist } from './dentist.js';
import { measureFlat } from './flat.js';
import { measureFloods } from './floods.js';
import { measureLinks } from './links.js';
import { measureMemory } from './memory.js';
import { measurePhotos } from './photos.js';
import { measureReads } from './reads.js';
import { measureSends } from './sends.js';
import { measureSockets } from './sockets.js';
import { measureStart } from './start.js';
import { measureTokens } from './tokens.js';

export const measures: Readonly<Record<MeasureName, (bench: Bench) => Promise<void>>> = {
  sends: measureSends,
  reads: measureReads,
  photos: measurePhotos,
  floods: measureFloods,
  links: measureLinks,
  dentist: measureDentist,
  tokens: measureTokens,
  start: measureStart,
  memory: measureMemory,
  sockets: measureSockets,
  flat: measureFlat,
};
