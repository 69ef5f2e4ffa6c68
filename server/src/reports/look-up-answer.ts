import type { Static } from 'typebox'
import { visibleMerchants } from '../customers/customer-answer.ts'
import { CAUSES } from '../events/event.ts'
import type { NewEvent } from '../events/event.ts'
import { StaleRead } from '../kernel/database/transaction.ts'
import type { Snapshot } from '../organizations/directory.ts'
import { SEGMENT_NAMES } from '../organizations/organization.ts'
import type { Organization } from '../organizations/organization.ts'
import { segmentsSeenSince, sinceWhen } from '../segments/since.ts'
import type { CustomerEventAnswer, CustomerStandingAnswer } from './look-up-schema.ts'
import type { CustomerHistory } from './read-history.ts'

/** Where a customer stands at each merchant whose segments its organization sees, and since when. */
export function answerHistory(
  { standing, stays }: CustomerHistory,
  caller: Organization,
  snapshot: Snapshot,
): Static<typeof CustomerStandingAnswer>[] {
  return visibleMerchants(caller, snapshot).flatMap((merchant) => {
    const isActive = standing.active.has(merchant.number)
    const segment = snapshot.segment(merchant.number, isActive ? 'active' : 'new')
    if (!segment) return []
    const partnership = snapshot.partnership(caller.number, merchant.number)
    const isOwn = merchant.number === caller.number
    const seenSince = isOwn ? null : segmentsSeenSince(merchant, partnership)
    const since = sinceWhen(isActive, stays.get(merchant.number), seenSince)
    return {
      id: segment.id,
      organization_id: merchant.id,
      organization_name: merchant.name,
      name: segment.name,
      since_date: since?.at.toISOString() ?? null,
      cause: CAUSES.find((each) => each === since?.cause) ?? null,
    }
  })
}

/** A move as its organization was told of it. */
export function answerEvent(
  event: NewEvent,
  snapshot: Snapshot,
): Static<typeof CustomerEventAnswer> {
  const { id, at, sequence, merchant, type } = event
  const organization = merchant === null ? undefined : snapshot.byNumber(merchant)
  if (!organization) throw new StaleRead('the directory')
  return {
    id,
    event_type: 'segment-change',
    date: at.toISOString(),
    sequence,
    organization_id: organization.id,
    previous: wordOf(SEGMENT_NAMES, event.previous),
    current: wordOf(SEGMENT_NAMES, event.current),
    cause: wordOf(CAUSES, event.cause),
    is_quiet: type === 'segment-change-quiet',
  }
}

/** Throws for what is none of the words. */
export function wordOf<T extends string>(words: readonly T[], text: string | null): T {
  const word = words.find((each) => each === text)
  if (word === undefined) throw new Error('an event of a segment says none')
  return word
}
