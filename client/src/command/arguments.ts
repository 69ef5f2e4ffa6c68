import { parseArgs } from 'node:util'
import type { ColumnUse } from '../customer-file/hash-emails.ts'
import type { SubscribableType } from '../event.ts'
import { UsageError } from './command-error.ts'

const VERBS = ['show', 'start', 'cancel', 'undo', 'rejects'] as const

export interface Options {
  mode: 'merge' | 'replace' | undefined
  kind: 'purchasers' | 'accounts' | undefined
  quiet: boolean
  start: boolean
  /** How many customers may lose something by a replacement. */
  confirm: number | undefined
  check: boolean
  hashEmails: boolean
  /** Whether addresses are hashed in a second form where their provider ignores dots or tags. */
  secondForms: boolean
  /** What columns hold, by their names, where these do not say it. */
  columns: Record<string, ColumnUse>
  rejects: string | undefined
  json: boolean
  url: string | undefined
}

export interface ListenOptions {
  forwardTo: string | undefined
  eventType: SubscribableType | undefined
  printBodies: boolean
  json: boolean
  url: string | undefined
}

/** What is to be done. */
export type Command =
  | { name: 'help' }
  | { name: 'version' }
  | { name: 'import'; file: string; options: Options }
  | { name: 'list'; options: Options }
  | { name: 'listen'; options: ListenOptions }
  | { name: (typeof VERBS)[number]; id: string; options: Options }

const FLAG = { type: 'boolean' } as const
const VALUE = { type: 'string' } as const
const OPTIONS = {
  help: { ...FLAG, short: 'h' },
  version: { ...FLAG, short: 'v' },
  json: FLAG,
  url: VALUE,
  rejects: VALUE,
  mode: VALUE,
  kind: VALUE,
  quiet: FLAG,
  start: FLAG,
  confirm: VALUE,
  check: FLAG,
  'hash-emails': FLAG,
  'no-hash-emails': FLAG,
  'second-forms': FLAG,
  column: { type: 'string', multiple: true },
  'forward-to': VALUE,
  'event-type': VALUE,
  'print-bodies': FLAG,
} as const

const SHARED_OPTIONS = ['help', 'version', 'json', 'url']
const LISTEN_OPTIONS = ['forward-to', 'event-type', 'print-bodies']
const EVENT_TYPES: SubscribableType[] = [
  'segment-change',
  'tx-pending',
  'tx-validated',
  'tx-declined',
  'endpoint-paused',
]

/** Throws UsageError. Its message has no value in it: somebody may have passed a key. */
export function parseCommand(args: string[]): Command {
  const { values, positionals } = parse(args)
  if (values.help) return { name: 'help' }
  if (values.version) return { name: 'version' }
  const options: Options = {
    mode: oneOf('mode', values.mode, ['merge', 'replace']),
    kind: oneOf('kind', values.kind, ['purchasers', 'accounts']),
    quiet: values.quiet ?? false,
    start: values.start ?? false,
    confirm: parseConfirm(values.confirm),
    check: values.check ?? false,
    hashEmails: !(values['no-hash-emails'] ?? false),
    secondForms: values['second-forms'] ?? false,
    columns: parseColumns(values.column),
    rejects: values.rejects,
    json: values.json ?? false,
    url: values.url,
  }
  const given = Object.keys(values).filter((name) => !SHARED_OPTIONS.includes(name))
  const [noun, ...rest] = positionals
  if (noun === 'listen') return listenCommand(rest, values, given)
  const misplaced = given.find((name) => LISTEN_OPTIONS.includes(name))
  if (misplaced !== undefined) throw new UsageError(`--${misplaced} is an option of listen`)
  if (noun === 'import') return importCommand(rest, options, values['hash-emails'])
  if (noun === 'imports') return importsCommand(rest, options, given)
  throw new UsageError(noun === undefined ? 'Say what to do' : 'There is no such command')
}

function parseConfirm(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const digits = given.replaceAll(',', '')
  if (/^\d{1,12}$/.test(digits)) return Number(digits)
  throw new UsageError('--confirm must be how many customers may lose what they have')
}

