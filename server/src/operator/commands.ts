import type { Call } from './call.ts'
import { UsageError } from './command-line.ts'
import type { CommandRule } from './command-line.ts'
import { printObject, printTable, printVerification } from './print.ts'
import type { PrintedVerification } from './print.ts'

type Row = Record<string, unknown>

/** What the program lends to its commands. */
export interface Tools {
  call: Call
  /** Prints the result: as JSON where that is asked for, else as the text. */
  print(result: unknown, readable: () => string): void
  /** Brings the schema of the configured database up to date, and answers what it applied. */
  migrate(): Promise<string[]>
  /** Something that was looked at is wrong, though the command did what it was told. */
  fail(): void
}

type Command = CommandRule<Tools>

async function printOne({ print }: Tools, answer: Promise<unknown>): Promise<void> {
  const object = (await answer) as Row
  print(object, () => printObject(object))
}

async function printMany({ print }: Tools, answer: Promise<unknown>, columns: string[]) {
  const rows = (await answer) as Row[]
  print(rows, () => printTable(rows, columns))
}

function parseSwitch(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new UsageError('Say on or off.')
  return text === 'on'
}

function parseWhole(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError('Say a whole number.')
  return Number(text)
}

const parseList = (text: string): string[] => text.split(',').map((each) => each.trim())
const parseText = (text: string): string | null => (text === '' ? null : text)

const at = (...steps: string[]): string =>
  steps.map((each) => `/${encodeURIComponent(each)}`).join('')

/** Members of the body are called as their options are. */
function toBody(options: Row): Row {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name.replaceAll('-', '_'), value]),
  )
}

const optionalText = { value: 'text', description: 'empty for none', parse: parseText }
const optionalUrl = { ...optionalText, value: 'url' }
const list = { value: 'list', description: 'separated by commas', parse: parseList }
const organization = { name: 'organization' }

const ORGANIZATION_COMMANDS: Command[] = [
  {
    name: 'organizations create',
    description: 'create an organization',
    options: {
      name: { value: 'name', isRequired: true },
      role: { value: 'role', choices: ['publisher', 'merchant'], isRequired: true },
    },
    run: (tools, options) =>
      printOne(tools, tools.call('/organizations', { method: 'POST', body: toBody(options) })),
  },
  {
    name: 'organizations list',
    description: 'list all organizations, oldest first',
    run: (tools) => {
      const columns = ['id', 'role', 'name', 'customer_segments']
      return printMany(tools, tools.call('/organizations?page_size=500'), columns)
    },
  },
  {
    name: 'organizations update',
    description: 'change an organization; what is not given stays as it is',
    operands: [organization],
    options: {
      name: { value: 'name' },
      'customer-segments': {
        value: 'on|off',
        description: 'show the merchant’s segments; switch on after its history is loaded',
        parse: parseSwitch,
      },
      'finalization-days': {
        value: 'days',
        description: 'how long an order stays open',
        parse: parseWhole,
      },
      'verdict-policy': {
        value: 'policy',
        description: 'who decides where the merchant says whether a customer is new',
        choices: ['network', 'merchant', 'both_must_agree'],
      },
      'evidence-policy': {
        value: 'policy',
        description: 'whether evidence counts that became known after the click',
        choices: ['before_click', 'any_time'],
      },
      'requests-per-minute': { value: 'number', description: '0: no limit', parse: parseWhole },
      categories: list,
      description: optionalText,
      'icon-url': optionalUrl,
      homepage: optionalUrl,
      'terms-and-conditions': optionalUrl,
      'available-platforms': list,
      'supported-products': list,
    },
    run: (tools, options, id: string) => {
      const path = `/organizations${at(id)}`
      return printOne(tools, tools.call(path, { method: 'PATCH', body: toBody(options) }))
    },
  },
]

const KEY_COMMANDS: Command[] = [
  {
    name: 'keys create',
    description: 'create an API key and show it, this once',
    operands: [organization],
    options: { name: { value: 'name', description: 'what the key is for', isRequired: true } },
    run: (tools, options, id: string) => {
      const path = `/organizations${at(id)}/keys`
      return printOne(tools, tools.call(path, { method: 'POST', body: toBody(options) }))
    },
  },
  {
    name: 'keys list',
    description: 'list the keys that are not revoked',
    operands: [organization],
    run: (tools, _, id: string) => {
      const columns = ['id', 'name', 'created_date']
      return printMany(tools, tools.call(`/organizations${at(id)}/keys`), columns)
    },
  },
  {
    name: 'keys revoke',
    description: 'revoke a key; it is refused everywhere within a second',
    operands: [organization, { name: 'key id' }],
    run: async ({ call, print }, _, id: string, key: string) => {
      await call(`/organizations${at(id)}/keys${at(key)}`, { method: 'DELETE' })
      print(null, () => `${key} is revoked.`)
    },
  },
]

