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
import { atLeastRate, LEAST_RATE } from './least-rate.ts'
import type { LeastRate } from './least-rate.ts'
import { decryptProgress } from './store/import.ts'
import type { Import } from './store/import.ts'
import {
  advanceReceiving,
  endReceiving,
  findImport,
  holdBack,
  failImport,
  claimReceiving,
} from './store/import-store.ts'
import { WorkerExhausted } from './worker/worker-client.ts'
import type { ImportWorker, OpenWorker } from './worker/worker-client.ts'
import { insertBatches } from './store/batch-store.ts'
import { dropBatches } from './run/run-import.ts'
import type { ParsedBatches, UploadOptions } from './worker/worker-protocol.ts'

export interface ReceiveParts {
  database: Database
  vault: Vault
  clock: Clock
  openWorker: OpenWorker
  /** Called when a file is there and can be checked. */
  wake: () => void
  isStopping(): boolean
  /** At which a body has to come. */
  leastRate?: LeastRate
}

/** A file on its way here. */
export interface Incoming {
  body: Readable
  encoding: UploadOptions['encoding']
  /** Where it begins in the uncompressed file; what came before is kept already. */
  offset: number
  /** Whether the file ends with this body. */
  isLast: boolean
}

// Of a body that arrives in small pieces so many bytes are handed on together.
const PIECE_BYTES = 128 * 1024

/**
 * Receives a file, or what is left of it. Rows are parsed as they come, and whole batches are kept, so that
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
  const worker = parts.openWorker(parts.vault, organization, before)
  try {
    const receiving = { ...before, token }
    await worker.beginUpload({
      now: parts.clock.now(),
      encoding: incoming.encoding,
      from: decryptProgress(parts.vault, before),
      number: before.batches,
    })
    return await receiveAll(parts, worker, receiving, incoming)
  } catch (error) {
    if (!(error instanceof WorkerExhausted)) throw error
    await refuse(parts, { key, token }, error)
    return await getImport(parts, key)
  } finally {
    // A client that still sends what is not wanted gets its answer, and keeps its connection.
    incoming.body.resume()
    await worker.close()
  }
}

async function begin(
  tx: Tx,
  key: string,
  token: string,
  { offset }: Incoming,
  { clock }: ReceiveParts,
): Promise<Import> {
  const taken = await claimReceiving(tx, key, { token, at: clock.now() })
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
  worker: ImportWorker,
  receiving: Receiving,
  { body, isLast }: Incoming,
): Promise<Import> {
  let pieces: Buffer[] = []
  let size = 0
  // While what was read is being written the next bytes are read.
  let writing: Promise<Receiving | undefined> = Promise.resolve(receiving)
  const readAll = async (reading: Promise<ParsedBatches>): Promise<boolean> => {
    for (let coming = reading; ; coming = worker.parseMore()) {
      const read = await coming
      const kept = await writing
      if (!kept) return false
      writing = keep(parts, kept, read)
      writing.catch(() => undefined)
      if (!read.isMore) return true
    }
  }
  const flush = (): Promise<boolean> => {
    const bytes = Uint8Array.from(Buffer.concat(pieces))
    pieces = []
    size = 0
    return readAll(worker.parse(bytes))
  }
  const coming = body.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  for await (const piece of atLeastRate(coming, parts.leastRate ?? LEAST_RATE)) {
    // A file may take hours, which is longer than a stop waits.
    if (parts.isStopping()) throw unavailable('The server stops; go on from what it has received.')
    pieces.push(piece)
    size += piece.length
    if (size >= PIECE_BYTES && !(await flush())) break
  }
  // What follows a file that can't be read is not looked at.
  body.resume()
  if (size > 0) await flush()
  if (isLast) await readAll(worker.endUpload())
  const kept = await writing
  if (!kept || !isLast) return getImport(parts, receiving.key)
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

/** Keeps what was parsed. Answers how far the upload is then; undefined if the file can't be read. */
async function keep(
  { database, clock }: ReceiveParts,
  receiving: Receiving,
  { batches, progress, refused }: ParsedBatches,
): Promise<Receiving | undefined> {
  const { key } = receiving
  const at = clock.now()
  if (refused) {
    await refuse({ database, clock }, receiving, refused)
    return undefined
  }
  if (!progress) return receiving
  const last = batches.at(-1)
  const after = {
    ...receiving,
    blob: progress.blob,
    received_bytes: progress.offset,
    total_rows: progress.rows,
    batches: last ? last.number + 1 : receiving.batches,
    batchesBefore: receiving.batches,
  }
  await inTx(database.db, async (tx) => {
    if (!(await advanceReceiving(tx, after, at))) {
      const present = await findImport(tx, key)
      // A tx whose answer was lost has written it.
      if (present?.token === receiving.token && present.batches === after.batches) return
      throw conflict('Another call sends this file now, or the import was cancelled.')
    }
    await insertBatches(tx, key, batches)
  })
  return after
}

async function refuse(
  { database, clock }: Pick<ReceiveParts, 'database' | 'clock'>,
  receiving: { key: string; token: string },
  { type, message }: { type: string; message: string },
): Promise<void> {
  const at = clock.now()
  await inTx(database.db, (tx) => failImport(tx, receiving, { type, message }, at))
  await dropBatches({ database }, receiving.key)
}

async function getImport({ database }: ReceiveParts, key: string): Promise<Import> {
  const found = await retry(() => findImport(database.db, key))
  if (!found) throw notFound(idOfKey('import', key))
  return found
}
