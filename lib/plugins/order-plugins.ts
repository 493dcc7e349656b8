import type { Plugin } from './plugin.js';

/**
 * The plugins in the order in which they start and their hooks run: what one requires comes before it, else its place
 * in the array. A fault is a name that is wrong, taken or missing, a service that two provide, or a circle of needs.
 */
export function orderPlugins(plugins: readonly Plugin[]): { ordered: readonly Plugin[]; faults: readonly string[] } {
  const faults: string[] = [];
  const byName = new Map<string, Plugin>();
  for (const plugin of plugins) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(plugin.name)) {
      faults.push(`plugins: the name "${plugin.name}" is not made of lower-case words with dashes`);
    }
    if (byName.has(plugin.name)) faults.push(`plugins: "${plugin.name}" is there twice`);
    byName.set(plugin.name, plugin);
  }
  for (const plugin of plugins) {
    for (const need of plugin.requires ?? []) {
      if (!byName.has(need)) faults.push(`plugins: "${plugin.name}" requires "${need}": add it to plugins`);
    }
  }
  faults.push(...sharedServices(plugins));

  const ordered = new Set<Plugin>();
  const path: Plugin[] = [];
  const visit = (plugin: Plugin): void => {
    if (ordered.has(plugin)) return;
    if (path.includes(plugin)) {
      const circle = [...path.slice(path.indexOf(plugin)), plugin].map(({ name }) => `"${name}"`);
      faults.push(`plugins: ${circle.join(' requires ')}`);
      return;
    }
    path.push(plugin);
    for (const need of plugin.requires ?? []) {
      const needed = byName.get(need);
      if (needed !== undefined) visit(needed);
    }
    path.pop();
    ordered.add(plugin);
  };
  plugins.forEach(visit);

  return { ordered: [...ordered], faults };
}

function sharedServices(plugins: readonly Plugin[]): string[] {
  return (['directory', 'imageStore'] as const).flatMap((service) => {
    const providers = plugins
      .filter(({ services }) => services?.[service] !== undefined)
      .map(({ name }) => `"${name}"`);
    return providers.length > 1 ? [`plugins: ${providers.join(' and ')} both provide services.${service}`] : [];
  });
}
