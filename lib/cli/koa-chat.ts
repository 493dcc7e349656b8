#!/usr/bin/env node
import { runCommand } from './command.js';

const code = await runCommand(process.argv.slice(2), { env: process.env, out: console.log, err: console.error });
// A host's module may hold the process with pools and timers of its own, which are not ours to close.
process.stdout.write('', () => process.exit(code));
