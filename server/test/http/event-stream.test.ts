import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { sendEvents } from '../../src/http/event-stream.ts'
import type { StreamedEvent } from '../../src/http/event-stream.ts'
import { open } from './raw.ts'

let server: Server | undefined
const LONGEST = { timeout: 20_000, interval: 5 }

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A server that answers with these events; how many were asked for, and whether that is over. */
async function serve(next: (count: number) => StreamedEvent | undefined) {
  const state = { asked: 0, isOver: false, unsent: 0 }
  async function* events(): AsyncGenerator<StreamedEvent | undefined> {
    try {
      for (;;) {
        await turn()
        yield next(++state.asked)
      }
    } finally {
      state.isOver = true
    }
  }
  server = createServer((_request: IncomingMessage, raw: ServerResponse) => {
    const reply = { raw, hijack: () => undefined, getHeaders: () => ({ 'x-first': '1' }) }
    vi.waitFor(() => {
      state.unsent = Math.max(state.unsent, raw.writableLength)
      expect(raw.destroyed).toBe(true)
    }, LONGEST).catch(() => undefined)
    void sendEvents(reply, events())
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('events are written one by one, and a heartbeat is none', async () => {
  const { state, url } = await serve((count) =>
    count === 2 ? undefined : { event: 'step', data: { count, text: 'a\nb' } },
  )
  const response = await fetch(url)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-first': '1',
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (text.split('\n\n').length < 4) text += (await reader.read()).value ?? ''
  expect(text.split('\n\n').slice(0, 3)).toEqual([
    'event: step\ndata: {"count":1,"text":"a\\nb"}',
    ': still there',
    'event: step\ndata: {"count":3,"text":"a\\nb"}',
  ])
  await reader.cancel()
  await vi.waitFor(() => expect(state.isOver).toBe(true), LONGEST)
})

test('for a reader that does not read no events pile up, and it may leave', async () => {
  const data = 'x'.repeat(100_000)
  const { state, url } = await serve(() => ({ event: 'step', data }))
  const socket = open(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.pause()
  let before = -1
  // The network between takes some megabytes of it.
  await vi.waitFor(
    () => {
      const isStill = before === state.asked && before > 0
      before = state.asked
      expect(isStill).toBe(true)
    },
    { timeout: 20_000, interval: 200 },
  )
  expect(state.isOver).toBe(false)
  expect(state.unsent).toBeLessThan(1_000_000)
  socket.destroy()
  await vi.waitFor(() => expect(state.isOver).toBe(true), LONGEST)
})
