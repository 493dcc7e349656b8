import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../support/run-folder.js';

/** The demo as `npm start` runs it: a process of its own. */
export interface DemoProcess {
  readonly url: string;
  /** Ends it as Ctrl-C does, and waits until it is gone. */
  stop(): Promise<void>;
  /** Kills it with no time to clean up, and starts it again at the same address with the same data. */
  crashAndRestart(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Starts the demo on a free port with a data folder of its own. */
export async function startDemoProcess(): Promise<DemoProcess> {
  const dataDir = await makeFolder('demo');
  let { child, url } = await launch(dataDir, '0');

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    url,
    stop: () => end('SIGTERM'),
    async crashAndRestart() {
      await end('SIGKILL');
      ({ child, url } = await launch(dataDir, new URL(url).port));
    },
  };
}

async function launch(dataDir: string, port: string): Promise<{ child: ChildProcess; url: string }> {
  // Of the surroundings only what a program needs to run: a setting of theirs would make it the service.
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx/esm', 'host-example/main.ts'], {
    cwd: root,
    env: { PATH, HOME, PORT: port, DEMO_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Should the run end without its after hooks.
  const abandon = (): void => void child.kill('SIGKILL');
  process.once('exit', abandon);
  child.once('exit', () => process.off('exit', abandon));
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const ready = /^The demo is ready: (\S+)$/.exec(line)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${said.join('\n')}`)));
  });
  return { child, url };
}
