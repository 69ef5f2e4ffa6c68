import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { DAY_MS } from '../kernel/durations.ts'
import { newId } from '../kernel/id.ts'
import { idOfKey, toUuid } from '../kernel/key.ts'
import { conflict, notFound, Problem } from '../kernel/problem.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import type { Organization } from '../organizations/organization.ts'
import { IMPORT_ID, importKey } from './store/import.ts'
import type { Import, ImportState } from './store/import.ts'
import {
  countUnended,
  findImport,
  findByRepeatKey,
  insertImport,
  moveImport,
} from './store/import-store.ts'
import { dropBatches } from './run/run-import.ts'
import type { Kind, ImportMode } from './csv/row.ts'

export interface ChangeParts {
  database: Database
  vault: Vault
  clock: Clock
  /** Called when an import is there that can go on. */
  wakeImports: () => void
}

/** Who changes imports, and of which organization. */
export interface ImportCaller {
  organization: Organization
  act: Act
}

export interface ImportOptions {
  kind: Kind | null
  mode: ImportMode
  quiet: boolean
  startsAtOnce: boolean
  /** What the caller will call the same import by when it asks again. */
  repeatKey: string | undefined
}

/** An organization's files that are not done with: each is kept until it is. */
const MAX_UNENDED = 100

/** Creates an import whose file is to come; the unended one of the same repeat key, if there is one. */
export async function createImport(
  { database, vault, clock }: ChangeParts,
  { organization, act }: ImportCaller,
  options: ImportOptions,
): Promise<{ its: Import; isNew: boolean }> {
  const { number } = organization
  const { kind, mode, quiet, startsAtOnce, repeatKey } = options
  const repeat =
    repeatKey === undefined ? null : toUuid(vault.seal('repeat', organization.id, repeatKey))
  const id = newId('import')
  const key = importKey(organization, id)
  const now = clock.now()
  return inTx(database.db, async (tx) => {
    const repeated = repeat === null ? undefined : await findByRepeatKey(tx, number, repeat)
    // With this call's own key a tx made it whose commit was not answered: its file is still to come.
    if (repeated) return { its: repeated, isNew: repeated.key === key }
    if ((await countUnended(tx, number)) >= MAX_UNENDED) {
      throw conflict(
        `${MAX_UNENDED} imports of yours are not done with. Start or cancel some of them first.`,
      )
    }
    await insertImport(tx, {
      key,
      organization: number,
      kind,
      mode,
      quiet,
      starts_at_once: startsAtOnce,
      repeat_key: repeat,
      created_at: now,
    })
    // Of two calls at once that are the same one has made it.
    const its =
      (await findImport(tx, key)) ??
      (repeat === null ? undefined : await findByRepeatKey(tx, number, repeat))
    if (!its) throw new Error('an import was made and is not there')
    const isNew = its.key === key
    if (isNew) {
      appendEntry(tx, {
        ...{ organization: number, at: now, act, action: 'import.create', object: id },
        after: { kind, mode, quiet, start: startsAtOnce ? 'at-once' : 'later' },
      })
    }
    return { its, isNew }
  })
}

/** The organization's import; a 404 for an absent one and for another's. */
export async function getImport(
  { database }: Pick<ChangeParts, 'database'>,
  organization: Organization,
  id: string,
): Promise<Import> {
  const isId = IMPORT_ID.test(id)
  const its = isId
    ? await retry(() => findImport(database.db, importKey(organization, id)))
    : undefined
  if (!its) throw notFound(id)
  return its
}

/** Writes that somebody takes the rejected rows out, which are about customers. */
export async function journalRejects(
  { database, clock }: ChangeParts,
  { organization, act }: ImportCaller,
  { key }: Import,
): Promise<void> {
  const what = { action: 'import.export-rejects', object: idOfKey('import', key) } as const
  await inTx(database.db, (tx) =>
    appendEntry(tx, { organization: organization.number, at: clock.now(), act, ...what }),
  )
}

/**
 * Starts an import that was looked at. Starting it again changes nothing. A replacement that would take much
 * away needs `confirmed`, how many customers would lose something: that is counted anew at the start, and a
 * 409 says the number where another was given.
 */
export async function startImport(
  parts: ChangeParts,
  by: ImportCaller,
  id: string,
  confirmed: number | null = null,
): Promise<Import> {
  const before = await getImport(parts, by.organization, id)
  if (before.state === 'ready' && confirmed === null) refuseUnconfirmed(before)
  const move = {
    action: 'import.start',
    from: ['ready'],
    to: 'waiting',
    done: ['waiting', 'running', 'finished'],
    confirmed,
  } as const
  const its = await changeImport(parts, by, id, move)
  parts.wakeImports()
  if (its.mode !== 'replace' || its.state !== 'waiting') return its
  const counted = await untilCounted(parts, its)
  if (counted.state === 'ready') refuseUnconfirmed(counted)
  return counted
}

