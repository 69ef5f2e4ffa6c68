import { CannotStart } from '../kernel/cannot-start.ts'
import { ConfigError, readConfig, serverUrl } from '../kernel/config.ts'
import { openDatabase } from '../kernel/database/database.ts'
import { migrate } from '../kernel/database/migrate.ts'
import { createLog } from '../kernel/log.ts'
import { operatorKeyPath } from './open-operator-key.ts'
import { readSecretFile } from '../kernel/secret-file.ts'
import { OperatorError, createCall } from './call.ts'
import type { Call } from './call.ts'
import { UsageError, parseCommandLine } from './command-line.ts'
import type { SharedOptions } from './command-line.ts'
import { COMMANDS } from './commands.ts'
import type { Tools } from './command-tools.ts'

/** The key is looked for only once a call is made: `migrate` needs none. */
function createKeyedCall(url: string | undefined): Call {
  return (...parameters) => {
    const config = readConfig()
    const log = createLog('silent')
    const key = config.operatorKey ?? readSecretFile(operatorKeyPath(config), log)
    if (!key) {
      throw new OperatorError(
        `There is no operator key: NEWCOMER_OPERATOR_KEY is not set and ${operatorKeyPath(config)} ` +
          "is missing. The server's first start writes it.",
      )
    }
    const server = url ?? serverUrl(config.host, config.port)
    return createCall(server.replace(/\/+$/, ''), key)(...parameters)
  }
}

async function migrateDatabase(): Promise<string[]> {
  const database = await openDatabase(readConfig())
  try {
    return await migrate(database)
  } finally {
    await database.close()
  }
}

function createTools({ url, isJson }: SharedOptions): Tools {
  return {
    call: createKeyedCall(url),
    print(result, readable) {
      process.stdout.write(`${isJson ? JSON.stringify(result, null, 2) : readable()}\n`)
    },
    migrate: migrateDatabase,
    fail: () => (process.exitCode = 1),
  }
}

async function run(args: string[]): Promise<void> {
  const line = parseCommandLine(COMMANDS, args)
  if ('help' in line) process.stdout.write(`${line.help}\n`)
  else await line.command.run(createTools(line.shared), line.options, ...line.operands)
}

function reasonOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nFor more: operator --help`
  const isExpected = [OperatorError, ConfigError, CannotStart].some((kind) => error instanceof kind)
  if (!(error instanceof Error)) return String(error)
  return isExpected ? error.message : (error.stack ?? error.message)
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${reasonOf(error)}\n`)
  process.exitCode = 1
})
