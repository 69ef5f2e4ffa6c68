import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Clock } from '../kernel/clock.ts'
import type { Database, Tx } from '../kernel/database/database.ts'
import { conflict, notFound, Problem, unavailable } from '../kernel/problem.ts'
import { idOfKey } from '../kernel/key.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { HOLDS_BACK } from './csv/finding-catalog.ts'
import { decryptProgress } from './store/import.ts'
import type { Import } from './store/import.ts'
import {
  advanceReceiving,
  endReceiving,
  findImport,
  holdBack,
  refuseImport,
  takeReceiving,
} from './store/import-store.ts'
import { openThread } from './worker/open-worker.ts'
import type { Thread } from './worker/open-worker.ts'
import { insertParts } from './store/batch-store.ts'
import { dropParts } from './run/run-import.ts'
import type { Reading, ReadingOptions } from './worker/worker-protocol.ts'

export interface ReceiveParts {
  database: Database
  vault: Vault
  clock: Clock
  /** Called when a file is there and can be checked. */
  wake: () => void
  isStopping(): boolean
}

/** A file on its way here. */
export interface Incoming {
  body: Readable
  encoding: ReadingOptions['encoding']
  /** Where it begins in the uncompressed file; what came before is kept already. */
  offset: number
  /** Whether the file ends with this body. */
  isLast: boolean
}

// Of a body that arrives in small pieces so many bytes are handed on together.
const PIECE_BYTES = 128 * 1024

/**
 * Receives a file, or what is left of it. Rows are read as they come, and whole parts are kept, so that
 * a connection that breaks costs what came since the last of them. What is kept is what can be
 * imported: a plain e-mail address is never stored.
 */
export async function receiveFile(
  parts: ReceiveParts,
  organization: Organization,
  key: string,
  incoming: Incoming,
): Promise<Import> {
  const token = randomUUID()
  const before = await inTx(parts.database.db, (tx) => begin(tx, key, token, incoming, parts))
  const thread = openThread(parts.vault, organization, before)
  try {
    const receiving = { ...before, token }
    await thread.beginReading({
      now: parts.clock.now(),
      encoding: incoming.encoding,
      from: decryptProgress(parts.vault, before),
      number: before.parts,
    })
    return await receiveAll(parts, thread, receiving, incoming)
  } finally {
    // Whoever still sends what is not wanted is told so, not cut off, and can make other calls then.
    incoming.body.resume()
    await thread.close()
  }
}

async function begin(
  tx: Tx,
  key: string,
  token: string,
  { offset }: Incoming,
  { clock }: ReceiveParts,
): Promise<Import> {
  const taken = await takeReceiving(tx, key, { token, at: clock.now() })
  if (!taken) {
    const present = await findImport(tx, key)
    if (!present) throw notFound(idOfKey('import', key))
    throw conflict(`The import is ${present.state}: its file is complete, or not wanted any more.`)
  }
  if (taken.received_bytes === offset) return taken
  throw new Problem(
    409,
    'Conflict',
    `The file goes on at byte ${taken.received_bytes}; send it from there, with that offset.`,
    { received_bytes: taken.received_bytes },
  )
}

type Receiving = Import & { token: string }

async function receiveAll(
  parts: ReceiveParts,
  thread: Thread,
  receiving: Receiving,
  { body, isLast }: Incoming,
): Promise<Import> {
  let pieces: Buffer[] = []
  let size = 0
  // While what was read is being written the next bytes are read.
  let writing: Promise<boolean> = Promise.resolve(true)
  const readAll = async (reading: Promise<Reading>): Promise<boolean> => {
    for (let coming = reading; ; coming = thread.readOn()) {
      const read = await coming
      if (!(await writing)) return false
      writing = keep(parts, receiving, read)
      writing.catch(() => undefined)
      if (!read.isMore) return true
    }
  }
  const flush = (): Promise<boolean> => {
    const bytes = Uint8Array.from(Buffer.concat(pieces))
    pieces = []
    size = 0
    return readAll(thread.read(bytes))
  }
  for await (const piece of body.iterator({ destroyOnReturn: false })) {
    // A file may take hours, and nobody waits for it that long.
    if (parts.isStopping()) throw unavailable('The server stops; go on from what it has received.')
    pieces.push(piece as Buffer)
    size += (piece as Buffer).length
    if (size >= PIECE_BYTES && !(await flush())) break
  }
  // What follows a file that can't be read is not looked at.
  body.resume()
  if (size > 0) await flush()
  if (isLast) await readAll(thread.endReading())
  const isGoingOn = await writing
  if (!isGoingOn || !isLast) return getImport(parts, receiving.key)
  const at = parts.clock.now()
  const ended = await inTx(parts.database.db, async (tx) => {
    const whole = await endReceiving(tx, receiving, at)
    const isHeldBack = whole !== undefined && hasToBeLookedAt(parts.vault, whole)
    return isHeldBack ? holdBack(tx, whole.key) : whole
  })
  parts.wake()
  return ended ?? getImport(parts, receiving.key)
}

/** Whether the file is such that nobody's import starts by itself. */
function hasToBeLookedAt(vault: Vault, whole: Import): boolean {
  const findings = decryptProgress(vault, whole)?.report.findings ?? []
  return whole.starts_at_once && findings.some(({ code }) => HOLDS_BACK.has(code))
}

/** Keeps what was read; false when the file turned out not to be one that can be read. */
async function keep(
  { database, clock }: ReceiveParts,
  receiving: Receiving,
  { parts, progress, refused }: Reading,
): Promise<boolean> {
  const { key } = receiving
  const at = clock.now()
  if (refused) {
    await inTx(database.db, (tx) => refuseImport(tx, receiving, refused, at))
    await dropParts({ database }, key)
    return false
  }
  if (!progress) return true
  const last = parts.at(-1)
  const after = {
    ...receiving,
    blob: progress.blob,
    received_bytes: progress.offset,
    total_rows: progress.rows,
    parts: last ? last.number + 1 : receiving.parts,
    partsBefore: receiving.parts,
  }
  await inTx(database.db, async (tx) => {
    if (!(await advanceReceiving(tx, after, at))) {
      const present = await findImport(tx, key)
      // A tx whose answer was lost has written it.
      if (present?.token === receiving.token && present.parts === after.parts) return
      throw conflict('Another call sends this file now, or the import was cancelled.')
    }
    await insertParts(tx, key, parts)
  })
  receiving.parts = after.parts
  receiving.received_bytes = after.received_bytes
  return true
}

async function getImport({ database }: ReceiveParts, key: string): Promise<Import> {
  const found = await retry(() => findImport(database.db, key))
  if (!found) throw notFound(idOfKey('import', key))
  return found
}