const PARTNERSHIP_COMMANDS: Command[] = [
  {
    name: 'partnerships set',
    description: 'set how a publisher stands with a merchant',
    operands: [
      { name: 'publisher' },
      { name: 'merchant' },
      { name: 'status', description: 'approved, pending or available' },
    ],
    options: {
      'attribution-days': {
        value: 'days',
        description: 'how long after a click an order still comes from it',
        parse: parseWhole,
      },
    },
    run: (tools, options, publisher: string, merchant: string, status: string) => {
      const body = { status, ...toBody(options) }
      const path = `/partnerships${at(publisher, merchant)}`
      return printOne(tools, tools.call(path, { method: 'PUT', body }))
    },
  },
]

const person = { name: 'person' }

const PEOPLE_COMMANDS: Command[] = [
  {
    name: 'people invite',
    description: 'invite somebody to an organization, or to be an operator',
    options: {
      email: { value: 'address', isRequired: true },
      organization: { value: 'id', description: 'without it: to be an operator' },
      preset: {
        value: 'preset',
        description: 'what a member may do',
        choices: ['owner', 'engineer', 'partner-manager', 'viewer'],
      },
    },
    run: (tools, options) =>
      printOne(tools, tools.call('/invitations', { method: 'POST', body: options })),
  },
  {
    name: 'people list',
    description: 'list everybody who can sign in, oldest first',
    run: (tools) => printMany(tools, tools.call('/people'), ['id', 'name', 'email', 'is_operator']),
  },
  {
    name: 'people reset-link',
    description: 'make a link by which somebody chooses another password',
    operands: [person],
    run: (tools, _, id: string) =>
      printOne(tools, tools.call(`/people${at(id)}/reset-link`, { method: 'POST', body: {} })),
  },
  {
    name: 'people clear-factors',
    description: 'take the second factors of somebody who has lost them; make sure that it is they',
    operands: [person],
    run: async ({ call, print }, _, id: string) => {
      await call(`/people${at(id)}/factors`, { method: 'DELETE' })
      print(null, () => `${id} has no second factor.`)
    },
  },
  {
    name: 'people end-sessions',
    description: 'end all sessions of somebody',
    operands: [person],
    run: async ({ call, print }, _, id: string) => {
      await call(`/people${at(id)}/sessions`, { method: 'DELETE' })
      print(null, () => `${id} is signed out everywhere.`)
    },
  },
  {
    name: 'people erase',
    description: 'erase a person, with memberships, sessions and factors',
    operands: [person],
    run: async ({ call, print }, _, id: string) => {
      await call(`/people${at(id)}`, { method: 'DELETE' })
      print(null, () => `${id} is erased.`)
    },
  },
]

const LINK_HOST_COMMANDS: Command[] = [
  {
    name: 'link-hosts show',
    description: 'show which merchant has a host that links may lead to',
    operands: [{ name: 'host' }],
    run: (tools, _, host: string) => printOne(tools, tools.call(`/link-hosts${at(host)}`)),
  },
  {
    name: 'link-hosts release',
    description: 'take a host from the merchant that has it; links that lead there stop working',
    operands: [{ name: 'host' }],
    run: async ({ call, print }, _, host: string) => {
      await call(`/link-hosts${at(host)}`, { method: 'DELETE' })
      print(null, () => `Nobody has ${host} any more.`)
    },
  },
]

const DATABASE_COMMANDS: Command[] = [
  {
    name: 'verify',
    description: 'check the invariants on the live database; exit code 1 when something is wrong',
    run: async ({ call, print, fail }) => {
      const verification = (await call('/verify', { method: 'POST' })) as PrintedVerification
      print(verification, () => printVerification(verification))
      if (verification.drift > 0) fail()
    },
  },
  {
    name: 'migrate',
    description: 'bring the schema of the configured database up to date; needs no server',
    run: async ({ migrate, print }) => {
      const applied = await migrate()
      print({ applied }, () =>
        applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`,
      )
    },
  },
]

/** All that the program `operator` can do, as its help lists it. */
export const COMMANDS: readonly Command[] = [
  ...ORGANIZATION_COMMANDS,
  ...KEY_COMMANDS,
  ...PARTNERSHIP_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...LINK_HOST_COMMANDS,
  ...DATABASE_COMMANDS,
]
