import { describe, expect, test } from 'vitest'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { pauseEndpoint, resumeDeliveries } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import type { Cause } from '../../../src/events/event.ts'
import type { Sender, SendResult } from '../../../src/webhooks/transport/send.ts'
import { pglite, postgresql } from '../../support/databases.ts'
import { createModel } from './schedule-model.ts'
import type { Model, Said } from './schedule-model.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const OK: Said = { status: 204 }
const DOWN: Said = { status: 503 }

/** One endpoint, whose events are those of one cause. Times are in ms since the beginning. */
interface Part {
  cause: Cause
  batchSize: number
  customers: number
  answer(customer: number, sequence: number, at: number): Said
  /** When the next event of each of its customers happens. */
  happens: number[]
  /** When somebody pauses and resumes it. */
  pauses?: number[]
  resumes?: number[]
}

const between = (at: number, from: number, to: number) => at >= from * HOUR && at < to * HOUR

const parts: Part[] = [
  {
    // Answers hardly ever well, and asks for more or less time; second events wait behind.
    cause: 'order',
    batchSize: 1,
    customers: 4,
    answer: (customer, sequence, at) => {
      if (sequence === 2 && customer > 1) return OK
      const status = [500, 503, 429, 404][customer] ?? 500
      const asked = [
        null,
        Math.floor(at / SECOND) * SECOND + 25 * MINUTE,
        at + 2 * MINUTE,
        at + 5 * HOUR,
      ]
      const askedUntil = asked[customer] ?? null
      return askedUntil === null ? { status } : { status, askedUntil }
    },
    happens: [0, 30 * HOUR],
  },
  {
    // Begins to fail later, for ten hours; then it refuses some events for ever.
    cause: 'customer',
    batchSize: 1,
    customers: 3,
    answer: (_customer, sequence, at) => {
      if (between(at, 10, 20)) return DOWN
      return between(at, 20, 40) && sequence % 2 === 0 ? { status: 400 } : OK
    },
    happens: [0, 5 * HOUR, 10 * HOUR + 7 * SECOND, 11 * HOUR, 12.5 * HOUR, 21 * HOUR, 22 * HOUR],
  },
  {
    // Wants batches, and is down for so long that the first events of its lanes expire.
    cause: 'import',
    batchSize: 10,
    customers: 4,
    answer: (_customer, _sequence, at) => (between(at, 1, 90) ? DOWN : OK),
    happens: [0, 2 * HOUR, 2 * HOUR, 3 * HOUR + 1, 60 * HOUR, 100 * HOUR],
  },
  {
    // So many fail at once that it pauses itself; after the resume it is down for another hour.
    cause: 'order-deleted',
    batchSize: 1,
    customers: 6,
    answer: (_customer, _sequence, at) => (between(at, 24, 31) ? DOWN : OK),
    happens: [0, 24 * HOUR, 25 * HOUR, 32 * HOUR],
    resumes: [30 * HOUR],
  },
  {
    // Is paused by hand between two attempts, and again while its first events should expire.
    cause: 'erasure',
    batchSize: 1,
    customers: 2,
    answer: (_customer, _sequence, at) => (at < 100 * HOUR ? { status: 500 } : OK),
    happens: [MINUTE, HOUR],
    pauses: [20.2 * HOUR, 70 * HOUR],
    resumes: [20.3 * HOUR, 80 * HOUR],
  },
]

const END = 150 * HOUR

/** What happens from outside at a time. */
interface Turn {
  at: number
  part: Part
  what: 'happens' | 'pauses' | 'resumes'
}

const turns: Turn[] = parts
  .flatMap((part) =>
    (['happens', 'pauses', 'resumes'] as const).flatMap((what) =>
      (part[what] ?? []).map((at) => ({ at, part, what })),
    ),
  )
  .sort((left, right) => left.at - right.at)

interface Actor {
  part: Part
  model: Model
  id: string
  subjects: string[]
  /** How many events each customer had. */
  counts: number[]
}

describe.each([
  { create: postgresql, jitter: 0 },
  { create: pglite, jitter: 0.5 },
  { create: postgresql, jitter: 0.999 },
])(
  'a week on $create.name, jitter $jitter',
  ({ create, jitter }) => {
    test('go by the schedule: what is due is attempted, and nothing else', async () => {
      const world = await createWorld(create)
      try {
        await play(world, jitter)
      } finally {
        await world.close()
      }
    })
  },
  240_000,
)

