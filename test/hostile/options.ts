import { cognito, diskImageStore, django, sqlDirectory, type ChatModuleOptions } from '../../lib/index.js';
import { hostTables } from '../support/host-tables.js';

export interface HostSettings {
  readonly databaseUrl: string;
  readonly cognito: Parameters<typeof cognito>[0];
  readonly django: Parameters<typeof django>[0];
  readonly imagesDir: string;
}

/** The attacked host's. */
export function optionsOf({ databaseUrl, imagesDir, ...issuers }: HostSettings): ChatModuleOptions {
  return {
    database: { url: databaseUrl },
    auth: { issuers: [cognito(issuers.cognito), django(issuers.django)] },
    directory: sqlDirectory(hostTables),
    images: { store: diskImageStore({ dir: imagesDir }), processes: 1 },
    realtime: { adapter: 'postgres' },
    // A broken packet ends a connection; refused by a limit, those after it would test nothing.
    limits: { connectsPerMinutePerPerson: 60_000 },
  };
}