function refuseUnconfirmed({ preview }: Import): void {
  const number = preview?.confirm
  if (typeof number !== 'number') return
  throw new Problem(
    409,
    'ConfirmationNeeded',
    `This file would take away what earlier imports gave ${number} of your customers. Nothing is written. ` +
      `If that is meant, start the import with confirm=${number}; otherwise cancel it and send the whole file.`,
    { confirm: number },
  )
}

// A file of some ten thousand rows is counted within that time. Of a longer one, or one behind others, its
// state says later what came of the start.
const COUNTED_WITHIN_MS = 5_000
const LOOK_AGAIN_MS = 25

/** The import once it was counted what it takes away, if that takes no longer than a call may. */
async function untilCounted({ database }: ChangeParts, started: Import): Promise<Import> {
  let its = started
  const end = performance.now() + COUNTED_WITHIN_MS
  while (isBeingCounted(its) && performance.now() < end) {
    await pause(LOOK_AGAIN_MS)
    its = (await retry(() => findImport(database.db, its.key))) ?? its
  }
  return its
}

function isBeingCounted({ state, is_cleared: isCleared }: Import): boolean {
  return state === 'waiting' || (state === 'running' && !isCleared)
}

/** Does no more of an import. What is written stays, and can be undone. */
export async function cancelImport(
  parts: ChangeParts,
  by: ImportCaller,
  id: string,
): Promise<Import> {
  const from = ['receiving', 'checking', 'ready', 'waiting', 'running'] as const
  const move = { action: 'import.cancel', from, to: 'cancelled', done: ['cancelled'] } as const
  const its = await changeImport(parts, by, id, move)
  await dropBatches(parts, its.key)
  return its
}

/** For so long after its end a replacement can be undone: what it took from each customer is kept until then. */
export const REMOVALS_DAYS = 30

/** Takes back what an import gave, and gives back what it took as a replacement. */
export async function requestUndo(
  parts: ChangeParts,
  by: ImportCaller,
  id: string,
): Promise<Import> {
  refuseLate(await getImport(parts, by.organization, id), parts.clock.now())
  const from = ['finished', 'cancelled'] as const
  const move = { action: 'import.undo', from, to: 'undoing', done: ['undoing', 'undone'] } as const
  const its = await changeImport(parts, by, id, move).catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error
    throw conflict('Another import of yours is running or being undone. Undo this one after it.')
  })
  parts.wakeImports()
  return its
}

function refuseLate(its: Import, now: Date): void {
  const isUndoable = its.state === 'finished' || its.state === 'cancelled'
  const hasDone = its.written_batches > 0 || its.removed > 0
  const end = (its.ended_at?.getTime() ?? Infinity) + REMOVALS_DAYS * DAY_MS
  if (its.mode !== 'replace' || !isUndoable || !hasDone || now.getTime() < end) return
  throw conflict(
    `What a replacement took away is kept for ${REMOVALS_DAYS} days, so that it can't be undone any more. ` +
      'Send the file that is to hold with mode=replace.',
  )
}

interface ImportMove {
  action: `import.${string}`
  from: readonly ImportState[]
  to: ImportState
  /** In these states it was moved before: there is nothing to do. */
  done: readonly ImportState[]
  /** With a start: how many customers may lose something. */
  confirmed?: number | null
}

async function changeImport(
  parts: ChangeParts,
  { organization, act }: ImportCaller,
  id: string,
  { action, from, to, done, confirmed = null }: ImportMove,
): Promise<Import> {
  const { key } = await getImport(parts, organization, id)
  const at = parts.clock.now()
  return inTx(parts.database.db, async (tx) => {
    const moved = await moveImport(tx, key, { from: [...from], to, at, confirmed })
    if (moved) {
      const after = { state: to, ...(confirmed !== null && { confirmed }) }
      appendEntry(tx, {
        organization: organization.number,
        at,
        act,
        action,
        object: id,
        after,
      })
      return moved
    }
    const its = await findImport(tx, key)
    if (!its) throw notFound(idOfKey('import', key))
    if (done.includes(its.state)) return its
    throw conflict(`The import is ${its.state}; this can be done while it is ${from.join(' or ')}.`)
  })
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === '23505'
}
