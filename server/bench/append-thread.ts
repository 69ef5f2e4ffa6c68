import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { appendEvents } from '../src/events/append-events.ts'
import type { NewEvent } from '../src/events/event.ts'
import { createNotifier } from '../src/events/notifier.ts'
import { openPostgres } from '../src/kernel/database/database.ts'
import { newId } from '../src/kernel/id.ts'
import { createLog } from '../src/kernel/log.ts'
import { inTx } from '../src/kernel/database/transaction.ts'
import type { Appended, AppendRequest } from './append.ts'

const { url, parties, customers, happened, perSecond, seconds } = workerData as AppendRequest
const SET_MS = 10
const total = perSecond * seconds
const ids: string[] = []
const at = new BigInt64Array(total)

const database = await openPostgres(url)
const notifier = createNotifier({ database, log: createLog('warn') })

function draftEvent(index: number): NewEvent {
  const subject = customers[index % customers.length]
  if (subject === undefined) throw new Error('events need customers')
  return {
    id: newId('hook'),
    subject,
    sequence: happened + Math.floor(index / customers.length) + 1,
    at: new Date(),
    organization: parties.publisher.number,
    type: 'segment-change',
    merchant: parties.merchant,
    previous: 'new',
    current: 'active',
    cause: 'order',
    period: 1,
    blob: null,
  }
}

async function append(events: NewEvent[]): Promise<void> {
  await inTx(database.db, (tx) => appendEvents(tx, events))
  notifier.notify()
}

const appending: Promise<void>[] = []
const began = performance.now()
while (ids.length < total) {
  const due = Math.min(total, Math.floor(((performance.now() - began) * perSecond) / 1_000))
  const events: NewEvent[] = []
  while (ids.length < due) {
    const event = draftEvent(ids.length)
    at[ids.length] = process.hrtime.bigint()
    ids.push(event.id)
    events.push(event)
  }
  // Not one after the other: who appends in earnest doesn't wait for others who do.
  if (events.length > 0) appending.push(append(events))
  await pause(SET_MS)
}
await Promise.all(appending)
await database.close()
parentPort?.postMessage({ ids, at } satisfies Appended)
