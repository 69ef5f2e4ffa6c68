import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createClient } from '../src/index.ts'
import { readEvents } from '../src/server-events.ts'
import { IDLE_MS } from '../src/receive-body.ts'
import { one, silence, startServer } from './stub-server.ts'
import type { Answer } from './stub-server.ts'

const apiKey = 'sk-0123456789abcdef'

/** A clock that stands still unless a test moves it. Real sockets go on. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

const receiving = one({ id: 'import-1', state: 'receiving', received_bytes: 0 })
const checking = one({ id: 'import-1', state: 'checking', received_bytes: 8 })

test('an upload on which nothing moves is given up and mended', async () => {
  const server = await startServer(receiving, silence, receiving, receiving, checking)
  const { imports } = createClient({ apiKey, baseUrl: server.url, sleep: async () => {} })
  stopClock()
  const lost: string[] = []
  const created = imports.create('user_id\n', { onLost: ({ error }) => lost.push(error.message) })
  await vi.waitUntil(() => server.received.length === 2)
  // Waiting has moved the clock a little.
  await vi.advanceTimersByTimeAsync(IDLE_MS / 2)
  expect(lost).toEqual([])
  await vi.advanceTimersByTimeAsync(IDLE_MS / 2)
  expect(await created).toMatchObject({ state: 'checking' })
  expect(lost).toEqual([`Nothing moved for ${IDLE_MS} ms`])
})

test('a source may take its time', async () => {
  const server = await startServer(receiving, checking)
  const { imports } = createClient({ apiKey, baseUrl: server.url, sleep: async () => {} })
  stopClock()
  let go = () => {}
  const isTime = new Promise<void>((resolve) => (go = resolve))
  async function* slow() {
    yield 'user'
    await isTime
    yield '_id\n'
  }
  const created = imports.create(slow())
  await vi.waitUntil(() => server.received.length === 1)
  await vi.advanceTimersByTimeAsync(10 * IDLE_MS)
  go()
  expect(await created).toMatchObject({ state: 'checking' })
  expect(server.received[1]?.text).toBe('user_id\n')
})

test('events without so much as a heartbeat are given up, and listened to anew', async () => {
  const event = (name: string, state: string) => `event: ${name}\ndata: {"state":"${state}"}\n\n`
  const streams = (text: string, isEnd: boolean): Answer => {
    return (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text)
      if (isEnd) response.end()
    }
  }
  const server = await startServer(
    streams(event('progress', 'running'), false),
    streams(event('end', 'finished'), true),
  )
  const { imports } = createClient({ apiKey, baseUrl: server.url, sleep: async () => {} })
  stopClock()
  const watching = imports.watch('import-1')
  expect((await watching.next()).value).toEqual({ state: 'running', report: null })
  const next = watching.next()
  await vi.advanceTimersByTimeAsync(IDLE_MS)
  expect((await next).value).toEqual({ state: 'finished', report: null })
  expect((await watching.next()).done).toBe(true)
})

test('events are read in whatever pieces and with whatever line ends they come', async () => {
  const text = [
    ': comment\n\n',
    'event: progress\ndata: {"a":"ü"}\n\n',
    'event:end\ndata:1\ndata: 2\nid: 7\n\n',
    'data\n\n',
    'event: lonely\n\n',
  ].join('')
  const ends = fc.constantFrom('\n', '\r\n', '\r')
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(ends, lengths, async (end, steps) => {
      const bytes = Buffer.from(text.replaceAll('\n', end))
      async function* pieces() {
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const step = steps[turn % steps.length]!
          yield bytes.subarray(at, (at += step))
        }
        // The last line end may be half of one.
        yield Buffer.from('\n')
      }
      const events = []
      for await (const event of readEvents(pieces())) events.push(event)
      expect(events).toEqual([
        { event: 'progress', data: '{"a":"ü"}' },
        { event: 'end', data: '1\n2' },
        { event: 'message', data: '' },
      ])
    }),
  )
})
