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

export async function startStage(
  file: '../src/main.ts' | './ungathered-server.ts',
  place: Place,
  options: ProgramOptions = {},
): Promise<Stage> {
  const env = {
    NEWCOMER_KEY: 'ab'.repeat(32),
    NEWCOMER_OPERATOR_KEY: OPERATOR_KEY,
    LOG_LEVEL: 'warn',
    ...place,
  }
  const program = await startProgram(file, { ...options, env })
  try {
    const network = await createNetwork(program.url, 1)
    return { ...program, network, traffic: createTraffic(network) }
  } catch (error) {
    await program.stop()
    throw error
  }
}
