#!/usr/bin/env node
// The command `newcomer`: what a process has, given to what does the work.

import { runCommand } from './command/run-command.ts'

const environment = {
  apiKey: process.env['NEWCOMER_API_KEY'],
  url: process.env['NEWCOMER_URL'],
  webhookSecret: process.env['NEWCOMER_WEBHOOK_SECRET'],
  noColor: (process.env['NO_COLOR'] ?? '') !== '',
}

/** What is to be said at ^C may need a call, for which nobody waits longer. */
const PARTING_MS = 2_000

const interruption: { answer: () => Promise<string> | string } = { answer: () => '' }

async function part(status: number): Promise<never> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, PARTING_MS, ''))
  const asked = Promise.resolve().then(() => interruption.answer())
  const text = await Promise.race([asked, late]).catch(() => '')
  process.stderr.write(text === '' ? '\n' : `\n${text}\n`, () => process.exit(status))
  return new Promise(() => {})
}

// A second signal does not wait.
process.once('SIGINT', () => void part(130))
process.once('SIGTERM', () => void part(143))

// The reader of the output has seen enough.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
}

const { stdin, stdout, stderr } = process
const streams = { stdin, stdout, stderr }
const parts = { args: process.argv.slice(2), environment, streams, interruption }
const status = await runCommand(parts)
// Standard input may be open still, and what was written may be on its way.
stdout.write('', () => stderr.write('', () => process.exit(status)))
