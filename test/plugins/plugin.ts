import type { Plugin } from '../../lib/index.js';

/** A plugin of these parts alone. */
export function plugin(name: string, parts: Omit<Plugin, 'name' | 'version'>): Plugin {
  return { name, version: '1.0.0', ...parts };
}
