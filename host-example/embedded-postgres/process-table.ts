import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface RunningProcess {
  readonly parent: number;
  /** The program and its arguments, with spaces between. */
  readonly commandLine: string;
}

const run = promisify(execFile);

/** What the system knows of a process; undefined when it is not there, or only its exit code is (a zombie). */
export async function inspectProcess(pid: number): Promise<RunningProcess | undefined> {
  try {
    if (process.platform === 'linux') return await fromProc(pid);
    if (process.platform === 'win32') return parse(await powershell(pid));
    return parse((await run('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)])).stdout);
  } catch {
    return undefined;
  }
}

export async function isRunning(pid: number): Promise<boolean> {
  return (await inspectProcess(pid)) !== undefined;
}

/** Not by `ps`, which slim images lack. */
async function fromProc(pid: number): Promise<RunningProcess | undefined> {
  const [stat, commandLine] = await Promise.all(
    ['stat', 'cmdline'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
  );
  // `pid (name) state parent ...`, and a name may hold anything, parentheses too.
  const [state, parent] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state === 'Z') return undefined;
  return { parent: Number(parent), commandLine: (commandLine ?? '').replaceAll('\0', ' ') };
}

async function powershell(pid: number): Promise<string> {
  const script = `Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}' | % { "$($_.ParentProcessId) $($_.CommandLine)" }`;
  return (await run('powershell', ['-NoProfile', '-Command', script])).stdout;
}

function parse(line: string): RunningProcess | undefined {
  const found = /^\s*(\d+)\s+(.*)/.exec(line);
  return found === null ? undefined : { parent: Number(found[1]), commandLine: found[2] ?? '' };
}
