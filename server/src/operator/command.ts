import { Command, InvalidArgumentError, Option } from 'commander'
import { CannotStart } from '../kernel/cannot-start.ts'
import { ConfigError, readConfig, serverUrl } from '../kernel/config.ts'
import { createLog } from '../kernel/log.ts'
import { migrate } from '../kernel/database/migrate.ts'
import { operatorKeyPath } from '../kernel/open-operator-key.ts'
import { readSecretFile } from '../kernel/secret-file.ts'
import { OperatorError, createCall } from './call.ts'
import type { Call } from './call.ts'
import { printObject, printTable, printVerification } from './print.ts'
import type { Verification } from './print.ts'
import { openDatabase } from '../kernel/database/database.ts'

const program = new Command('operator')
  .description('What the operator of a Newcomer server does. Talks to the running server.')
  .option('--url <url>', 'where the server is; http://HOST:PORT of the environment unless given')
  .option('--json', 'print JSON')

type Row = Record<string, unknown>

function call(...[path, options]: Parameters<Call>): ReturnType<Call> {
  const config = readConfig()
  const log = createLog('silent')
  const key = config.operatorKey ?? readSecretFile(operatorKeyPath(config), log)
  if (!key) {
    throw new OperatorError(
      `There is no operator key: NEWCOMER_OPERATOR_KEY is not set and ${operatorKeyPath(config)} ` +
        "is missing. The server's first start writes it.",
    )
  }
  const { url = serverUrl(config.host, config.port) } = program.opts<{ url?: string }>()
  return createCall(url.replace(/\/+$/, ''), key)(path, options)
}

function print(result: unknown, readable: () => string): void {
  const text = program.opts<{ json?: true }>().json ? JSON.stringify(result, null, 2) : readable()
  process.stdout.write(`${text}\n`)
}

async function printOne(answer: Promise<unknown>): Promise<void> {
  const object = (await answer) as Row
  print(object, () => printObject(object))
}

async function printMany(answer: Promise<unknown>, columns: string[]): Promise<void> {
  const rows = (await answer) as Row[]
  print(rows, () => printTable(rows, columns))
}

function onOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('Say on or off.')
  return text === 'on'
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Say a whole number.')
  return Number(text)
}

const list = (text: string): string[] => text.split(',').map((each) => each.trim())
const orNone = (text: string): string | null => (text === '' ? null : text)
const at = (...steps: string[]): string =>
  steps.map((each) => `/${encodeURIComponent(each)}`).join('')

const organizations = program.command('organizations').description('publishers and merchants')

organizations
  .command('create')
  .description('create an organization')
  .requiredOption('--name <name>')
  .addOption(new Option('--role <role>').choices(['publisher', 'merchant']).makeOptionMandatory())
  .action((body: Row) => printOne(call('/organizations', { method: 'POST', body })))

organizations
  .command('list')
  .description('list all organizations, oldest first')
  .action(() =>
    printMany(call('/organizations?page_size=500'), ['id', 'role', 'name', 'customer_segments']),
  )

interface UpdateOptions {
  [option: string]: unknown
}

organizations
  .command('update')
  .description('change an organization; what is not given stays as it is')
  .argument('<organization>')
  .option('--name <name>')
  .option(
    '--customer-segments <on|off>',
    'show the merchant’s segments; switch on after its history is loaded',
    onOff,
  )
  .option('--finalization-days <days>', 'how long an order stays open', whole)
  .addOption(
    new Option(
      '--verdict-policy <policy>',
      'who decides where the merchant says whether a customer is new',
    ).choices(['network', 'merchant', 'both_must_agree']),
  )
  .option('--requests-per-minute <number>', '0: no limit', whole)
  .option('--categories <list>', 'separated by commas', list)
  .option('--description <text>', 'empty for none', orNone)
  .option('--icon-url <url>', 'empty for none', orNone)
  .option('--homepage <url>', 'empty for none', orNone)
  .option('--terms-and-conditions <url>', 'empty for none', orNone)
  .option('--available-platforms <list>', 'separated by commas', list)
  .option('--supported-products <list>', 'separated by commas', list)
  .action((organization: string, options: UpdateOptions) => {
    const body = Object.fromEntries(
      Object.entries(options).map(([name, value]) => [toSnakeCase(name), value]),
    )
    return printOne(call(`/organizations${at(organization)}`, { method: 'PATCH', body }))
  })

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

const keys = program.command('keys').description('the API keys of an organization')

keys
  .command('create')
  .description('create a key and show it, this once')
  .argument('<organization>')
  .requiredOption('--name <name>', 'what the key is for')
  .action((organization: string, body: Row) =>
    printOne(call(`/organizations${at(organization)}/keys`, { method: 'POST', body })),
  )

keys
  .command('list')
  .description('list the keys that are not revoked')
  .argument('<organization>')
  .action((organization: string) =>
    printMany(call(`/organizations${at(organization)}/keys`), ['id', 'name', 'created_date']),
  )

keys
  .command('revoke')
  .description('revoke a key; it is refused everywhere within a second')
  .argument('<organization>')
  .argument('<key id>')
  .action(async (organization: string, key: string) => {
    await call(`/organizations${at(organization)}/keys${at(key)}`, { method: 'DELETE' })
    print(null, () => `${key} is revoked.`)
  })

program
  .command('partnerships')
  .description('how a publisher stands with a merchant')
  .command('set')
  .argument('<publisher>')
  .argument('<merchant>')
  .argument('<status>', 'approved, pending or available')
  .option('--attribution-days <days>', 'how long after a click an order still comes from it', whole)
  .action((publisher: string, merchant: string, status: string, options: UpdateOptions) => {
    const { attributionDays: days } = options
    const body = { status, ...(days !== undefined && { attribution_days: days }) }
    return printOne(call(`/partnerships${at(publisher, merchant)}`, { method: 'PUT', body }))
  })

const linkHosts = program.command('link-hosts').description('the hosts that links may lead to')

linkHosts
  .command('show')
  .description('which merchant has a host')
  .argument('<host>')
  .action((host: string) => printOne(call(`/link-hosts${at(host)}`)))

linkHosts
  .command('release')
  .description('take a host from the merchant that has it; links that lead there stop working')
  .argument('<host>')
  .action(async (host: string) => {
    await call(`/link-hosts${at(host)}`, { method: 'DELETE' })
    print(null, () => `Nobody has ${host} any more.`)
  })

program
  .command('verify')
  .description('check the invariants on the live database; exit code 1 when something is wrong')
  .action(async () => {
    const verification = (await call('/verify', { method: 'POST' })) as Verification
    print(verification, () => printVerification(verification))
    if (verification.drift > 0) process.exitCode = 1
  })

program
  .command('migrate')
  .description('bring the schema of the configured database up to date; needs no server')
  .action(async () => {
    const database = await openDatabase(readConfig())
    try {
      const applied = await migrate(database)
      print({ applied }, () =>
        applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`,
      )
    } finally {
      await database.close()
    }
  })

const isExpected = (error: unknown): error is Error =>
  [OperatorError, ConfigError, CannotStart].some((kind) => error instanceof kind)

program.parseAsync().catch((error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${isExpected(error) ? error.message : text}\n`)
  process.exitCode = 1
})
