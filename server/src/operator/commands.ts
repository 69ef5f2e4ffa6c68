import { UsageError } from './command-line.ts'
import type { Options } from './command-line.ts'
import { at, printMany, printOne } from './command-tools.ts'
import type { Command } from './command-tools.ts'
import { PEOPLE_COMMANDS } from './people-commands.ts'
import { printVerification } from './print.ts'
import type { PrintedVerification } from './print.ts'

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

/** Members of the body are called as their options are. */
function toBody(options: Options): Record<string, unknown> {
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
      'answers-publishers': {
        value: 'on|off',
        description: 'whether the merchant answers publishers that ask; else only you do',
        parse: parseSwitch,
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
    name: 'partnerships list',
    description: 'list how publishers stand with merchants; who is absent is available',
    run: (tools) =>
      printMany(tools, tools.call('/partnerships'), [
        'publisher',
        'merchant',
        'status',
        'attribution_days',
      ]),
  },
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
