import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { resumeDeliveries } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import type { Endpoint } from '../../../src/webhooks/endpoints/endpoint.ts'
import { createMailer } from '../../../src/kernel/mailer.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import type { Mailer } from '../../../src/kernel/mailer.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import {
  createPauseMails,
  nextPauseMailAt,
  sendDuePauseMails,
} from '../../../src/webhooks/health/pause-mail.ts'
import { databases } from '../../support/databases.ts'
import { startMailServer } from '../../support/mail-server.ts'
import type { MailServer } from '../../support/mail-server.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const TO = 'alerts-canary@cashback.example'
const URL = 'http://cashback.example/hooks?token=canary'

describe.each(databases)('mails about paused endpoints on $name', (testDatabase) => {
  let world: World
  let server: MailServer
  let mailer: Mailer

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    server = await startMailServer()
    mailer = createMailer({ url: server.url, from: 'newcomer@network.example' }, { timeoutMs: 300 })
  })

  afterEach(async () => {
    await world.close()
    await server.close()
  })

  const change = () => {
    const { vault, publisher: organization, targetRule, clock } = world
    return { vault, organization, targetRule, act: SERVICE, now: clock.now() }
  }

  function endpoint(alertEmail: string | null = TO): Promise<Endpoint> {
    return world.endpoint(URL, ['segment-change'], { alert_email: alertEmail })
  }

  /** The endpoints pause themselves: all that is sent to them is answered so. */
  async function pause(status = 410): Promise<void> {
    const result = { status, error: null, retryAfter: null, answer: null, durationMs: 1 }
    const send = () => Promise.resolve(result)
    await world.happen(...Array.from({ length: 5 }, () => world.customer()))
    const dispatcher = world.dispatcher({ sender: { send, close: () => Promise.resolve() } })
    await dispatcher.deliverDue()
  }

  const sendDue = (more: { mailer?: Mailer } = {}) =>
    sendDuePauseMails({ ...world, mailer, ...more })

  async function dueAt(): Promise<Date | null> {
    const { rows } = await sql<{ alert_due_at: Date | null }>`
      select alert_due_at from endpoints order by number`.execute(world.database.db)
    return rows[0]?.alert_due_at ?? null
  }

  test('one goes out for each pause, and says what happened', async () => {
    const { id } = await endpoint()
    expect(await sendDue(), 'nothing happened yet').toBe(0)
    await pause(503)
    expect(await sendDue()).toBe(1)
    expect(await sendDue()).toBe(0)

    const [mail] = server.mails
    expect(mail).toMatchObject({ from: 'newcomer@network.example', to: TO })
    expect(mail?.text).toContain('Subject: A webhook of P paused itself\n')
    expect(mail?.text).toContain(`To: ${TO}\n`)
    expect(mail?.text).toContain(`Message-ID: <${id}.1@network.example>\n`)
    const text = mail?.text.replaceAll('=\n', '').replaceAll('\n', ' ')
    expect(text).toMatch(/of 5 events .* 5 were failing, .* last attempt was answered with 503/)
    expect(text).toContain('http://cashback.example')
    expect(text).not.toContain('token')

    world.clock.advance(MINUTE_MS)
    await inTx(world.database.db, (tx) => resumeDeliveries(tx, change(), id))
    await pause()
    expect(await sendDue()).toBe(1)
    expect(server.mails[1]?.text).toContain('it answered 410')
    expect(server.mails[1]?.text).toContain(`<${id}.2@network.example>`)
  })

  test('who gave no address is sent none, and nobody once it is resumed', async () => {
    await endpoint(null)
    const { id } = await endpoint()
    await pause()
    await inTx(world.database.db, (tx) => resumeDeliveries(tx, change(), id))
    expect(await sendDue()).toBe(0)
    expect(server.connections()).toBe(0)
    expect(await dueAt()).toBeNull()
  })

  test('a refusal is tried again, less and less often, for a day; the log has no address', async () => {
    await endpoint()
    server.become('refusing')
    await pause()
    const began = world.clock.now().getTime()
    const minutes: number[] = []
    for (let due = await dueAt(); due !== null; due = await dueAt()) {
      world.clock.advance(due.getTime() - world.clock.now().getTime() - 1)
      expect(await sendDue()).toBe(0)
      expect(await dueAt(), 'a millisecond early').toEqual(due)
      world.clock.advance(1)
      expect(await sendDue()).toBe(0)
      minutes.push((world.clock.now().getTime() - began) / MINUTE_MS)
    }
    expect(minutes).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440])
    expect(server.connections()).toBe(minutes.length)
    const lines = world.logged.filter((line) => line.includes('mail about'))
    expect(lines).toHaveLength(minutes.length)
    expect(lines.at(-1)).toMatch(/"level":50.*"code":"EENVELOPE","status":550.*given up/)
    expect(world.logged.join('\n')).not.toContain('canary')
  })

  test('a server that hangs is left, and another one sends it later', async () => {
    await endpoint()
    server.become('hanging')
    await pause()
    expect(await sendDue()).toBe(0)
    server.become('willing')
    world.clock.advance(MINUTE_MS)
    expect(await sendDue()).toBe(1)
    expect(world.logged.filter((line) => line.includes('"code":"EABORT"'))).toHaveLength(1)
  })

  test('two workers send it once; a dead one is followed by another', async () => {
    await endpoint()
    await pause()
    const stuck = Promise.withResolvers<undefined>()
    const dead: Mailer = { send: () => stuck.promise, stop: () => undefined }
    const dying = sendDue({ mailer: dead })
    await vi.waitFor(async () => expect(await dueAt()).not.toEqual(world.clock.now()))
    expect(await sendDue(), 'the other one has it').toBe(0)
    world.clock.advance(MINUTE_MS)
    expect(await sendDue()).toBe(1)
    stuck.resolve(undefined)
    await dying
    expect(await dueAt()).toBeNull()
    expect(server.mails).toHaveLength(1)
  })

  test('what ends late says nothing of a later pause', async () => {
    const { id } = await endpoint()
    await pause()
    const stuck = Promise.withResolvers<undefined>()
    const slow: Mailer = { send: () => stuck.promise, stop: () => undefined }
    const sending = sendDue({ mailer: slow })
    await vi.waitFor(async () => expect(await dueAt()).not.toEqual(world.clock.now()))
    world.clock.advance(1)
    await inTx(world.database.db, (tx) => resumeDeliveries(tx, change(), id))
    await pause()
    stuck.resolve(undefined)
    await sending
    expect(await sendDue()).toBe(1)
  })

  test('a stop does not wait for a server that hangs', async () => {
    await endpoint()
    server.become('hanging')
    await pause()
    const patient = createMailer({ url: server.url, from: 'a@network.example' })
    const mails = createPauseMails({ ...world, mailer: patient })
    mails.start()
    await vi.waitFor(() => expect(server.connections()).toBe(1))
    const began = performance.now()
    await mails.stop()
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('more than are sent at once are sent all', async () => {
    for (let index = 0; index < 12; index++) await endpoint()
    await pause()
    expect(await sendDue()).toBe(12)
  })
})

test('the pauses between tries grow, and end with the day', () => {
  const paused = new Date(0)
  const next = (ms: number) => nextPauseMailAt(paused, new Date(ms))?.getTime()
  expect([0, 30_000, HOUR_MS].map(next)).toEqual([MINUTE_MS, 90_000, 2 * HOUR_MS])
  expect([DAY_MS - 1, DAY_MS].map(next)).toEqual([DAY_MS, undefined])
})
