import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ROUTE_PERMISSIONS } from '../../src/members/route-permissions.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { readDescribed } from '../support/described-schemas.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import type { Browser } from './browser.ts'
import { accept, codeOf, PASSWORD, setUpOperator, signIn } from './people.ts'

const MINUTE_MS = 60_000
const REASON = 'Ticket 17: deliveries are late'

const operations = Object.entries(readDescribed().paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      operationId,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, 'absent-0000000000000000'),
    })),
  )

// Sent by POST, with bodies of their own; they read.
const READS = ['findCustomers', 'checkHash', 'chooseRate', 'simulateRateCard', 'findLinkMerchant']

describe.each(databases)('a look over the shoulder on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 2, merchants: 0 })
  let [own, other] = [{} as Member, {} as Member]
  let browser: Browser
  let secret: string

  beforeAll(async () => {
    ;[own, other] = [network.publishers[0]!, network.publishers[1]!]
    ;({ browser } = await setUpOperator(network, 'olu@network.example'))
    const path = '/account/v1/factors/totp'
    ;({ secret } = await must(browser.account('POST', path, { name: 'phone' })))
    await must(browser.account('POST', `${path}/confirm`, { code: codeOf(secret, clock) }))
  })
  beforeEach(async () => {
    clock.advance(MINUTE_MS)
    await must(own.call('PATCH', '/v1/organization', { operator_may_look: true }))
  })

  const lookPath = ({ organization }: Member) =>
    `/operator/v1/organizations/${organization.id}/look`
  const stepUp = () => must(browser.account('POST', '/account/v1/step-up', { password: PASSWORD }))
  async function begin(): Promise<{ id: string; until_date: string }> {
    await stepUp()
    return must(browser.account('POST', lookPath(own), { reason: REASON }))
  }
  const read = (member = own, path = '/v1/organization') =>
    browser.organization(member.organization.id, 'GET', path)
  const log = (): Promise<Record<string, unknown>[]> =>
    must(own.call('GET', '/v1/audit-log?page_size=500'))

  test('begins with a step-up and a reason, by a person and by no key', async () => {
    expect((await read()).status).toBe(404)
    clock.advance(11 * MINUTE_MS)
    const late = await browser.account('POST', lookPath(own), { reason: REASON })
    expect([late.status, late.body.error.type]).toEqual([403, 'StepUpRequired'])
    await stepUp()
    expect((await browser.account('POST', lookPath(own), {})).status).toBe(400)
    expect((await browser.account('POST', lookPath(own), { reason: ' ' })).status).toBe(400)
    expect((await network.operator.call('POST', lookPath(own), { reason: REASON })).status).toBe(
      403,
    )
    expect((await read()).status).toBe(404)
    await begin()
    expect((await must(read())).id).toBe(own.organization.id)
    expect((await read(other)).status).toBe(404)
  })

  test('reads what members read, and changes nothing, whatever the route', async () => {
    await begin()
    const wrong: string[] = []
    for (const { operationId, method, path } of operations) {
      const { isStepUp } = ROUTE_PERMISSIONS[operationId]!
      const isRead = (method === 'GET' || READS.includes(operationId)) && isStepUp !== true
      const body = method === 'GET' ? undefined : {}
      const answer = await browser.organization(own.organization.id, method, path, body)
      const isRefused = answer.status === 403 && answer.body.error.type === 'LookOnly'
      if (isRefused === isRead || answer.body.error?.type === 'Forbidden') {
        wrong.push(`${operationId}: ${answer.status}`)
      }
    }
    expect(wrong).toEqual([])
    expect(operations.length).toBeGreaterThan(50)
  })

  test('is told to the organization: while it lasts, and in its audit log', async () => {
    const { id, until_date: until } = await begin()
    expect(await must(own.call('GET', '/v1/organization/looks'))).toEqual([
      expect.objectContaining({ id, reason: REASON, until_date: until }),
    ])
    const { looks } = await must(browser.account('GET', '/account/v1/me'))
    expect(looks).toEqual([expect.objectContaining({ id, organization: own.organization })])
    await must(browser.account('DELETE', lookPath(own)))
    expect((await read()).status).toBe(404)
    expect(await must(own.call('GET', '/v1/organization/looks'))).toEqual([])
    const { id: operator } = await must(browser.account('GET', '/account/v1/me'))
    const [end, start] = (await log()).filter(({ object }) => object === id)
    expect(start).toMatchObject({
      action: 'look.begin',
      actor: operator,
      after: { reason: REASON },
    })
    expect(end).toMatchObject({ action: 'look.end', actor: operator })
    expect(JSON.stringify(await log())).not.toContain('Olu')
  })

  test('ends after thirty minutes', async () => {
    await begin()
    // An operator's session that nobody uses ends sooner.
    for (const minutes of [10, 10, 9]) {
      clock.advance(minutes * MINUTE_MS)
      expect((await read()).status).toBe(200)
    }
    clock.advance(MINUTE_MS)
    expect((await read()).status).toBe(404)
    expect((await must(browser.account('GET', '/account/v1/me'))).looks).toEqual([])
  })

  test('ends where the organization switches it off, and is not begun until it is on', async () => {
    await begin()
    await must(own.call('PATCH', '/v1/organization', { operator_may_look: false }))
    expect((await read()).status).toBe(404)
    const refused = await browser.account('POST', lookPath(own), { reason: REASON })
    expect([refused.status, refused.body.error.type]).toEqual([403, 'LookRefused'])
    await must(own.call('PATCH', '/v1/organization', { operator_may_look: true }))
    expect((await read()).status).toBe(404)
  })

  test('ends with the sign-out, and with the removal of the operator', async () => {
    await begin()
    const { email } = await must(browser.account('GET', '/account/v1/me'))
    const again = openBrowser(network.url)
    const { challenge } = await must(signIn(again, email, PASSWORD))
    clock.advance(MINUTE_MS)
    const code = codeOf(secret, clock)
    await must(again.account('POST', '/account/v1/sign-in/totp', { challenge, code }))
    expect((await again.organization(own.organization.id, 'GET', '/v1/organization')).status).toBe(
      404,
    )
    const { link } = await must(
      network.operator.call('POST', '/operator/v1/invitations', { email: 'kim@network.example' }),
    )
    const kim = await accept(network, link, 'kim@network.example')
    expect((await read()).status).toBe(200)
    await must(browser.account('POST', '/account/v1/sign-out', {}))
    expect(await must(own.call('GET', '/v1/organization/looks'))).toEqual([])
    expect((await read()).status).toBe(401)
    browser = again
    await begin()
    const { id } = await must(browser.account('GET', '/account/v1/me'))
    await must(network.operator.call('PATCH', `/operator/v1/people/${id}`, { is_operator: false }))
    expect((await read()).status).toBeGreaterThanOrEqual(401)
    expect(kim.id).not.toBe(id)
  })
})
