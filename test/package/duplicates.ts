/** A package in what `npm ls --all --json` prints. */
export interface InstalledPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, InstalledPackage>>;
}

/**
 * The packages that a tree has at more than one version, each version with who brings it. What the host owns (`peers`)
 * and what comes with it is the host's affair.
 */
export function duplicatesIn(tree: InstalledPackage, peers: readonly string[]): Map<string, Map<string, string>> {
  const versions = new Map<string, Map<string, string>>();
  const visit = (parent: InstalledPackage, path: string): void => {
    for (const [name, installed] of Object.entries(parent.dependencies ?? {})) {
      if (installed.version === undefined || peers.includes(name)) continue;
      const known = versions.get(name) ?? new Map<string, string>();
      if (!known.has(installed.version)) known.set(installed.version, path);
      versions.set(name, known);
      visit(installed, `${path} > ${name}`);
    }
  };
  visit(tree, 'koa-chat-module');
  return new Map([...versions].filter(([, known]) => known.size > 1));
}
