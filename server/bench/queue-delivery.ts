import pg from 'pg'
import { createTargetRule } from '../src/webhooks/transport/target-rule.ts'
import { batchCalls } from '../src/kernel/database/batch-calls.ts'
import { newId } from '../src/kernel/id.ts'
import { createSender } from '../src/webhooks/transport/send.ts'
import { signatureHeaders, toSigningKey } from '../src/webhooks/transport/sign.ts'
import { SENDING } from './bare-loop.ts'
import { QUEUE_POOL } from './queue.ts'
import type { Deliver, QueueJob } from './queue.ts'

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

interface Attempt extends Pick<QueueJob, 'key' | 'sequence'> {
  id: string
  at: Date
  status: number | null
  error: string | null
  durationMs: number
}

/**
 * What the server does with an event besides finding it: writes its body with the id of the request,
 * signs it twice, sends it with the same client, so many at once, and records the attempt, in sets, before
 * the job may be completed.
 */
export async function createDelivery(url: string, target: string): Promise<Deliver> {
  const { origin, pathname: path } = new URL(target)
  const keys = [toSigningKey(SECRET)]
  const rule = { mode: 'development' as const, webhookAllow: [], webhookPorts: [443] }
  const { send } = createSender({ targetRule: createTargetRule(rule) })
  const pool = new pg.Pool({ connectionString: url, max: QUEUE_POOL })
  await pool.query(CREATE_ATTEMPTS)
  const record = batchCalls<Attempt, void>({
    concurrency: 1,
    work: (set) => insertAttempts(pool, set),
  })
  const slots = createSlots(SENDING)
  return async ({ key, sequence, message }) => {
    const id = newId('attempt')
    await slots.take()
    const at = new Date()
    const body = Buffer.from(JSON.stringify({ ...message, request_id: id }))
    const signatures = signatureHeaders(keys, { id: message.id, at, body })
    const headers = { 'content-type': 'application/json', 'user-agent': 'Bench/1', ...signatures }
    const { status, error, durationMs } = await send({ origin, path, headers, body })
    slots.giveBack()
    await record({ id, key, sequence, at, status, error, durationMs })
    if (status === null || status >= 300) throw new Error(error ?? `answered ${status}`)
  }
}

function createSlots(count: number) {
  let free = count
  const waiting: (() => void)[] = []
  return {
    async take(): Promise<void> {
      if (free-- <= 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    giveBack(): void {
      free++
      waiting.shift()?.()
    },
  }
}

// As the server's own, but for partitions.
const CREATE_ATTEMPTS = `
  create table if not exists attempts (
    id text not null, key text not null, sequence integer not null, at timestamptz not null,
    status integer, error text, duration_ms integer not null,
    primary key (key, sequence, at))`

async function insertAttempts(pool: pg.Pool, set: Attempt[]): Promise<{ answer: void }[]> {
  await pool.query({
    name: 'attempts',
    text: `
      insert into attempts (id, key, sequence, at, status, error, duration_ms)
      select * from unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[], $5::integer[],
        $6::text[], $7::integer[])`,
    values: [
      set.map((each) => each.id),
      set.map((each) => each.key),
      set.map((each) => each.sequence),
      set.map((each) => each.at.toISOString()),
      set.map((each) => each.status),
      set.map((each) => each.error),
      set.map((each) => each.durationMs),
    ],
  })
  return set.map(() => ({ answer: undefined }))
}