const COLUMN_USES: ColumnUse[] = ['email', 'emails', 'id', 'ignored']

/** `email=NAME`, as often as there are columns to be told of. */
function parseColumns(given: string[] = []): Record<string, ColumnUse> {
  const columns = given.map((text): [string, ColumnUse] => {
    const [, means, name = ''] = /^(\w+)=(.+)$/s.exec(text) ?? []
    const use = COLUMN_USES.find((each) => each === means)
    if (use && name.trim() !== '') return [name.trim(), use]
    throw new UsageError(
      `--column must be ${COLUMN_USES.map((each) => `${each}=NAME`).join(' or ')}`,
    )
  })
  return Object.fromEntries(columns)
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true })
  } catch (error) {
    // Anything that is more than a name is not repeated.
    const [, name = ''] =
      /^[^']*'(?:-\w, )?(--?[a-z-]{1,20})(?: <value>)?'/.exec((error as Error).message) ?? []
    const isKnown = Object.hasOwn(OPTIONS, name.replace(/^--/, ''))
    if (isKnown) throw new UsageError(`${name} is not used like this`)
    throw new UsageError(name === '' ? 'There is an unknown option' : `There is no option ${name}`)
  }
}

function importCommand(rest: string[], options: Options, isHashing: boolean | undefined): Command {
  const [file, ...more] = rest
  if (file === undefined || file === '') throw new UsageError('Say which file to import')
  if (more.length > 0) throw new UsageError('Only one file can be imported at a time')
  if (options.check && options.start) {
    throw new UsageError('--check starts nothing: leave out --start')
  }
  if (options.check && options.confirm !== undefined) {
    throw new UsageError('--check starts nothing: leave out --confirm')
  }
  if (isHashing && !options.hashEmails) {
    throw new UsageError('--hash-emails and --no-hash-emails contradict each other')
  }
  return { name: 'import', file, options }
}

function listenCommand(
  rest: string[],
  values: ReturnType<typeof parse>['values'],
  given: string[],
): Command {
  const misplaced = given.find((name) => !LISTEN_OPTIONS.includes(name))
  if (misplaced !== undefined) throw new UsageError(`--${misplaced} is no option of listen`)
  if (rest.length > 0) throw new UsageError('listen takes options only')
  const forwardTo = values['forward-to']
  if (forwardTo !== undefined && !isReceiver(forwardTo)) {
    throw new UsageError('--forward-to must be a URL such as http://127.0.0.1:3000/hooks')
  }
  const eventType = oneOf('event-type', values['event-type'], EVENT_TYPES)
  const { json = false, url, 'print-bodies': printBodies = false } = values
  return { name: 'listen', options: { forwardTo, eventType, printBodies, json, url } }
}

/** Credentials in it would be shown, and nobody else sends them. */
function isReceiver(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  return isHttp && url.username === '' && url.password === ''
}

const ALLOWED: Record<string, readonly string[]> = {
  start: ['rejects', 'confirm'],
  rejects: ['rejects'],
}

function importsCommand(rest: string[], options: Options, given: string[]): Command {
  const [verb, id, ...more] = rest
  const allowed = ALLOWED[verb ?? ''] ?? []
  const misplaced = given.find((name) => !allowed.includes(name))
  if (misplaced !== undefined) throw new UsageError(`--${misplaced} is an option of import`)
  if (verb === 'list') {
    if (id === undefined) return { name: 'list', options }
    throw new UsageError('imports list takes no id')
  }
  const name = VERBS.find((each) => each === verb)
  if (!name) throw new UsageError(`Say which: imports list, ${VERBS.join(', ')}`)
  if (id === undefined || id === '') throw new UsageError(`Say which import to ${name}`)
  if (more.length > 0) throw new UsageError(`imports ${name} takes one id`)
  return { name, id, options }
}

function oneOf<T extends string>(name: string, given: string | undefined, all: T[]): T | undefined {
  if (given === undefined) return undefined
  const found = all.find((each) => each === given)
  if (found === undefined) throw new UsageError(`--${name} must be ${all.join(' or ')}`)
  return found
}
