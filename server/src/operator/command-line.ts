import { parseArgs } from 'node:util'

/** What is wrong with a command line, in a sentence that says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** An option with a value: `--role <role>`. */
export interface OptionRule {
  /** What the help calls its value: `role`. */
  value: string
  description?: string
  isRequired?: true
  choices?: readonly string[]
  /** What a value stands for. Throws a UsageError for one that stands for nothing. */
  parse?: (text: string) => unknown
}

/** What is given to a command: the parsed options that were written, by their names without dashes. */
export type Options = Readonly<Record<string, unknown>>

/** One command. `Tools` is what the program lends it. */
export interface CommandRule<Tools> {
  /** As it is written: `keys create`. */
  name: string
  description: string
  /** What has to stand after the name, in this order. */
  operands?: readonly { name: string; description?: string }[]
  options?: Readonly<Record<string, OptionRule>>
  run(tools: Tools, options: Options, ...operands: string[]): Promise<void>
}

/** The options that every command has. */
export interface SharedOptions {
  url: string | undefined
  isJson: boolean
}

export type CommandLine<Tools> =
  | { help: string }
  | { command: CommandRule<Tools>; shared: SharedOptions; options: Options; operands: string[] }

const SHARED = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const SHARED_HELP: Lines = [
  ['--url <url>', 'where the server is; http://HOST:PORT of the environment unless given'],
  ['--json', 'print JSON'],
  ['-h, --help', 'show the commands, or what one of them takes'],
]

/** Finds the command and what it is given, or the help that is asked for. Throws a UsageError. */
export function parseCommandLine<Tools>(
  rules: readonly CommandRule<Tools>[],
  args: string[],
): CommandLine<Tools> {
  // Not strict: its errors do not know which command an option belongs to.
  const { tokens, positionals } = parseArgs({
    args,
    options: { ...SHARED, ...typesOf(rules) },
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const written = tokens.filter((token) => token.kind === 'option')
  const isHelp = positionals[0] === 'help' || written.some(({ name }) => name === 'help')
  const words = positionals[0] === 'help' ? positionals.slice(1) : positionals
  const command = rules.find(({ name }) => startsWith(words, name.split(' ')))
  if (!command) {
    const group = rules.filter(({ name }) => startsWith(name.split(' '), words))
    if (isHelp && group.length > 0) return { help: renderHelp(group) }
    throw unknownCommand(rules, words)
  }
  if (isHelp) return { help: renderCommandHelp(command) }
  // First: what follows an unknown option would count as an operand.
  const { url, json, ...options } = checkOptions(command, written)
  const operands = checkOperands(command, words.slice(command.name.split(' ').length))
  const shared = { url: url as string | undefined, isJson: json === true }
  return { command, shared, options, operands }
}

function typesOf<Tools>(rules: readonly CommandRule<Tools>[]) {
  const names = rules.flatMap(({ options = {} }) => Object.keys(options))
  return Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
}

function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, index) => words[index] === word)
}

function unknownCommand<Tools>(rules: readonly CommandRule<Tools>[], words: string[]): UsageError {
  if (words.length === 0) return new UsageError(`Say what to do:\n${renderCommands(rules)}`)
  const group = rules.filter(({ name }) => startsWith(name.split(' '), words.slice(0, 1)))
  const fault = words.length === 1 && group.length > 0 ? 'Say which' : 'There is no such command'
  return new UsageError(`${fault}:\n${renderCommands(group.length > 0 ? group : rules)}`)
}

function checkOperands<Tools>(command: CommandRule<Tools>, given: string[]): string[] {
  const { name, operands = [] } = command
  const missing = operands[given.length]
  if (missing) throw new UsageError(`'${name}' needs <${missing.name}>.`)
  if (given.length > operands.length) {
    const expected = operands.map((each) => ` <${each.name}>`).join('') || ' options only'
    throw new UsageError(`'${name}' takes${expected}.`)
  }
  if (given.includes('')) throw new UsageError(`'${name}' takes nothing that is empty.`)
  return given
}

