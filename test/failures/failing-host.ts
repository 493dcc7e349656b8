import type { Directory, Hooks, ImageStore, Plugin } from '../../lib/index.js';
import { createInjector, type Injector } from './fail-each.js';

/** The host's own code that a call may come to, by the names of the interfaces: the types' word that none is left out. */
export const hostFunctions = {
  directory: { findPeople: true, findAssignedDentist: true, findAssignments: true, findByLogins: true },
  store: { put: true, head: true, get: true, delete: true, signGetUrl: true, signUpload: true },
  hooks: {
    canCall: true,
    ...{ canSendMessage: true, beforeSendMessage: true, afterSendMessage: true },
    ...{ canReadMessages: true, beforeReadMessages: true, afterReadMessages: true },
    ...{ canMarkRead: true, beforeMarkRead: true, afterMarkRead: true },
    ...{ canStartChat: true, beforeStartChat: true, afterStartChat: true },
    ...{ canChangePresence: true, beforeChangePresence: true, afterChangePresence: true },
  },
} as const satisfies {
  // Of one login alone nobody asks a directory that can be asked of many.
  directory: Record<Exclude<keyof Directory, 'start' | 'findByLogin'>, true>;
  store: Record<Exclude<keyof ImageStore, 'routes' | 'start' | 'close' | 'removeAbandoned'>, true>;
  hooks: Record<keyof Hooks, true>;
};

/** The host's own code, which can be made to throw. */
export interface FailingHost extends Injector {
  directory(whole: Directory): Directory;
  store(whole: ImageStore): ImageStore;
  readonly plugin: Plugin;
}

export function failingHost(): FailingHost {
  const injector = createInjector();

  function called(name: string): void {
    if (injector.isMeant(name)) throw new Error('not today');
  }

  /** The same object, whose functions of these names may throw before they do anything. */
  function watched<T extends object>(kind: keyof typeof hostFunctions, whole: T): T {
    return new Proxy(whole, {
      get(target, key) {
        const found: unknown = Reflect.get(target, key);
        if (typeof found !== 'function' || !(key in hostFunctions[kind])) return found;
        return (...args: unknown[]): unknown => {
          called(`${kind}.${String(key)}`);
          return Reflect.apply(found, target, args);
        };
      },
    });
  }

  const hooks = Object.keys(hostFunctions.hooks).map((name) => [name, (): void => called(`hooks.${name}`)] as const);
  return {
    directory: (whole) => watched('directory', whole),
    store: (whole) => watched('store', whole),
    plugin: { name: 'failing', version: '1.0.0', hooks: Object.fromEntries(hooks) },
    arm: injector.arm,
    disarm: injector.disarm,
  };
}
