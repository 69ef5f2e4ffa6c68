import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { pglite } from '../support/databases.ts'
import { startMailServer } from '../support/mail-server.ts'
import type { MailServer } from '../support/mail-server.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { PASSWORD, codeOf, setUpOperator } from './people.ts'

let server: MailServer
let network: Network

beforeAll(async () => {
  server = await startMailServer()
  const config = { mail: { url: server.url, from: 'newcomer@network.example' } }
  network = await startFreshNetwork(pglite.create, { publishers: 0, merchants: 0, config })
})
afterAll(async () => {
  await network.stop()
  await server.close()
})

test('whoever changes what they prove who they are by is told so, with no secret and no link', async () => {
  const { browser, email } = await setUpOperator(network, 'olu@network.example')
  const { account } = browser
  /** The subject of the one mail that came of it. */
  async function mailOf(change: Promise<unknown>): Promise<string | undefined> {
    const before = server.mails.length
    await change
    await vi.waitFor(() => expect(server.mails).toHaveLength(before + 1))
    const { to, text } = server.mails.at(-1)!
    expect(to).toContain(email)
    expect(text).not.toMatch(/http|bicycles|umbrellas/)
    return /^Subject: (.*?)\r?$/m.exec(text)?.[1]
  }

  const path = '/account/v1/factors/totp'
  const { id, secret } = await must(account('POST', path, { name: 'Phone' }))
  const code = codeOf(secret, network.server.parts.clock)
  const subjects = [
    await mailOf(must(account('POST', `${path}/confirm`, { code }))),
    await mailOf(must(account('POST', '/account/v1/recovery-codes', {}))),
    await mailOf(must(account('DELETE', `/account/v1/factors/${id}`))),
    await mailOf(
      must(
        account('POST', '/account/v1/password', {
          current_password: PASSWORD,
          password: 'nine yellow umbrellas',
        }),
      ),
    ),
  ]
  expect(subjects).toEqual([
    'A second factor was added to your account',
    'New recovery codes were made; those before are good for nothing',
    'A second factor was removed from your account',
    'Your password was changed',
  ])
})

test('a mail server that refuses changes nothing of the change', async () => {
  server.become('refusing')
  const [olu] = await must(network.operator.call('GET', '/operator/v1/people'))
  const path = `/operator/v1/people/${olu.id}/factors`
  expect((await network.operator.call('DELETE', path)).status).toBe(200)
})