interface Written {
  name: string
  rawName: string
  value: string | undefined
  inlineValue: boolean | undefined
}

function checkOptions<Tools>(
  command: CommandRule<Tools>,
  written: readonly Written[],
): Record<string, unknown> {
  const { name, options = {} } = command
  const values: Record<string, unknown> = {}
  for (const each of written) {
    const rule = Object.hasOwn(options, each.name) ? options[each.name] : undefined
    if (each.name === 'json') values['json'] = checkFlag(each)
    else if (each.name === 'url') values['url'] = checkValue(each, { value: 'url' })
    else if (rule) values[each.name] = checkValue(each, rule)
    else {
      const known = Object.keys({ ...options, url: 0, json: 0 }).map((other) => `--${other}`)
      throw new UsageError(`'${name}' has no option ${each.rawName}. It has ${known.join(', ')}.`)
    }
  }
  for (const [option, rule] of Object.entries(options)) {
    if (rule.isRequired && !(option in values)) {
      throw new UsageError(`'${name}' needs ${optionOf(option, rule)}.`)
    }
  }
  return values
}

function checkFlag({ rawName, inlineValue }: Written): true {
  if (inlineValue) throw new UsageError(`${rawName} takes no value.`)
  return true
}

function checkValue({ name, value, inlineValue }: Written, rule: OptionRule): unknown {
  const option = optionOf(name, rule)
  // Who forgot a value must not have the next option taken for it.
  if (value === undefined || (!inlineValue && value.startsWith('-'))) {
    throw new UsageError(`${option} needs a value; one that begins with a dash: --${name}=-…`)
  }
  if (rule.choices && !rule.choices.includes(value)) {
    throw new UsageError(`${option} is one of ${rule.choices.join(', ')}.`)
  }
  try {
    return rule.parse ? rule.parse(value) : value
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${option}: ${error.message}`)
    throw error
  }
}

function optionOf(name: string, { value }: OptionRule): string {
  return `--${name} <${value}>`
}

type Lines = (readonly [string, string])[]

function renderHelp<Tools>(rules: readonly CommandRule<Tools>[]): string {
  return [
    'Usage: operator <command> [options]',
    '',
    'What the operator of a Newcomer server does. Talks to the running server.',
    '',
    'Commands:',
    renderCommands(rules),
    '',
    'Options of all commands:',
    ...indent(SHARED_HELP),
    '',
    'What a command takes: operator <command> --help',
  ].join('\n')
}

function renderCommands<Tools>(rules: readonly CommandRule<Tools>[]): string {
  return indent(rules.map((rule) => [usageOf(rule), rule.description] as const)).join('\n')
}

function usageOf<Tools>({ name, operands = [] }: CommandRule<Tools>): string {
  return [name, ...operands.map((operand) => `<${operand.name}>`)].join(' ')
}

function renderCommandHelp<Tools>(command: CommandRule<Tools>): string {
  const { description, operands = [], options = {} } = command
  const sentence = `${description.slice(0, 1).toUpperCase()}${description.slice(1)}.`
  const described = operands.filter((operand) => operand.description !== undefined)
  const lines: Lines = Object.entries(options).map(([name, rule]) => {
    const remarks = [rule.description, rule.choices?.join(', '), rule.isRequired && 'required']
    return [optionOf(name, rule), remarks.filter(Boolean).join('; ')]
  })
  return [
    `Usage: operator ${usageOf(command)} [options]`,
    '',
    sentence,
    ...(described.length === 0 ? [] : ['', 'Operands:']),
    ...indent(described.map((operand) => [`<${operand.name}>`, operand.description ?? ''])),
    '',
    'Options:',
    ...indent([...lines, ...SHARED_HELP]),
  ].join('\n')
}

function indent(lines: Lines): string[] {
  const width = Math.max(0, ...lines.map(([left]) => left.length))
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
}
