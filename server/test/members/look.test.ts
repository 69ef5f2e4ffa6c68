import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { ROUTE_PERMISSIONS } from '../../src/members/route-permissions.ts'
import { clearSessions } from '../../src/members/sessions/end-sessions.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { readDescribed } from '../support/described-schemas.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import type { Browser } from './browser.ts'
import {
  accept,
  codeOf,
  joinOrganization,
  PASSWORD,
  setUpOperator,
  signIn,
  tokenOf,
} from './people.ts'

const MINUTE_MS = 60_000
const OPERATOR = 'olu@network.example'
const REASON = 'Ticket 17: deliveries are late'

const operations = Object.entries(readDescribed().paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      operationId,
      method: method.toUpperCase(),
      path,
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
    ;({ browser } = await setUpOperator(network, OPERATOR))
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
    const ids = await makeObjects()
    await begin()
    const before = await must(own.call('GET', '/v1/organization'))
    const wrong: string[] = []
    let found = 0
    for (const { operationId, method, path } of operations) {
      const { isStepUp } = ROUTE_PERMISSIONS[operationId]!
      const isRead = (method === 'GET' || READS.includes(operationId)) && isStepUp !== true
      // A stream of an import that waits for its file does not end.
      if (operationId === 'watchImport') continue
      const body = method === 'GET' ? undefined : {}
      const answer = await browser.organization(own.organization.id, method, ids(path), body)
      const isRefused = answer.status === 403 && answer.body.error.type === 'LookOnly'
      if (isRefused === isRead || answer.body.error?.type === 'Forbidden') {
        wrong.push(`${operationId}: ${answer.status}`)
      }
      if (answer.status === 200) found++
      const text = JSON.stringify(answer.body)
      for (const each of secrets) if (text.includes(each)) wrong.push(`${operationId}: a secret`)
      const foreign = await browser.organization(other.organization.id, method, ids(path), body)
      if (foreign.status !== 404) wrong.push(`${operationId} of another: ${foreign.status}`)
    }
    expect(wrong).toEqual([])
    expect(operations.length).toBeGreaterThan(50)
    // What is read are objects that there are, and not only refusals.
    expect(found).toBeGreaterThan(30)
    expect(await must(own.call('GET', '/v1/organization'))).toEqual(before)
  })

  let secrets: string[] = []

  /** Objects of the organization, with secrets; answers how a path names them. */
  async function makeObjects(): Promise<(path: string) => string> {
    const hook = { url: 'https://hooks.example/newcomer', event_types: ['segment-change'] }
    const webhook = await must(own.call('POST', '/v1/webhooks', hook))
    await must(own.call('POST', `/v1/webhooks/${webhook.id}/pause`, {}))
    const key = await must(own.call('POST', '/v1/keys', { name: 'app' }))
    const invitation = await must(
      own.call('POST', '/v1/invitations', { email: 'lee@publisher.example', preset: 'viewer' }),
    )
    const customer = { id: 'kim', email_sha256: emailHash('kim') }
    await must(own.call('POST', '/v1/customers', customer))
    const { id: file } = await must(own.call('POST', '/v1/imports'))
    secrets = [webhook.secret, key.key, tokenOf(invitation.link)]
    const given: Record<string, string> = {
      ...{ webhook: webhook.id, key: key.id, invitation: invitation.id },
    }
    return (path) =>
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        if (name === 'id') return path.startsWith('/v1/imports') ? file : customer.id
        return given[name] ?? 'absent-0000000000000000'
      })
  }

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

  /** The entries of a look, the last one first. */
  const entriesOf = async (id: string) => (await log()).filter(({ object }) => object === id)
  const whoAmI = async () => (await must(browser.account('GET', '/account/v1/me'))).id

  test('ends after thirty minutes, and the audit log says when that was', async () => {
    const { id, until_date: until } = await begin()
    // An operator's session that nobody uses ends sooner.
    for (const minutes of [10, 10, 9]) {
      clock.advance(minutes * MINUTE_MS)
      expect((await read()).status).toBe(200)
    }
    clock.advance(MINUTE_MS)
    expect((await read()).status).toBe(404)
    expect((await must(browser.account('GET', '/account/v1/me'))).looks).toEqual([])
    clock.advance(MINUTE_MS)
    // As the hourly chore does.
    for (let round = 0; round < 2; round++) {
      await inTx(network.db, (tx) => clearSessions(tx, clock.now()))
    }
    const [end, start] = await entriesOf(id)
    expect(start).toMatchObject({ action: 'look.begin', after: { until_date: until } })
    const after = { why: 'time', ended_date: until }
    expect(end).toMatchObject({ action: 'look.end', actor: 'service', after })
    expect(await entriesOf(id)).toHaveLength(2)
  })

  test('ends with a session whose time is over', async () => {
    const { id } = await begin()
    const { session } = await must(browser.account('GET', '/account/v1/me'))
    const now = clock.now()
    await sql`update sessions set ends_at = ${now} where id = ${session.id}`.execute(network.db)
    await inTx(network.db, (tx) => clearSessions(tx, now))
    const after = { why: 'session-ended', ended_date: now.toISOString() }
    expect((await entriesOf(id))[0]).toMatchObject({ action: 'look.end', after })
    browser = await signInAgain()
  })

  test('ends where another is begun in its place', async () => {
    const first = await begin()
    const second = await begin()
    const operator = await whoAmI()
    const after = { why: 'begun-anew', ended_date: clock.now().toISOString() }
    expect((await entriesOf(first.id))[0]).toMatchObject({ actor: operator, after })
    expect(await entriesOf(second.id)).toHaveLength(1)
    expect(await must(own.call('GET', '/v1/organization/looks'))).toMatchObject([{ id: second.id }])
  })

  test('ends where the organization switches it off, and is not begun until it is on', async () => {
    const { id } = await begin()
    await must(own.call('PATCH', '/v1/organization', { operator_may_look: false }))
    expect((await read()).status).toBe(404)
    const [end] = await entriesOf(id)
    expect(end).toMatchObject({ action: 'look.end', after: { why: 'switched-off' } })
    expect(end!['actor']).toMatch(/^key-/)
    const refused = await browser.account('POST', lookPath(own), { reason: REASON })
    expect([refused.status, refused.body.error.type]).toEqual([403, 'LookRefused'])
    await must(own.call('PATCH', '/v1/organization', { operator_may_look: true }))
    expect((await read()).status).toBe(404)
  })

  async function signInAgain(): Promise<Browser> {
    const again = openBrowser(network.url)
    const { challenge } = await must(signIn(again, OPERATOR, PASSWORD))
    clock.advance(MINUTE_MS)
    const code = codeOf(secret, clock)
    await must(again.account('POST', '/account/v1/sign-in/totp', { challenge, code }))
    return again
  }

  test('is of one session, and ends with the sign-out', async () => {
    const { id } = await begin()
    const again = await signInAgain()
    const foreign = await again.organization(own.organization.id, 'GET', '/v1/organization')
    expect([foreign.status, foreign.body.error.type]).toEqual([404, 'NotFound'])
    expect((await read()).status).toBe(200)
    const operator = await whoAmI()
    await must(browser.account('POST', '/account/v1/sign-out', {}))
    expect(await must(own.call('GET', '/v1/organization/looks'))).toEqual([])
    const gone = await read()
    expect([gone.status, gone.body.error.type]).toEqual([401, 'SignInRequired'])
    const after = { why: 'session-ended' }
    expect((await entriesOf(id))[0]).toMatchObject({ action: 'look.end', actor: operator, after })
    browser = again
  })

  test('is for no member, and ends for who becomes one', async () => {
    const { id } = await begin()
    const invitation = { email: OPERATOR, preset: 'viewer' }
    const { link } = await must(own.call('POST', '/v1/invitations', invitation))
    await must(browser.account('POST', '/account/v1/invitations/accept', { token: tokenOf(link) }))
    expect((await entriesOf(id))[0]).toMatchObject({ after: { why: 'became-member' } })
    expect(await must(own.call('GET', '/v1/organization/looks'))).toEqual([])
    await stepUp()
    const refused = await browser.account('POST', lookPath(own), { reason: REASON })
    expect([refused.status, refused.body.error.type]).toEqual([409, 'Conflict'])
    const change = await browser.organization(own.organization.id, 'PATCH', '/v1/organization', {
      description: 'By a viewer.',
    })
    expect([change.status, change.body.error.type]).toEqual([403, 'Forbidden'])
    await must(own.call('DELETE', `/v1/members/${await whoAmI()}`))
    browser = await signInAgain()
    await begin()
    expect((await read()).status).toBe(200)
  })

  test('is shown to members wherever they are', async () => {
    const grant = { preset: 'viewer' }
    const kim = await joinOrganization(network, own, 'kim@publisher.example', grant)
    const isLookedAt = async () => {
      const { memberships } = await must(kim.browser.account('GET', '/account/v1/me'))
      return memberships.map((each: { is_looked_at: boolean }) => each.is_looked_at)
    }
    await must(browser.account('DELETE', lookPath(own)))
    expect(await isLookedAt()).toEqual([false])
    await begin()
    expect(await isLookedAt()).toEqual([true])
    clock.advance(10 * MINUTE_MS)
    await read()
    expect(await isLookedAt()).toEqual([true])
    await stepUp()
    await must(browser.account('DELETE', lookPath(own)))
    expect(await isLookedAt()).toEqual([false])
  })

  // The last one: nobody is an operator afterwards who can sign in.
  test('ends with the rights of the operator', async () => {
    const { link } = await must(
      network.operator.call('POST', '/operator/v1/invitations', { email: 'kim@network.example' }),
    )
    const kim = await accept(network, link, 'kim@network.example')
    const { id } = await begin()
    const operator = await whoAmI()
    await must(
      network.operator.call('PATCH', `/operator/v1/people/${operator}`, { is_operator: false }),
    )
    const gone = await read()
    expect([gone.status, gone.body.error.type]).toEqual([401, 'SignInRequired'])
    const after = { why: 'session-ended' }
    expect((await entriesOf(id))[0]).toMatchObject({ actor: 'operator', after })
    expect(kim.id).not.toBe(operator)
  })
})
