import { readFile } from 'node:fs/promises'
import { createClient } from '../client.ts'
import { NewcomerError } from '../newcomer-error.ts'
import { parseCommand } from './arguments.ts'
import type { Command } from './arguments.ts'
import { CommandError, UsageError } from './command-error.ts'
import type { Context, ExitStatus } from './context.ts'
import { importFile } from './import-file.ts'
import * as imports from './imports.ts'
import { listen } from './listen.ts'
import { sha256 } from './source.ts'
import { openTerminal } from './terminal.ts'
import type { Streams, Terminal } from './terminal.ts'
import { visible } from './text.ts'
import { USAGE } from './usage.ts'

export interface Environment {
  apiKey: string | undefined
  url: string | undefined
  webhookSecret: string | undefined
  noColor: boolean
}

export interface CommandParts {
  args: string[]
  environment: Environment
  streams: Streams
  interruption: Context['interruption']
}

/** Runs a command line, and answers its exit status. Never throws for what a user can meet. */
export async function runCommand(parts: CommandParts): Promise<ExitStatus> {
  const { environment, streams } = parts
  const apiKey = environment.apiKey ?? ''
  const isJson = parts.args.includes('--json')
  const terminal = openTerminal(streams, { apiKey, isJson, noColor: environment.noColor })
  try {
    const command = parseCommand(parts.args)
    if (command.name === 'help') await terminal.printRaw(USAGE)
    else if (command.name === 'version') await terminal.printRaw(`newcomer ${await version()}\n`)
    else return await perform(openContext(parts, terminal, command.options.url), command)
    return 0
  } catch (error) {
    complain(terminal, error)
    return 1
  }
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function openContext(parts: CommandParts, terminal: Terminal, url: string | undefined): Context {
  const { environment, streams, interruption } = parts
  const baseUrl = url ?? environment.url ?? ''
  const apiKey = environment.apiKey ?? ''
  if (apiKey === '') throw new UsageError('Set NEWCOMER_API_KEY to an API key of your organization')
  if (baseUrl === '') throw new UsageError('Say where Newcomer runs: --url, or NEWCOMER_URL')
  try {
    const client = createClient({ apiKey, baseUrl })
    const { stdin } = streams
    const { webhookSecret } = environment
    return { client, terminal, keyHash: sha256(apiKey), webhookSecret, stdin, interruption }
  } catch (error) {
    const [option, ...rest] = (error as Error).message.split(' ')
    const name = option === 'apiKey' ? 'NEWCOMER_API_KEY' : 'The URL'
    throw new UsageError([name, ...rest].join(' '))
  }
}

type Performed = Exclude<Command, { name: 'help' | 'version' }>

async function perform(context: Context, command: Performed): Promise<ExitStatus> {
  if (command.name === 'listen') return listen(context, command.options)
  const { options } = command
  switch (command.name) {
    case 'import':
      return importFile(context, command.file, options)
    case 'list':
      return imports.listImports(context, options)
    case 'show':
      return imports.showImport(context, command.id, options)
    case 'start':
      return imports.startImport(context, command.id, options)
    case 'cancel':
      return imports.cancelImport(context, command.id, options)
    case 'undo':
      return imports.undoImport(context, command.id, options)
    case 'rejects':
      return imports.fetchRejects(context, command.id, options)
  }
}

function complain(terminal: Terminal, error: unknown): void {
  if (error instanceof UsageError) {
    terminal.complain(`${error.message}.\nFor all commands and options: newcomer --help`)
  } else if (error instanceof CommandError) terminal.complain(error.message)
  else if (error instanceof NewcomerError) terminal.complain(explain(error))
  else if (isOfSystem(error)) terminal.complain(`${error.message}`)
  else terminal.complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

function explain({ status, message, requestId }: NewcomerError): string {
  const request = requestId === undefined ? '' : ` (request ${visible(requestId)})`
  const text = `${visible(message)}${request}`
  if (status === 0) return `${text}\nThe same command goes on where it was.`
  return status === 401 ? `${text}\nIs NEWCOMER_API_KEY a key of that server?` : text
}

/** A full disk, a folder that may not be written to. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
