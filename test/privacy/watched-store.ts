import type { ImageStore } from '../../lib/index.js';
import type { Canaries } from './canaries.js';

/** A store whose keys and signed URLs, as it gets and gives them, are canaries. */
export function watchedStore(store: ImageStore, canaries: Canaries): ImageStore {
  const key = (one: string): string => canaries.keep('upload key', one);
  const signed = (url: string): string => {
    const signature = /signature=([^&]+)/i.exec(url)?.[1];
    if (signature === undefined) throw new Error('a signed URL has a signature');
    canaries.keep('signed URL', signature);
    return canaries.keep('signed URL', url);
  };
  /** Of a form: the policy, and its signature. */
  const signedFields = (fields: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(fields)) {
      if (/policy|signature/i.test(name)) canaries.keep('signed URL', value);
    }
  };
  return {
    ...store,
    put: (one, ...rest) => store.put(key(one), ...rest),
    signGetUrl: async (one, contentType) => signed(await store.signGetUrl(key(one), contentType)),
    async signUpload(one, object) {
      const target = await store.signUpload(key(one), object);
      if (target.fields === undefined) signed(target.url);
      else signedFields(target.fields);
      return target;
    },
  };
}
