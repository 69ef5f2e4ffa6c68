import { Anchor, Code, List, Skeleton, Stack, Text } from '@mantine/core'
import type { BrowserClient, Endpoint } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { Navigate, useParams, useRouter } from '@tanstack/react-router'
import { clientOf, useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { Copy } from '../parts/copy.tsx'
import { writeCurl } from '../parts/curl.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { listPlacesOfId } from './places-of-id.ts'
import type { Place } from './places-of-id.ts'

/** What has an id and no page of its own yet: what it is, as the API says it. */
export function FoundPage() {
  const { id = '' } = useParams({ strict: false })
  const org = useOrganization()
  const mayList = useMayRead(org, 'technical')
  const { data: webhooks, error: listError } = useQuery({
    queryKey: ['webhooks', org],
    queryFn: async () => (await clientOf(org).webhooks.list({ page_size: 500 })).objects,
    enabled: mayList,
  })
  const places = listPlacesOfId(id, org, webhooks ?? [])
  const own = places.find(({ href }) => href.startsWith(`/o/${org}/found/`))
  return (
    <Page title={own?.what ?? 'An id'} about={<Code className="breaks">{id}</Code>}>
      <Stack>
        {id.startsWith('attempt-') ? (
          <Attempt id={id} webhooks={webhooks} listError={listError} isAllowed={mayList} />
        ) : own?.call === undefined ? (
          <Text size="sm">This is no id that is shown here.</Text>
        ) : (
          <Answer call={own.call} what={own.what.toLowerCase()} />
        )}
        <Others places={places.filter((each) => each !== own)} />
      </Stack>
    </Page>
  )
}

function Answer({ call, what }: { call: string; what: string }) {
  const org = useOrganization()
  const { data, error, refetch } = useQuery({
    queryKey: ['found', org, call],
    queryFn: async () => (await clientOf(org).send({ method: 'GET', path: call })).object ?? null,
  })
  const curl = writeCurl({ method: 'GET', path: call }, location.origin)
  return (
    <>
      <Text size="sm">
        There is no page of its own for this kind of thing yet. This is what the API answers of the{' '}
        {what}, and how a program asks for it.
      </Text>
      {error !== null && (
        <Failure error={error} of={`The ${what}`} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && (
        <Skeleton h={160} role="status" aria-label="Loading" />
      )}
      {data !== undefined && <CodeBlock label="Answer">{JSON.stringify(data, null, 2)}</CodeBlock>}
      <CodeBlock label="Command">{curl}</CodeBlock>
      <div>
        <Copy text={curl} label="Copy as curl" />
      </div>
    </>
  )
}

const MOST_DELIVERIES = 500

/** The event that an attempt was made for, among those that were sent last. */
async function findAttempt(
  client: BrowserClient,
  id: string,
  webhooks: Endpoint[],
): Promise<{ webhook: string; event: string } | null> {
  for (const { id: webhook } of webhooks) {
    const page = await client.webhooks.deliveries(webhook, { page_size: MOST_DELIVERIES })
    const delivery = page.objects.find(({ attempts }) =>
      attempts.some(({ request_id: its }) => its === id),
    )
    if (delivery) return { webhook, event: delivery.event_id }
  }
  return null
}

interface AttemptProps {
  id: string
  /** Undefined while they are read. */
  webhooks: Endpoint[] | undefined
  listError: unknown
  isAllowed: boolean
}

function Attempt({ id, webhooks, listError, isAllowed }: AttemptProps) {
  const org = useOrganization()
  const ids = webhooks?.map((each) => each.id)
  const { data, error, refetch } = useQuery({
    queryKey: ['found', org, id, ids],
    queryFn: () => findAttempt(clientOf(org), id, webhooks ?? []),
    enabled: isAllowed && webhooks !== undefined,
  })
  if (!isAllowed) {
    return <Text size="sm">Attempts are seen by members with the permission “technical”.</Text>
  }
  if ((error ?? listError) !== null) {
    return <Failure error={error ?? listError} of="The attempt" onRetry={() => void refetch()} />
  }
  if (data === undefined) return <Skeleton h={160} role="status" aria-label="Loading" />
  if (data) {
    const params = { org, ...data }
    return <Navigate to="/o/$org/webhooks/$webhook/deliveries/$event" params={params} replace />
  }
  return (
    <Empty title="It is not among what was sent last.">
      <Text size="sm">
        An attempt is one request to a webhook’s receiver. The last {MOST_DELIVERIES} deliveries of
        each webhook were looked through. The request’s body names its event, <Code>hook-…</Code>:
        look for that.
      </Text>
    </Empty>
  )
}

function Others({ places }: { places: Place[] }) {
  const router = useRouter()
  if (places.length === 0) return null
  return (
    <List size="sm" aria-label="Where else it is shown">
      {places.map(({ description, href }) => (
        <List.Item key={href} className="breaks">
          <Anchor
            inherit
            underline="always"
            href={`/dashboard${href}`}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return
              event.preventDefault()
              router.history.push(`/dashboard${href}`)
            }}
          >
            {description}
          </Anchor>
        </List.Item>
      ))}
    </List>
  )
}
