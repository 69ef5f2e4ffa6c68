import { Code, Skeleton, Text } from '@mantine/core'
import { NewcomerError } from '@newcomer/client/browser'
import type { Envelope } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Me } from '../api/account.ts'
import { operator } from '../api/operator.ts'
import { clientOf } from '../api/organization.ts'
import { useMe } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { listPlacesOfId } from './places-of-id.ts'

/** Leads to where an id is shown, in whichever of the person's organizations it is. */
export function GoPage() {
  const { id = '' } = useParams({ strict: false })
  const { data: me } = useMe()
  const router = useRouter()
  const { data, error, refetch } = useQuery({
    queryKey: ['go', id],
    queryFn: () => (me ? findPlace(me, id) : null),
    enabled: me !== undefined,
  })
  useEffect(() => {
    if (typeof data === 'string') router.history.replace(`/dashboard${data}`)
  }, [data, router])
  return (
    <Page title="Looking for an id" about={<Code className="breaks">{id}</Code>}>
      {error !== null && <Failure error={error} of="The id" onRetry={() => void refetch()} />}
      {data === null && (
        <Empty title="Nothing that you can see has this id.">
          <Text size="sm">
            It is gone, or was never there, or is of an organization that you do not belong to:
            which of these, nobody is told.
          </Text>
        </Empty>
      )}
      {data !== null && error === null && (
        <Skeleton h={120} role="status" aria-label="Looking for it" />
      )}
    </Page>
  )
}

/** The path below /dashboard; null where nothing that the person may see has the id. */
async function findPlace(me: Me, id: string): Promise<string | null> {
  if (me.memberships.some(({ organization }) => organization.id === id)) return `/o/${id}`
  if (me.is_operator && id.startsWith('org-')) {
    const found = await unlessRefused(operator.organizations.get(id))
    if (found) return `/operator/organizations/${encodeURIComponent(id)}`
  }
  for (const { organization } of me.memberships) {
    const found = await findInOrganization(organization.id, id)
    if (found !== undefined) return found
  }
  return me.is_operator ? findInAllJournals(id) : null
}

const JOURNAL_FILTERS: [RegExp, 'request_id' | 'object'][] = [
  [/^req-/, 'request_id'],
  [/^(?:key|person|invitation|link|endpoint|import|ratecard)-/, 'object'],
]

/** What an operator sees of an id: who did something by it, or to it. */
async function findInAllJournals(id: string): Promise<string | null> {
  const [, filter] = JOURNAL_FILTERS.find(([pattern]) => pattern.test(id)) ?? []
  if (filter === undefined) return null
  const found = await unlessRefused(operator.listAuditLog({ [filter]: id }))
  if (!found || found.objects.length === 0) return null
  return `/operator/audit-log?${filter}=${encodeURIComponent(id)}`
}

async function findInOrganization(org: string, id: string): Promise<string | undefined> {
  const client = clientOf(org)
  const listed = await unlessRefused(client.webhooks.list({ page_size: 500 }))
  const places = listPlacesOfId(id, org, listed?.objects ?? [])
  // Its page does the looking.
  if (id.startsWith('attempt-')) return places[0]?.href
  for (const { href, call } of places) {
    if (call === undefined) continue
    const answer = await unlessRefused(client.send({ method: 'GET', path: call }))
    if (answer && hasSomething(answer)) return href
  }
  return undefined
}

/** One thing, or a list that is not empty. */
function hasSomething({ object, objects }: Envelope): boolean {
  return objects === undefined ? object !== undefined : objects.length > 0
}

/** An id that is unknown and one that the person may not see are answered alike: by nothing. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NewcomerError && isRefusal(error)) return undefined
    throw error
  }
}

/** Not for want of a session, or for too many calls. A call for the other role is a 401 as well. */
const isRefusal = ({ status, type }: NewcomerError): boolean =>
  status >= 400 && status < 500 && status !== 429 && type !== 'SignInRequired'
