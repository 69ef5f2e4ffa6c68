import { expect, test } from 'vitest'
import { pglite } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import { PASSWORD, codeOf, setUpTokenOf } from './people.ts'

const network = useNetwork(pglite.create, {
  publishers: 0,
  merchants: 0,
  config: { mode: 'production', publicUrl: 'https://network.example' },
})

test('in production the cookie is of this host alone, and everybody needs a second factor', async () => {
  const browser = openBrowser(network.url)
  const body = { name: 'Olu', email: 'olu@network.example', password: PASSWORD }
  const headers = {
    'newcomer-account': '1',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  }
  const token = await setUpTokenOf(network)
  const made = await browser.send('POST', '/account/v1/setup', {
    headers,
    body: { token, ...body },
  })
  expect(made.body.object.next).toBe('enrol')
  const [session, device] = made.headers.getSetCookie()
  const attributes = 'Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure'
  expect(session?.replace(/=[\w-]{43};/, '=…;')).toBe(`__Host-newcomer=…; ${attributes}`)
  expect(device).toMatch(/^__Host-newcomer-device=[\w-]+\.[\w-]+; Path=\/; .*; Secure$/)
  const refused = await browser.account('GET', '/operator/v1/organizations')
  expect([refused.status, refused.body.error.type]).toEqual([403, 'SecondFactorRequired'])
  const totp = await must(browser.account('POST', '/account/v1/factors/totp', { name: 'Phone' }))
  const before = browser.cookies.get('__Host-newcomer')
  const code = codeOf(totp.secret, { now: () => new Date() })
  await must(browser.account('POST', '/account/v1/factors/totp/confirm', { code }))
  expect(browser.cookies.get('__Host-newcomer')).not.toBe(before)
  await must(browser.account('GET', '/operator/v1/organizations'))
  const last = await browser.account('DELETE', `/account/v1/factors/${totp.id}`)
  expect(last.status).toBe(409)
})
