import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Actor } from '../kernel/actor.ts'
import { newId } from '../kernel/id.ts'

/** Who does something, from where and in which request. */
export interface Act {
  /** Null: nobody that is known. */
  actor: Actor | null
  /** The network, as `truncateAddress` gives it; null: from nowhere else. */
  address: string | null
  /** `req-…`; null outside of requests. */
  request: string | null
}

/** What the service does by itself. */
export const SERVICE: Act = Object.freeze({
  actor: Object.freeze({ kind: 'service' }),
  address: null,
  request: null,
})

/** Values before or after: no secrets, no identifiers of customers, no e-mail addresses. */
export type EntryFields = Record<string, unknown>

export type EntryOutcome = 'done' | 'refused'

/** What is written into a journal. */
export interface NewEntry {
  /** Whose journal: an organization's number; null: the operator's own, for what concerns no organization. */
  organization: number | null
  at: Date
  act: Act
  /** A noun and a verb, such as `key.create`. */
  action: `${string}.${string}`
  /** The id of what it was done to, such as `key-…`; null where none may be kept. */
  object: string | null
  /** `done` unless given. */
  outcome?: EntryOutcome
  before?: EntryFields | undefined
  after?: EntryFields | undefined
}

/** The number of the operator's own journal; organizations count from 1. */
export const OPERATOR_JOURNAL = 0

/** How an actor is stored and shown: by its id, or as `operator` or `service`. */
export function actorText(actor: Actor | null): string | null {
  if (actor === null) return null
  return 'id' in actor ? actor.id : actor.kind
}

/**
 * The id of an entry. A request does one thing to one object once, so that a tx which is run again after
 * its commit was not answered makes no second entry.
 */
export function entryId({ organization, act, action, object }: NewEntry): string {
  if (act.request === null) return newId('entry')
  const content = JSON.stringify([act.request, organization, action, object])
  return `entry-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
}

/** The members that differ, as they were and as they are; undefined where none does. */
export function findDifferences(
  before: EntryFields,
  after: EntryFields,
): { before: EntryFields; after: EntryFields } | undefined {
  const differing = Object.keys({ ...before, ...after }).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  )
  if (differing.length === 0) return undefined
  const pick = (fields: EntryFields) =>
    Object.fromEntries(differing.map((name) => [name, fields[name] ?? null]))
  return { before: pick(before), after: pick(after) }
}
