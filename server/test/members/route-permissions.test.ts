import { beforeAll, describe, expect, test } from 'vitest'
import { ROUTE_PERMISSIONS } from '../../src/members/route-permissions.ts'
import { PRESETS, PRESET_NAMES } from '../../src/members/people/preset.ts'
import type { Preset } from '../../src/members/people/preset.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { readDescribed } from '../support/described-schemas.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'
import { joinOrganization } from './people.ts'
import type { SignedIn } from './people.ts'

const STEP_UP_MS = 10 * 60_000
const ABSENT = '0000000000000000'

const routes = Object.entries(readDescribed().paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      operationId,
      method: method.toUpperCase(),
      path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => prefixOf(path, name) + ABSENT),
    })),
  )

function prefixOf(path: string, name: string): string {
  if (path.startsWith('/v1/imports')) return 'import-'
  const known: Record<string, string> = {
    webhook: 'endpoint-',
    member: 'person-',
    invitation: 'invitation-',
    replay: 'replay-',
    event: 'hook-',
    rate_card: 'ratecard-',
  }
  return known[name] ?? 'absent-'
}

test('every route under /v1 has an entry in the table, and nothing else has', () => {
  const described = routes.map(({ operationId }) => operationId)
  expect(Object.keys(ROUTE_PERMISSIONS).toSorted()).toEqual(described.toSorted())
  expect(described.length).toBeGreaterThan(50)
})

describe.each(databases)('what people may call on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 1, merchants: 1 })
  const people = new Map<string, SignedIn>()
  let publisher: Member
  let merchant: Member

  beforeAll(async () => {
    publisher = network.publishers[0]!
    merchant = network.merchants[0]!
    for (const preset of PRESET_NAMES) {
      for (const organization of [publisher, merchant]) {
        const { role } = organization.organization
        const email = `${preset}@${role}.example`
        people.set(
          `${preset} ${role}`,
          await joinOrganization(network, organization, email, { preset }),
        )
      }
    }
  })

  const personOf = (preset: Preset, { organization }: Member): SignedIn =>
    people.get(`${preset} ${organization.role}`)!

  const call = (
    { browser }: SignedIn,
    organization: string,
    { method, path }: { method: string; path: string },
  ): Promise<Answer> =>
    browser.organization(organization, method, path, method === 'GET' ? undefined : {})

  test.each(PRESET_NAMES)(
    '%s gets through where the table says so, and nowhere else',
    async (preset) => {
      const wrong: string[] = []
      for (const member of [publisher, merchant]) {
        const person = personOf(preset, member)
        for (const route of routes) {
          const { needs } = ROUTE_PERMISSIONS[route.operationId]!
          const mayCall =
            needs === 'membership' || (PRESETS[preset] as readonly string[]).includes(needs)
          const { status, body } = await call(person, member.organization.id, route)
          const isRefused = status === 403 && body.error.details.permission === needs
          const isOut = body.error?.type === 'SignInRequired'
          if (isRefused === mayCall || isOut) wrong.push(`${route.operationId}: ${status}`)
        }
      }
      expect(wrong).toEqual([])
    },
  )

  test('an organization that is not theirs is as one that there is not', async () => {
    const owner = personOf('owner', publisher)
    for (const route of routes) {
      const foreign = await call(owner, merchant.organization.id, route)
      const absent = await call(owner, `org-${ABSENT}`, route)
      expect([route.operationId, foreign.status]).toEqual([route.operationId, 404])
      expect(foreign.body).toEqual(absent.body)
    }
  })

  test("another organization's object is as one that there is not", async () => {
    const hook = { url: 'https://hooks.example/', event_types: ['segment-change'] }
    const { id: webhook } = await must(merchant.call('POST', '/v1/webhooks', hook))
    const { id: file } = await must(merchant.call('POST', '/v1/imports'))
    const invitation = await must(
      merchant.call('POST', '/v1/invitations', { email: 'x@shop.example', preset: 'viewer' }),
    )
    const member = personOf('viewer', merchant).id
    const owner = personOf('owner', publisher)
    const objects: [string, string, string[]][] = [
      ['/v1/webhooks/', webhook, ['GET', 'POST', 'DELETE']],
      ['/v1/imports/', file, ['GET']],
      ['/v1/invitations/', invitation.id, ['DELETE']],
      ['/v1/members/', member, ['PATCH', 'DELETE']],
    ]
    for (const [path, id, methods] of objects) {
      for (const method of methods) {
        const body = method === 'PATCH' ? { preset: 'owner' } : {}
        const ask = (its: string): Promise<Answer> =>
          owner.browser.organization(
            publisher.organization.id,
            method,
            path + its,
            method === 'GET' ? undefined : body,
          )
        const absentId = id.replace(/[0-9a-f]{16}$/, ABSENT)
        const [foreign, absent] = [await ask(id), await ask(absentId)]
        expect([path, method, foreign.status]).toEqual([path, method, 404])
        const text = JSON.stringify(foreign.body).replaceAll(id, absentId)
        expect(text).toBe(JSON.stringify(absent.body))
      }
    }
  })

  test('what matters asks for a step-up, which holds for ten minutes', async () => {
    const owner = personOf('owner', merchant)
    const { id } = merchant.organization
    clock.advance(STEP_UP_MS)
    const typeOf = async (route: (typeof routes)[number]): Promise<string | undefined> =>
      (await call(owner, id, route)).body.error?.type
    const asking: string[] = []
    for (const route of routes) {
      if ((await typeOf(route)) === 'StepUpRequired') asking.push(route.operationId)
    }
    const expected = routes.filter((route) => ROUTE_PERMISSIONS[route.operationId]?.isStepUp)
    expect(asking).toEqual(expected.map(({ operationId }) => operationId))
    expect(asking).toContain('removeMember')
    await must(
      owner.browser.account('POST', '/account/v1/step-up', { password: 'seven green bicycles' }),
    )
    for (const route of expected) expect(await typeOf(route)).not.toBe('StepUpRequired')
  })

  test("people use none of the organization's limit, and pauses name them", async () => {
    const path = `/operator/v1/organizations/${merchant.organization.id}`
    await must(network.operator.call('PATCH', path, { requests_per_minute: 2 }))
    const owner = personOf('owner', merchant)
    const statuses: number[] = []
    for (let count = 0; count < 10; count++) {
      const route = { method: 'GET', path: '/v1/webhooks' }
      statuses.push((await call(owner, merchant.organization.id, route)).status)
    }
    expect(new Set(statuses)).toEqual(new Set([200]))
    await must(merchant.call('GET', '/v1/webhooks'))
    await must(network.operator.call('PATCH', path, { requests_per_minute: 0 }))
    const [{ id }] = await must(merchant.call('GET', '/v1/webhooks'))
    const pause = { method: 'POST', path: `/v1/webhooks/${id}/pause` }
    const paused = await must(call(owner, merchant.organization.id, pause))
    expect(paused.paused.by).toBe(owner.id)
  })
})
