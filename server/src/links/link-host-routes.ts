import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { onlyMerchant } from '../http/caller.ts'
import { all, Many, None, none, One, one } from '../http/envelope.ts'
import { date } from '../http/schema.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import { deleteLinkHost } from './delete-link-host.ts'
import { listLinkHosts } from './link-host-store.ts'
import { MAX_LINK_HOSTS, parseLinkHost } from './link-host.ts'
import type { LinkHost } from './link-host.ts'
import { registerLinkHost } from './register-link-host.ts'

export interface LinkHostRouteParts {
  database: Database
  clock: Clock
}

const HostAnswer = Type.Object({ host: Type.String(), created_date: date() }, { title: 'LinkHost' })
const HostBody = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      maxLength: 1_024,
      description: 'A host name alone, such as `www.shop.example`. Other spellings are unified.',
    }),
  },
  { additionalProperties: false },
)
const HostPath = Type.Object({ host: Type.String() })
const tags = ['links']

/** The hosts that links may lead to: exact names, each of one merchant. */
export function linkHostRoutes({ database, clock }: LinkHostRouteParts): Routes {
  const { db } = database
  return (api) => {
    api.get(
      '/link-hosts',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'listLinkHosts',
          tags,
          summary: 'The hosts that links to the calling merchant may lead to, by name',
          description: 'The whole list at once.',
          response: { 200: Many(HostAnswer) },
        },
      },
      async (request) => {
        const { number } = onlyMerchant(request)
        const hosts = await retry(() => listLinkHosts(db, number))
        return all(request, hosts.map(toWire))
      },
    )
    api.post(
      '/link-hosts',
      {
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'registerLinkHost',
          tags,
          summary: 'Register a host that links may lead to; the same call again changes nothing',
          description: `At most ${MAX_LINK_HOSTS} a merchant. A host of another merchant is a 409.`,
          body: HostBody,
          response: { 200: One(HostAnswer) },
        },
      },
      async (request) => {
        const merchant = onlyMerchant(request)
        const host = parseLinkHost(request.body.host)
        const by = { act: actOf(request), now: clock.now() }
        return one(toWire(await inTx(db, (tx) => registerLinkHost(tx, merchant, host, by))))
      },
    )
    api.delete(
      '/link-hosts/:host',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'deleteLinkHost',
          tags,
          summary: 'Delete a host; links that lead there stop working',
          params: HostPath,
          response: { 200: None },
        },
      },
      async (request) => {
        const { number: merchant } = onlyMerchant(request)
        const host = parseLinkHost(request.params.host)
        const by = { merchant, act: actOf(request), now: clock.now() }
        await inTx(db, (tx) => deleteLinkHost(tx, by, host))
        return none()
      },
    )
  }
}

function toWire({ host, created_at }: LinkHost): Static<typeof HostAnswer> {
  return { host, created_date: created_at.toISOString() }
}
