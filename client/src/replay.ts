import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { SubscribableType } from './event.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** Which events are sent once more: those of a time, and of it all that the rest allows. */
export interface ReplayFields {
  /** When they happened: from here on… */
  start_date: string
  /** …until just before this. */
  end_date: string
  /** Only those whose delivery ended like this. */
  state?: 'acknowledged' | 'refused' | 'expired' | undefined
  event_types?: SubscribableType[] | undefined
  customer_id?: string | undefined
}

/** Events that are sent once more, with their old ids and a `replay_id`. */
export interface Replay {
  /** `replay-…` */
  id: string
  webhook_id: string
  /** The one event that is sent again; null for a replay of a time. */
  event_id: string | null
  start_date: string
  end_date: string
  state: 'acknowledged' | 'refused' | 'expired' | null
  event_types: SubscribableType[] | null
  customer_id: string | null
  status: 'gathering' | 'sending' | 'finished' | 'cancelled'
  /** How many are in line so far, and how many of them still wait. */
  events: number
  waiting: number
  created_date: string
}

export interface ReplayCalls {
  /** Sends one event again. Not repeated when the network fails. */
  resend(id: string, eventId: string): Promise<Replay>
  /** Sends many again. Not repeated when the network fails: look at `replays` then. */
  replay(id: string, fields: ReplayFields): Promise<Replay>
  /** Newest first. */
  replays(id: string, query?: PageQuery): Promise<Page<Replay>>
  getReplay(id: string, replayId: string): Promise<Replay>
  /** What waits is not sent; what was sent stays so. */
  cancelReplay(id: string, replayId: string): Promise<Replay>
}

const ENDPOINTS_PATH = '/v1/webhooks'

export function createReplayCalls(send: Send): ReplayCalls {
  const replaysOf = (id: string) => pathTo(ENDPOINTS_PATH, id, 'replays')
  const post = async (call: { path: string; body?: object; once?: true }): Promise<Replay> =>
    objectOf(await send({ method: 'POST', ...call }))
  return {
    resend: async (id, eventId) => {
      const path = pathTo(pathTo(ENDPOINTS_PATH, id, 'deliveries'), eventId, 'resend')
      return post({ path, once: true })
    },
    replay: async (id, fields) => post({ path: replaysOf(id), body: fields, once: true }),
    replays: async (id, query) => fetchPage(send, replaysOf(id), { ...query }),
    getReplay: async (id, replayId) =>
      objectOf(await send({ method: 'GET', path: pathTo(replaysOf(id), replayId) })),
    cancelReplay: async (id, replayId) => post({ path: pathTo(replaysOf(id), replayId, 'cancel') }),
  }
}
