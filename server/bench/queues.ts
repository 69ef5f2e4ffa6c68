import { graphileQueue } from './queue-graphile.ts'
import { pgBossQueue } from './queue-pg-boss.ts'

/** What the dispatcher is compared with. */
export const QUEUES = { 'pg-boss': pgBossQueue, 'graphile-worker': graphileQueue }
export type QueueName = keyof typeof QUEUES
export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[]
