import { createCopy } from '../kernel/database/cached-snapshot.ts'
import type { Copy } from '../kernel/database/cached-snapshot.ts'
import type { Database } from '../kernel/database/database.ts'
import type { Logger } from '../kernel/log.ts'
import { createSnapshot } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import { DIRECTORY_CHANNEL, readSnapshot, readVersion } from './snapshot-store.ts'

/** The organizations, their keys, segments and partnerships, kept in memory and kept fresh. */
export type Directory = Copy<Snapshot>

const NOTHING = createSnapshot({
  version: -1,
  organizations: [],
  segments: [],
  partnerships: [],
  keys: [],
})

export function createDirectory({ database, log }: { database: Database; log: Logger }): Directory {
  return createCopy({
    database,
    log,
    name: 'directory',
    channel: DIRECTORY_CHANNEL,
    nothing: NOTHING,
    readVersion,
    read: async (db) => createSnapshot(await readSnapshot(db)),
  })
}

export type { Caller, Snapshot } from './snapshot.ts'
