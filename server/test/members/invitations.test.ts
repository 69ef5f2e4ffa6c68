import { beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import type { Answer } from '../support/network.ts'
import { openBrowser } from './browser.ts'
import {
  PASSWORD,
  accept,
  joinOrganization,
  setUpOperator,
  setUpTokenOf,
  tokenOf,
} from './people.ts'
import type { SignedIn } from './people.ts'

const HOUR_MS = 3_600_000
const MEMBERS = '/v1/members'
const INVITATIONS = '/v1/invitations'
const ACCEPT = '/account/v1/invitations/accept'

describe.each(databases)('people and their invitations on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 2, merchants: 1 })
  let olu: SignedIn

  beforeAll(async () => {
    olu = await setUpOperator(network, 'olu@network.example')
  })

  const publisher = () => network.publishers[0]!
  const newcomer = (token: string) => ({ token, name: 'Kim', password: PASSWORD })

  test('the link of the set-up is for one, and there is none once there is an operator', async () => {
    await expect(setUpTokenOf(network)).rejects.toThrow('there is an operator already')
    expect(await must(olu.browser.account('GET', '/account/v1/me'))).toMatchObject({
      is_operator: true,
      memberships: [],
    })
    const body = { token: 'x'.repeat(43), name: 'Eve', email: 'eve@x.example', password: PASSWORD }
    const again = await openBrowser(network.url).account('POST', '/account/v1/setup', body)
    expect(again.status).toBe(404)
  })

  test('of many who accept an invitation at once one does', async () => {
    const invitation = { email: 'race@rewards.example', preset: 'engineer' }
    const { link } = await must(publisher().call('POST', INVITATIONS, invitation))
    expect(link).toMatch(/^http:\/\/localhost:\d+\/dashboard\/invitation#[\w-]{43}$/)
    const answers: Answer[] = await Promise.all(
      Array.from({ length: 8 }, () =>
        openBrowser(network.url).account('POST', ACCEPT, newcomer(tokenOf(link))),
      ),
    )
    const done = answers.filter(({ status }) => status === 200)
    expect(done).toHaveLength(1)
    const others = answers.filter(({ status }) => status !== 200).map(({ status }) => status)
    expect(others.every((status) => [404, 409].includes(status))).toBe(true)
    const members = await must(publisher().call('GET', MEMBERS))
    expect(members.map(({ email }: { email: string }) => email)).toEqual(['race@rewards.example'])
  })

  test('an invitation ends after three days, by being taken back, and by the next one', async () => {
    const invite = () =>
      must(
        publisher().call('POST', INVITATIONS, { email: 'late@rewards.example', preset: 'viewer' }),
      )
    const find = (link: string) =>
      openBrowser(network.url).account('POST', '/account/v1/invitations/find', {
        token: tokenOf(link),
      })
    const first = await invite()
    const second = await invite()
    expect((await find(first.link)).status).toBe(404)
    expect((await find(second.link)).body.object).toMatchObject({
      has_account: false,
      preset: 'viewer',
    })
    const foreign = network.publishers[1]!
    const path = `${INVITATIONS}/${second.id}`
    expect((await foreign.call('DELETE', path)).status).toBe(404)
    await must(publisher().call('DELETE', path))
    expect((await find(second.link)).status).toBe(404)
    const third = await invite()
    clock.advance(72 * HOUR_MS)
    expect((await find(third.link)).status).toBe(404)
    expect(await must(publisher().call('GET', INVITATIONS))).toEqual([])
  })

  test('an invitation of somebody with an account is for them alone', async () => {
    const [one, other] = [publisher(), network.publishers[1]!]
    const lee = await joinOrganization(network, one, 'lee@rewards.example', { preset: 'owner' })
    const { link } = await must(
      other.call('POST', INVITATIONS, { email: 'LEE@rewards.example', permissions: ['customers'] }),
    )
    const token = tokenOf(link)
    const stranger = openBrowser(network.url)
    expect((await stranger.account('POST', ACCEPT, newcomer(token))).status).toBe(409)
    expect((await olu.browser.account('GET', '/account/v1/me')).status).toBe(401)
    await must(
      olu.browser.account('POST', '/account/v1/sign-in', { email: olu.email, password: PASSWORD }),
    )
    expect((await olu.browser.account('POST', ACCEPT, { token })).status).toBe(409)
    await must(lee.browser.account('POST', ACCEPT, { token }))
    const { memberships } = await must(lee.browser.account('GET', '/account/v1/me'))
    expect(memberships).toMatchObject([
      { organization: { id: one.organization.id }, preset: 'owner' },
      { organization: { id: other.organization.id }, permissions: ['customers'], preset: null },
    ])
    await must(lee.browser.organization(one.organization.id, 'GET', MEMBERS))
    const refused = await lee.browser.organization(other.organization.id, 'GET', MEMBERS)
    expect([refused.status, refused.body.error.details]).toEqual([403, { permission: 'people' }])
  })

  test.each([
    { preset: ' owner' },
    { preset: 'owner ' },
    { preset: 'Owner' },
    { preset: 'owner\u200b' },
    { preset: 'operator' },
    { permissions: [' people'] },
    { permissions: ['people '] },
    { permissions: ['PEOPLE'] },
    { permissions: 'people' },
    { permissions: ['people'], preset: 'owner' },
    { is_operator: true, preset: 'viewer' },
    {},
  ])('an invitation with %j is refused', async (grant) => {
    const body = { email: 'padded@rewards.example', ...grant }
    expect((await publisher().call('POST', INVITATIONS, body)).status).toBe(400)
  })

  test('whoever is removed is out at once, with what they had sent out', async () => {
    const shop = network.merchants[0]!
    const { id } = shop.organization
    const ann = await joinOrganization(network, shop, 'ann@shop.example', { preset: 'owner' })
    const bob = await joinOrganization(network, shop, 'bob@shop.example', { preset: 'owner' })
    const invitation = { email: 'eve@shop.example', preset: 'owner' }
    const { link } = await must(bob.browser.organization(id, 'POST', INVITATIONS, invitation))
    await must(bob.browser.organization(id, 'GET', MEMBERS))
    expect((await ann.browser.organization(id, 'DELETE', `${MEMBERS}/${bob.id}`)).status).toBe(200)
    expect((await bob.browser.organization(id, 'GET', '/v1/link-hosts')).status).toBe(401)
    await must(
      bob.browser.account('POST', '/account/v1/sign-in', { email: bob.email, password: PASSWORD }),
    )
    expect((await bob.browser.organization(id, 'GET', '/v1/link-hosts')).status).toBe(404)
    const token = tokenOf(link)
    const accepted = await openBrowser(network.url).account('POST', ACCEPT, newcomer(token))
    expect(accepted.status).toBe(404)
    const last = await ann.browser.organization(id, 'DELETE', `${MEMBERS}/${ann.id}`)
    expect(last.status).toBe(409)
    const lessened = await shop.call('PATCH', `${MEMBERS}/${ann.id}`, { preset: 'viewer' })
    expect(lessened.status).toBe(409)
  })

  test('of two owners who remove each other at once one stays', async () => {
    const shop = await createShop()
    const ann = await joinOrganization(network, shop, 'ann@two.example', { preset: 'owner' })
    const bob = await joinOrganization(network, shop, 'bob@two.example', { preset: 'owner' })
    const remove = (who: SignedIn, whom: SignedIn) =>
      who.browser.organization(shop.id, 'DELETE', `${MEMBERS}/${whom.id}`)
    await Promise.all([remove(ann, bob), remove(bob, ann)])
    const members = await must(shop.call('GET', MEMBERS))
    expect(members).toHaveLength(1)
    expect(members[0].preset).toBe('owner')
  })

  async function createShop() {
    const { call } = network.operator
    const shop = { name: 'Two', role: 'merchant' }
    const { id } = await must(call('POST', '/operator/v1/organizations', shop))
    const { key } = await must(call('POST', `/operator/v1/organizations/${id}/keys`, { name: 'k' }))
    return { id: id as string, call: createCall(network.url, key) }
  }

  test('a change of permissions ends sessions and holds at once', async () => {
    const shop = network.merchants[0]!
    const { id } = shop.organization
    const tim = await joinOrganization(network, shop, 'tim@shop.example', { preset: 'engineer' })
    await must(tim.browser.organization(id, 'GET', '/v1/webhooks'))
    const changed = await must(shop.call('PATCH', `${MEMBERS}/${tim.id}`, { preset: 'viewer' }))
    expect(changed).toMatchObject({ permissions: [], preset: 'viewer' })
    expect((await tim.browser.organization(id, 'GET', '/v1/webhooks')).status).toBe(401)
    await must(
      tim.browser.account('POST', '/account/v1/sign-in', { email: tim.email, password: PASSWORD }),
    )
    expect((await tim.browser.organization(id, 'GET', '/v1/webhooks')).status).toBe(403)
    expect((await tim.browser.organization(id, 'GET', '/v1/link-hosts')).status).toBe(200)
  })

  test('operators see and withdraw open invitations, of theirs and of any organization', async () => {
    const { call } = network.operator
    const path = '/operator/v1/invitations'
    const { id: organization } = await createShop()
    const invite = async (body: object): Promise<{ id: string; link: string }> =>
      must(call('POST', path, { email: 'una@network.example', ...body }))
    const list = async (query: string): Promise<string[]> =>
      (await must(call('GET', path + query))).map(({ id }: { id: string }) => id)
    const before = await list('')
    const theirs = await invite({ organization, preset: 'owner' })
    const own = await invite({})
    expect(await list('')).toEqual([...before, own.id])
    expect(await list(`?organization=${organization}`)).toEqual([theirs.id])
    expect((await call('GET', `${path}?organization=org-0000000000000000`)).status).toBe(400)
    const shown = (await must(call('GET', path))).at(-1)
    expect(shown).toMatchObject({ email: 'una@network.example', permissions: [] })
    expect(JSON.stringify(shown)).not.toContain(tokenOf(own.link))

    for (const { id, link } of [own, theirs]) {
      await must(call('DELETE', `${path}/${id}`))
      expect((await call('DELETE', `${path}/${id}`)).status).toBe(404)
      const late = await openBrowser(network.url).account('POST', ACCEPT, newcomer(tokenOf(link)))
      expect(late.status).toBe(404)
    }
    expect(await list('')).toEqual(before)
    expect(await list(`?organization=${organization}`)).toEqual([])
    // Each journal has its own.
    const of = async (journal: string): Promise<string[]> => {
      const query = `?organization=${journal}&action=invitation.delete&page_size=1`
      const entries = await must(call('GET', `/operator/v1/audit-log${query}`))
      return entries.map(({ object }: { object: string }) => object)
    }
    expect(await of('operator')).toEqual([own.id])
    expect(await of(organization)).toEqual([theirs.id])
  })

  test("an organization's people are listed without those of others", async () => {
    const shop = await createShop()
    const path = `/operator/v1/people?organization=${shop.id}`
    expect(await must(network.operator.call('GET', path))).toEqual([])
    const grant = { preset: 'viewer' }
    const ute = await joinOrganization(network, shop, 'ute@two.example', grant)
    expect(await must(network.operator.call('GET', path))).toMatchObject([
      { id: ute.id, memberships: [{ organization: shop.id, permissions: [] }] },
    ])
    const absent = '/operator/v1/people?organization=org-0000000000000000'
    expect((await network.operator.call('GET', absent)).status).toBe(400)
  })

  test('operators are invited, made and unmade, and the last one stays', async () => {
    const invitation = { email: 'ola@network.example' }
    const { link } = await must(
      network.operator.call('POST', '/operator/v1/invitations', invitation),
    )
    const ola = await accept(network, link, invitation.email)
    await must(ola.browser.account('GET', '/operator/v1/organizations'))
    const path = (id: string) => `/operator/v1/people/${id}`
    const unmade = await ola.browser.account('PATCH', path(olu.id), { is_operator: false })
    expect(unmade.body.object.is_operator).toBe(false)
    expect((await ola.browser.account('DELETE', path(ola.id))).status).toBe(409)
    expect((await ola.browser.account('DELETE', path(olu.id))).status).toBe(200)
    expect((await olu.browser.account('GET', '/account/v1/me')).status).toBe(401)
    clock.advance(11 * 60_000)
    const stale = await ola.browser.account('POST', '/operator/v1/verify', {})
    expect([stale.status, stale.body.error.type]).toEqual([403, 'StepUpRequired'])
  })
})
