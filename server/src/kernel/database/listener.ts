import pg from 'pg'
import { SILENT_MS, endWhenSilent } from './silent-wire.ts'

/** Hears the database's notifications (LISTEN/NOTIFY). */
export interface Listener {
  listen(channel: string, heard: () => void): Promise<void>
  close(): Promise<void>
}

// Until then changes of other processes are found by polling.
const RECONNECT_MS = 500
// A connection that only listens can't tell silence from peace, so that it asks.
const ASK_MS = SILENT_MS / 2

/** One connection that listens; when it breaks or goes silent it is made again, and every channel is called back. */
export function createListener(url: string): Listener {
  const channels = new Map<string, () => void>()
  let client: pg.Client | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'newcomer listener',
      connectionTimeoutMillis: SILENT_MS,
      keepAlive: true,
    })
    next.on('error', () => reconnect(next))
    next.on('end', () => reconnect(next))
    next.on('notification', ({ channel }) => channels.get(channel)?.())
    await next.connect()
    client = next
    askUntilItEnds(next)
    for (const [channel, heard] of channels) {
      await next.query(`listen ${pg.escapeIdentifier(channel)}`)
      heard()
    }
  }

  function reconnect(broken: pg.Client): void {
    if (closed || (client && client !== broken)) return
    client = undefined
    clearTimeout(timer)
    timer = setTimeout(() => void connect().catch(() => reconnect(broken)), RECONNECT_MS)
    timer.unref()
  }

  return {
    async listen(channel, heard) {
      channels.set(channel, heard)
      if (client) await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      else await connect()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}

function askUntilItEnds(client: pg.Client): void {
  endWhenSilent(client, () => undefined)
  const asking = setInterval(() => void client.query('select').catch(() => undefined), ASK_MS)
  asking.unref()
  client.once('end', () => clearInterval(asking))
}
