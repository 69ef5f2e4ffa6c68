import { createCachedSnapshot } from '../kernel/database/cached-snapshot.ts'
import type { CachedSnapshot, CachedSnapshotOptions } from '../kernel/database/cached-snapshot.ts'
import { createSnapshot } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import { DIRECTORY_CHANNEL, getDirectoryRows, getDirectoryVersion } from './snapshot-store.ts'

/** The organizations, their keys, segments and partnerships, kept in memory and kept fresh. */
export type Directory = CachedSnapshot<Snapshot>

const NOTHING = createSnapshot({
  version: -1,
  organizations: [],
  segments: [],
  partnerships: [],
  keys: [],
})

export function createDirectory({
  database,
  log,
  elapsedMs,
}: Pick<CachedSnapshotOptions<unknown>, 'database' | 'log' | 'elapsedMs'>): Directory {
  return createCachedSnapshot({
    database,
    log,
    elapsedMs,
    name: 'directory',
    channel: DIRECTORY_CHANNEL,
    nothing: NOTHING,
    readVersion: getDirectoryVersion,
    read: async (db) => createSnapshot(await getDirectoryRows(db)),
  })
}

export type { Caller, Snapshot } from './snapshot.ts'
