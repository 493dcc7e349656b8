import { availableParallelism } from 'node:os';
import pg from 'pg';

/** What a run was measured on. */
export interface Machine {
  /** `2 cores, Node 20, PostgreSQL 18 on it too`. */
  readonly says: string;
}

export async function describeMachine(serverUrl: string): Promise<Machine> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  const [node] = process.versions.node.split('.');
  const [postgres] = rows[0]?.server_version.split('.') ?? [];
  return { says: `${availableParallelism()} cores, Node ${node}, PostgreSQL ${postgres} on it too` };
}
