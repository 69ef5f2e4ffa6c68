import { parseKeyText } from '../src/kernel/config.ts'
import { openPGlite, openPostgres } from '../src/kernel/database/database.ts'
import type { Database } from '../src/kernel/database/database.ts'
import { createVault } from '../src/kernel/vault.ts'
import type { Vault } from '../src/kernel/vault.ts'
import { startProgram } from './program.ts'
import type { Program, ProgramOptions } from './program.ts'
import { createNetwork, OPERATOR_KEY } from './network.ts'
import type { Network } from './network.ts'
import { createTraffic } from './traffic.ts'
import type { Traffic } from './traffic.ts'

/** A server of its own on a database of its own, with a network and its traffic. */
export interface Stage extends Program {
  network: Network
  traffic: Traffic
}

/** A stage of an embedded database has a folder, one of PostgreSQL a URL. */
export type Place = { NEWCOMER_DATA: string } | { DATABASE_URL: string }

// In hex, as the servers are given it.
const KEY = 'ab'.repeat(32)

type ServerFile = '../src/main.ts' | './ungathered-server.ts'

/** A server on what is at the place already. */
export function startServer(
  file: ServerFile,
  place: Place,
  options: ProgramOptions = {},
): Promise<Program> {
  const env = {
    NEWCOMER_KEY: KEY,
    NEWCOMER_OPERATOR_KEY: OPERATOR_KEY,
    // Its receivers are on this machine.
    NEWCOMER_MODE: 'development',
    LOG_LEVEL: 'warn',
    ...place,
  }
  return startProgram(file, { ...options, env: { ...env, ...options.env } })
}

export async function startStage(
  file: ServerFile,
  place: Place,
  options: ProgramOptions = {},
): Promise<Stage> {
  const program = await startServer(file, place, options)
  try {
    const network = await createNetwork(program.url, 1)
    return { ...program, network, traffic: createTraffic(network) }
  } catch (error) {
    await program.stop()
    throw error
  }
}

/** The database of a place, in this process; an embedded one after its server has stopped. */
export function openPlace(place: Place): Promise<Database> {
  if ('DATABASE_URL' in place) return openPostgres(place.DATABASE_URL)
  return openPGlite({ folder: place.NEWCOMER_DATA })
}

/** What the servers encrypt with. */
export function openStageVault(): Vault {
  return createVault(parseKeyText(KEY))
}
