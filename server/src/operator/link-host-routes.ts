import { Type } from 'typebox'
import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { None, none, One, one } from '../http/envelope.ts'
import { date } from '../http/schema.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx, retry } from '../kernel/database/transaction.ts'
import type { Directory } from '../organizations/directory.ts'
import { deleteLinkHost } from '../links/delete-link-host.ts'
import { findLinkHosts } from '../links/link-host-store.ts'
import { parseLinkHost } from '../links/link-host.ts'

export interface OperatorLinkHostParts {
  database: Database
  directory: Directory
  clock: Clock
}

const HostAnswer = Type.Object(
  { host: Type.String(), merchant_id: Type.String(), created_date: date() },
  { title: 'FoundLinkHost' },
)
const HostPath = Type.Object({ host: Type.String() })
const tags = ['operator']

/** Nothing proves that a merchant owns a host: the operator settles whose it is. */
export function operatorLinkHostRoutes({
  database,
  directory,
  clock,
}: OperatorLinkHostParts): Routes {
  const { db } = database
  return (api) => {
    api.get(
      '/link-hosts/:host',
      {
        schema: {
          operationId: 'findLinkHost',
          tags,
          summary: 'Which merchant has a host that links may lead to',
          params: HostPath,
          response: { 200: One(HostAnswer) },
        },
      },
      async (request) => {
        const host = parseLinkHost(request.params.host)
        const [found] = await retry(() => findLinkHosts(db, [host]))
        const merchant = found && directory.current().byNumber(found.merchant)
        if (!merchant) throw notFound(host)
        const created = found.created_at.toISOString()
        return one({ host, merchant_id: merchant.id, created_date: created })
      },
    )
    api.delete(
      '/link-hosts/:host',
      {
        schema: {
          operationId: 'releaseLinkHost',
          tags,
          summary: 'Take a host from the merchant that has it; links that lead there stop working',
          description: 'Any merchant may register it then.',
          params: HostPath,
          response: { 200: None },
        },
      },
      async (request) => {
        const host = parseLinkHost(request.params.host)
        const by = { merchant: undefined, act: actOf(request), now: clock.now() }
        await inTx(db, (tx) => deleteLinkHost(tx, by, host))
        return none()
      },
    )
  }
}
