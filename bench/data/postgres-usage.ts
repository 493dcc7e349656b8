import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

/** Processor time of a PostgreSQL server and its children. */
export interface PostgresUsage {
  /** Milliseconds so far, of processes that live; undefined where `/proc` does not say. */
  cpuMs(): Promise<number | undefined>;
}

/** `/proc/<pid>/stat` counts in ticks, 100 a second on Linux. */
const msPerTick = 10;

export async function watchPostgres(url: string): Promise<PostgresUsage> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ file: string }>(`SELECT pg_read_file('postmaster.pid') AS file`);
  await client.end();
  const postmaster = Number(rows[0]?.file.split('\n', 1)[0]);
  return {
    async cpuMs() {
      if (process.platform !== 'linux') return undefined;
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const ticks = await Promise.all(pids.map((pid) => ticksOf(pid, postmaster)));
      return ticks.reduce((sum, one) => sum + one, 0) * msPerTick;
    },
  };
}

/** User and system time of a process, if it is the postmaster or a child of it. */
async function ticksOf(pid: string, postmaster: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The fields after the command's name, which may hold spaces itself: state, parent, ... utime, stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (Number(pid) !== postmaster && Number(fields[1]) !== postmaster) return 0;
  return Number(fields[11]) + Number(fields[12]);
}