async function play(world: World, jitter: number): Promise<void> {
  const began = world.clock.now().getTime()
  const elapsed = () => world.clock.now().getTime() - began
  const actors = await Promise.all(parts.map((part) => createActor(world, part, jitter)))
  const sent: string[] = []
  const sender = createScriptedSender(world, actors, { elapsed, began, sent })
  const dispatcher = world.dispatcher({ sender, random: () => jitter })
  const rest = [...turns]
  for (;;) {
    const at = Math.min(rest[0]?.at ?? Infinity, ...actors.map(({ model }) => model.nextAt()))
    if (at > END) break
    if (at > elapsed()) {
      world.clock.advance(at - elapsed() - 1)
      await dispatcher.deliverDue()
      expect(sent, `just before ${at}`).toEqual([])
      world.clock.advance(1)
    }
    while (rest[0]?.at === at) await take(world, rest.shift()!, actors, at)
    await dispatcher.deliverDue()
    const due = actors.flatMap(({ part, model }) =>
      model.attemptsAt(at).map(([customer, sequence]) => nameOf(part, customer, sequence)),
    )
    expect(sent.splice(0).sort(), `at ${at}`).toEqual(due.sort())
  }
  expect(rest).toEqual([])
  expect(await world.lanes()).toEqual([])
  const outcomes = Map.groupBy(await world.attempts(), ({ outcome }) => outcome)
  // First events of `order`, two of its second ones, what waited too long of `import` and `erasure`.
  expect(outcomes.get('expired')).toHaveLength(4 + 2 + 4 + 2)
  expect(outcomes.get('refused')).toHaveLength(2 * 3)
}

async function createActor(world: World, part: Part, jitter: number): Promise<Actor> {
  const { cause, batchSize, answer } = part
  const fields = { causes: [cause], batch_size: batchSize }
  const { id } = await world.endpoint(`https://receiver.test/${cause}`, undefined, fields)
  const subjects = Array.from({ length: part.customers }, () => world.customer())
  const counts = subjects.map(() => 0)
  return { part, model: createModel({ batchSize, jitter, answer }), id, subjects, counts }
}

function nameOf({ cause }: Part, customer: number, sequence: number): string {
  return `${cause}: event ${sequence} of customer ${customer}`
}

interface Body {
  customer_id: string
  sequence: number
  events?: Body[]
}

/** Answers as the parts say, and notes what it was sent. */
function createScriptedSender(
  world: World,
  actors: Actor[],
  { elapsed, began, sent }: { elapsed(): number; began: number; sent: string[] },
): Sender {
  function send(path: string, text: string): SendResult {
    const { part, subjects } = actors.find((actor) => path === `/${actor.part.cause}`)!
    const body = JSON.parse(text) as Body
    const heard = (body.events ?? [body]).map(({ customer_id: id, sequence }) => {
      const customer = subjects.findIndex((subject) => world.customers.get(subject) === id)
      return { customer, sequence }
    })
    for (const { customer, sequence } of heard) sent.push(nameOf(part, customer, sequence))
    const [first] = heard
    const { status, askedUntil } = part.answer(first!.customer, first!.sequence, elapsed())
    return { status, error: null, retryAfter: headerOf(askedUntil), answer: null, durationMs: 1 }
  }

  /** In seconds where that says it; else as the date. */
  function headerOf(askedUntil: number | undefined): string | null {
    if (askedUntil === undefined) return null
    const seconds = (askedUntil - elapsed()) / SECOND
    return Number.isInteger(seconds) ? String(seconds) : new Date(began + askedUntil).toUTCString()
  }

  return {
    send: ({ path, body }) => Promise.resolve(send(path, Buffer.from(body).toString())),
    close: () => Promise.resolve(),
  }
}

async function take(world: World, { part, what }: Turn, actors: Actor[], at: number) {
  const { model, id, subjects, counts } = actors.find((actor) => actor.part === part)!
  const { database, vault, clock, publisher } = world
  const by = { vault, organization: publisher, act: SERVICE, now: clock.now() }
  if (what === 'happens') {
    await world.happenSo({ cause: part.cause }, ...subjects)
    for (const customer of subjects.keys()) model.happen(customer, ++counts[customer]!, at)
  } else if (what === 'pauses') {
    await inTx(database.db, (tx) => pauseEndpoint(tx, by, id))
    model.pause()
  } else {
    expect(model.isPaused, `${part.cause} at ${at}`).toBe(true)
    await inTx(database.db, (tx) => resumeDeliveries(tx, by, id))
    model.resume(at)
  }
}
