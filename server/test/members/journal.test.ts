import { beforeAll, describe, expect, test, vi } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Call, Member } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import { PASSWORD, codeOf, joinOrganization, setUpOperator, signIn, tokenOf } from './people.ts'
import type { SignedIn } from './people.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const WRONG = 'nine yellow umbrellas'

interface LoggedEntry {
  action: string
  actor: string | null
  object: string | null
  outcome: string
  address: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

describe.each(databases)('what people do, in journals on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 2, merchants: 0 })
  let [left, right] = [{} as Member, {} as Member]
  let olu: SignedIn

  beforeAll(async () => {
    ;[left, right] = [network.publishers[0]!, network.publishers[1]!]
    olu = await setUpOperator(network, 'olu@network.example')
    await enrolTotp(olu)
  })

  /** The latest first. */
  const list = (call: Call, query = ''): Promise<LoggedEntry[]> =>
    must(call('GET', `/v1/audit-log?page_size=500${query}`))
  const ofOperator = (query = ''): Promise<LoggedEntry[]> =>
    must(
      network.operator.call(
        'GET',
        `/operator/v1/audit-log?organization=operator&page_size=500${query}`,
      ),
    )
  const actions = (entries: LoggedEntry[]) => entries.map(({ action }) => action).reverse()

  async function join(email: string, preset: string): Promise<SignedIn> {
    clock.advance(HOUR_MS)
    return joinOrganization(network, left, email, { preset })
  }

  async function enrolTotp({ browser }: SignedIn): Promise<string> {
    await must(browser.account('POST', '/account/v1/step-up', { password: PASSWORD }))
    const path = '/account/v1/factors/totp'
    const { secret } = await must(browser.account('POST', path, { name: 'canary phone' }))
    const code = codeOf(secret, clock)
    await must(browser.account('POST', `${path}/confirm`, { code }))
    clock.advance(MINUTE_MS)
    return secret
  }

  test('a sign-in, a step-up and a sign-out are in the journals of all its organizations', async () => {
    const kim = await join('kim@rewards.example', 'viewer')
    const { link } = await must(
      right.call('POST', '/v1/invitations', { email: kim.email, preset: 'owner' }),
    )
    const body = { token: tokenOf(link) }
    await must(kim.browser.account('POST', '/account/v1/invitations/accept', body))
    const browser = openBrowser(network.url)
    await must(signIn(browser, kim.email))
    await must(browser.account('POST', '/account/v1/step-up', { password: PASSWORD }))
    await must(browser.account('POST', '/account/v1/sign-out', {}))
    const about = `&object=${kim.id}`
    const inLeft = await list(left.call, about)
    expect(actions(inLeft).slice(-3)).toEqual([
      'person.sign-in',
      'person.step-up',
      'person.sign-out',
    ])
    const by = { by: 'password' }
    const seen = { actor: kim.id, outcome: 'done', address: '127.0.0.0/24' }
    expect(inLeft[2]).toMatchObject({ ...seen, before: null, after: by })
    // It was no member of the other one when it accepted the first invitation.
    expect(actions(inLeft)).toHaveLength(4)
    expect(actions(await list(right.call, about))).toEqual(actions(inLeft).slice(-3))
    expect(await ofOperator(about)).toEqual([])
  })

  test('wrong passwords are in the journals of whose they should be, or in the operator’s', async () => {
    const lee = await join('lee@rewards.example', 'viewer')
    const stranger = openBrowser(network.url)
    for (const email of [lee.email, lee.email, 'nobody@rewards.example']) {
      expect((await signIn(stranger, email, WRONG)).status).toBe(401)
    }
    const refused = { action: 'person.sign-in', outcome: 'refused', actor: null }
    const after = { by: 'password', reason: 'wrong' }
    await vi.waitFor(async () => {
      const [latest] = await ofOperator()
      expect(latest).toMatchObject({ ...refused, object: null, after })
    })
    const about = `&object=${lee.id}`
    const entries = await list(left.call, about)
    expect(entries[0]).toMatchObject({ ...refused, object: lee.id, after })
    expect(
      entries.filter(({ outcome }) => outcome === 'refused'),
      'once an hour',
    ).toHaveLength(1)
    for (let guess = 0; guess < 6; guess++) await signIn(stranger, lee.email, WRONG)
    await vi.waitFor(async () => {
      const [latest] = await list(left.call, about)
      expect(latest).toMatchObject({ ...refused, after: { reason: 'too many tries' } })
    })
    expect(await list(right.call, about)).toEqual([])
  })

  test('a wrong password of whoever is signed in is told as what it was for', async () => {
    const kai = await join('kai@rewards.example', 'viewer')
    expect(
      (await kai.browser.account('POST', '/account/v1/step-up', { password: WRONG })).status,
    ).toBe(401)
    await vi.waitFor(async () => {
      const [latest] = await list(left.call, `&object=${kai.id}`)
      expect(latest).toMatchObject({ action: 'person.step-up', outcome: 'refused' })
    })
    expect(await list(left.call, `&action=call.refuse&actor=${kai.id}`)).toEqual([])
  })

  test('passwords and factors', async () => {
    const mia = await join('mia@rewards.example', 'viewer')
    await enrolTotp(mia)
    const { browser, id } = mia
    await must(browser.account('POST', '/account/v1/recovery-codes', {}))
    await must(browser.account('PATCH', '/account/v1/me', { name: 'canary Mia' }))
    await must(browser.account('PATCH', '/account/v1/me', { name: 'canary Mia' }))
    const change = { current_password: PASSWORD, password: 'eleven purple canaries' }
    await must(browser.account('POST', '/account/v1/password', change))
    const { factors } = await must(browser.account('GET', '/account/v1/me'))
    await must(browser.account('DELETE', `/account/v1/factors/${factors[0].id}`))
    await must(browser.account('DELETE', '/account/v1/sessions'))
    const entries = await list(left.call, `&object=${id}`)
    expect(actions(entries)).toEqual([
      ...['person.sign-in', 'person.step-up', 'person.add-factor', 'person.renew-recovery-codes'],
      ...['person.rename', 'person.change-password', 'person.remove-factor', 'person.end-sessions'],
    ])
    expect(entries.find(({ action }) => action === 'person.remove-factor')).toMatchObject({
      actor: id,
      before: { factor: factors[0].id, kind: 'totp' },
    })
  })

  test('invitations and rights of members, by whom', async () => {
    const own = await join('own@rewards.example', 'owner')
    await must(own.browser.account('POST', '/account/v1/step-up', { password: PASSWORD }))
    const act = (method: string, path: string, body?: unknown) =>
      must(own.browser.organization(left.organization.id, method, path, body))
    const ann = { email: 'ann@rewards.example', preset: 'viewer' }
    const made = await act('POST', '/v1/invitations', ann)
    await act('DELETE', `/v1/invitations/${made.id}`)
    const zoe = await join('zoe@rewards.example', 'viewer')
    await must(signIn(own.browser, own.email))
    await act('PATCH', `/v1/members/${zoe.id}`, { preset: 'engineer' })
    await act('PATCH', `/v1/members/${zoe.id}`, { preset: 'engineer' })
    await act('DELETE', `/v1/members/${zoe.id}`)
    const byOwner = { actor: own.id, outcome: 'done' }
    expect((await list(left.call, `&object=${made.id}`)).reverse()).toMatchObject([
      { ...byOwner, action: 'invitation.create', after: { permissions: [] } },
      { ...byOwner, action: 'invitation.delete' },
    ])
    const [removed, changed, ...others] = await list(left.call, `&object=${zoe.id}`)
    const engineer = { permissions: ['technical', 'customers'] }
    expect(removed).toMatchObject({ ...byOwner, action: 'member.remove', before: engineer })
    const before = { permissions: [] }
    expect(changed).toMatchObject({ ...byOwner, action: 'member.change', before, after: engineer })
    expect(actions(others)).toEqual(['person.sign-in'])
    const [accepted] = await list(left.call, '&action=invitation.accept')
    expect(accepted).toMatchObject({ actor: zoe.id, after: { person: zoe.id, permissions: [] } })
  })

  test('what a member may not do, once an hour, with what is missing', async () => {
    const vic = await join('vic@rewards.example', 'viewer')
    const call = (path: string) => vic.browser.organization(left.organization.id, 'GET', path)
    for (const path of ['/v1/keys', '/v1/keys']) expect((await call(path)).status).toBe(403)
    await vi.waitFor(async () => {
      const refused = await list(left.call, `&actor=${vic.id}&action=call.refuse`)
      expect(refused).toMatchObject([
        {
          outcome: 'refused',
          after: { operation: 'listOwnKeys', status: 403, reason: 'rights' },
        },
      ])
    })
    const other = vic.browser.organization(right.organization.id, 'GET', '/v1/keys')
    expect((await other).status, 'one of which it is no member').toBe(404)
    expect((await vic.browser.account('GET', '/operator/v1/people')).status).toBe(403)
    await vi.waitFor(async () => {
      const [latest] = await ofOperator(`&actor=${vic.id}`)
      expect(latest).toMatchObject({ action: 'call.refuse', outcome: 'refused' })
    })
    expect(await list(right.call, `&actor=${vic.id}`)).toEqual([])
  })

  test('what an operator does to a person is in the journals of its organizations', async () => {
    const ned = await join('ned@rewards.example', 'viewer')
    const path = `/operator/v1/people/${ned.id}`
    const { call } = network.operator
    await must(call('POST', `${path}/reset-link`, {}))
    await must(call('DELETE', `${path}/sessions`))
    await must(call('DELETE', `${path}/factors`))
    await must(call('DELETE', path))
    const entries = await list(left.call, `&object=${ned.id}&actor=operator`)
    expect(actions(entries)).toEqual([
      ...['person.create-reset-link', 'person.end-sessions', 'person.clear-factors'],
      'person.erase',
    ])
    expect(actions(await ofOperator(`&object=${olu.id}`))).toEqual([
      ...['person.sign-in', 'person.step-up', 'person.add-factor'],
    ])
  })

  test('there is no address, name or secret of anybody in any of it, and the chains hold', async () => {
    const path = '/operator/v1/audit-log?page_size=500'
    const entries: LoggedEntry[] = await must(network.operator.call('GET', path))
    const all = JSON.stringify(entries.map((entry) => ({ ...entry, hash: null })))
    expect(all).toContain('person.change-password')
    expect(all).not.toMatch(/@|canar|bicycles|umbrellas|[\w-]{43}/)
    const { checks } = await network.server.parts.verify()
    const drift = checks.filter(({ name }) => name.includes('journal'))
    expect(drift.length).toBeGreaterThan(0)
    expect(drift.flatMap(({ samples }) => samples)).toEqual([])
  })
})
