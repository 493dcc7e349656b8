import {
  cognito,
  diskImageStore,
  django,
  rateLimit,
  s3ImageStore,
  type ChatModuleOptions,
  type ImageStore,
} from '../../lib/index.js';
import { startHost, type RunningHost } from '../host.js';
import { openRedisAdapter } from './redis-adapter.js';
import type { ServiceSettings } from './service-settings.js';

/** The chat as a service of its own: Cognito's tokens are customers', Django's are dentists'. */
export async function startService(settings: ServiceSettings): Promise<RunningHost> {
  const redis = settings.redisUrl === undefined ? undefined : await openRedisAdapter(settings.redisUrl);
  try {
    const host = await startHost({
      port: settings.port,
      host: settings.host,
      databaseUrl: settings.databaseUrl,
      corsOrigins: settings.corsOrigins,
      chat: () => chatOptions(settings, redis?.adapter),
    });
    console.log(`The chat service listens on ${host.url}`);
    if (settings.images.kind === 'none') {
      console.log('Messages are text only: set S3_BUCKET or IMAGES_DIR for pictures');
    }
    return {
      url: host.url,
      async close() {
        await host.close();
        await redis?.close();
      },
    };
  } catch (error) {
    await redis?.close();
    throw error;
  }
}

type Adapter = NonNullable<ChatModuleOptions['realtime']>['adapter'];

function chatOptions(settings: ServiceSettings, adapter: Adapter): Omit<ChatModuleOptions, 'database' | 'directory'> {
  const store = imageStore(settings);
  return {
    auth: { issuers: [cognito(settings.cognito), django(settings.django)] },
    images: store === undefined ? {} : { store },
    realtime: {
      ...(settings.corsOrigins.length === 0 ? {} : { cors: { origin: [...settings.corsOrigins] } }),
      ...(adapter === undefined ? {} : { adapter }),
    },
    plugins: settings.limitsRate ? [rateLimit()] : [],
  };
}

function imageStore({ images, publicUrl }: ServiceSettings): ImageStore | undefined {
  switch (images.kind) {
    case 'none':
      return undefined;
    case 'disk':
      return diskImageStore({ dir: images.dir, ...(publicUrl === undefined ? {} : { baseUrl: publicUrl }) });
    case 's3':
      return s3ImageStore({
        bucket: images.bucket,
        region: images.region,
        // Other makers' stores have no host name for each bucket.
        ...(images.endpoint === undefined ? {} : { endpoint: images.endpoint, forcePathStyle: true }),
      });
  }
}
