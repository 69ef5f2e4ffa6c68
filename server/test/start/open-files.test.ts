import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { makeDataFolder } from '../support/templates.ts'
import { run } from './program.ts'
import type { Program } from './program.ts'

const KEY = 'a-key-of-the-operator-that-nobody-guesses-1'
const OPEN_FILES = 256
// As many as the whole program may have open; some are refused, and the rest is its callers' share.
const CALLERS = 256

let folder: string
let program: Program
let url: string
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

beforeEach(async () => {
  folder = await makeDataFolder(inject('pgliteFolder'), 'open-files')
  const env = { NEWCOMER_DATA: folder, NEWCOMER_OPERATOR_KEY: KEY }
  program = run('main.ts', env, [], OPEN_FILES)
  url = await program.url
})

afterEach(async () => {
  agent.destroy()
  program.child.kill('SIGKILL')
  await program.ended
  rmSync(folder, { recursive: true, force: true })
})

/** Creates an organization on the one connection that there was from the beginning. */
async function create(name: string): Promise<number | undefined> {
  const headers = {
    authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`,
    'content-type': 'application/json',
  }
  const call = request(`${url}/operator/v1/organizations`, { method: 'POST', agent, headers })
  call.end(JSON.stringify({ name, role: 'publisher' }))
  const [answer] = (await once(call, 'response')) as [{ statusCode?: number; resume(): void }]
  answer.resume()
  return answer.statusCode
}

/** A caller that begins to ask and says no more; undefined where it was turned away. */
function hang(): Promise<Socket | undefined> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  // Being turned away may be told as a reset.
  socket.on('error', () => undefined)
  // The first of its two calls is answered, so that it is known to be in.
  socket.write('GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\nGET /readyz HTTP/1.1\r\n')
  return new Promise((resolve) => {
    socket.once('data', () => resolve(socket))
    socket.once('close', () => resolve(undefined))
  })
}

test('callers without number leave the database its files, and everything goes on', async () => {
  expect(await create('Before')).toBe(200)
  const callers = await Promise.all(Array.from({ length: CALLERS }, hang))
  const held = callers.filter((caller) => caller !== undefined)
  // Half of what the process may open is kept from them.
  expect(held.length).toBeGreaterThan(50)
  expect(held.length).toBeLessThan(OPEN_FILES / 2)
  expect(await create('Meanwhile')).toBe(200)
  for (const caller of held) {
    const closed = once(caller, 'close')
    caller.destroy()
    await closed
  }
  expect(await create('Afterwards')).toBe(200)
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ meta: { status: 'ok' } })
})
