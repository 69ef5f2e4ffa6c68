import { afterAll, beforeAll, expect, test } from 'vitest'
import { setUpOperator } from '../members/people.ts'
import type { SignedIn } from '../members/people.ts'
import { pglite } from '../support/databases.ts'
import { startMailServer } from '../support/mail-server.ts'
import type { MailServer } from '../support/mail-server.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'

const PATH = '/operator/v1/mail-test'

let server: MailServer
let network: Network
let olu: SignedIn

beforeAll(async () => {
  server = await startMailServer()
  const config = { mail: { url: server.url, from: 'newcomer@network.example' } }
  network = await startFreshNetwork(pglite.create, { publishers: 1, merchants: 0, config })
  olu = await setUpOperator(network, 'olu@network.example')
})
afterAll(async () => {
  await network.stop()
  await server.close()
})

const post = (body: unknown = {}) => olu.browser.account('POST', PATH, body)

test('it goes to the operator who asks, and the journal says so without the address', async () => {
  expect(await must(post())).toEqual({ is_taken: true, status: null, error: null })
  expect(server.mails.map(({ to }) => to)).toEqual([olu.email])
  expect(server.mails[0]?.text).toContain('can send mail')
  const log = await must(network.operator.call('GET', '/operator/v1/audit-log?action=mail.test'))
  expect(log[0]).toMatchObject({ actor: olu.id, object: olu.id, after: { is_taken: true } })
  expect(JSON.stringify(log)).not.toContain(olu.email)
})

test('to no other address, and not at the word of a key alone', async () => {
  const before = server.mails.length
  expect((await post({ to: 'kim@rewards.example' })).status).toBe(400)
  expect((await network.operator.call('POST', PATH, {})).status).toBe(403)
  expect((await network.publishers[0]!.call('POST', PATH, {})).status).toBe(401)
  expect(server.mails).toHaveLength(before)
})

test('what the mail server answers is told, without the address that it repeats', async () => {
  server.become('refusing')
  const { status, body } = await post()
  server.become('willing')
  expect([status, body.object]).toEqual([200, { is_taken: false, status: 550, error: 'EENVELOPE' }])
})

test('without a mail server it is refused in a sentence', async () => {
  const without = await startFreshNetwork(pglite.create, { publishers: 0, merchants: 0 })
  try {
    const { browser } = await setUpOperator(without, 'una@network.example')
    const { status, body } = await browser.account('POST', PATH, {})
    expect([status, body.error.message]).toEqual([
      409,
      'No mail is sent: NEWCOMER_SMTP_URL is not set.',
    ])
  } finally {
    await without.stop()
  }
})
