import { Card, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { fetchDescription } from '../api/description.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { listEventTypes } from './list-event-types.ts'

/** What events there are, with what each looks like. */
export function EventTypesPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['event-types'],
    queryFn: async () => listEventTypes(await fetchDescription()),
    staleTime: Infinity,
  })
  return (
    <Page
      title="Event types"
      about="What your webhooks can be told, and what is watched under Events. Members may be added to events: take no notice of those that you do not know."
    >
      {error !== null && (
        <Failure error={error} of="The description" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={400} role="status" aria-label="Loading" />}
      <Stack>
        {data?.map(({ type, summary, example, schema }) => (
          <Card key={type} withBorder component="section" aria-label={type}>
            <Title order={2} size="h4">
              {type}
            </Title>
            <Text size="sm" mb="xs">
              {summary}.
            </Text>
            <Unfolded title="Example" of={type} json={example} />
            <Unfolded title="JSON Schema" of={type} json={schema} />
          </Card>
        ))}
      </Stack>
    </Page>
  )
}

function Unfolded({ title, of, json }: { title: string; of: string; json: unknown }) {
  return (
    <details className="unfolded">
      <summary>
        {title} <VisuallyHidden>of {of}</VisuallyHidden>
      </summary>
      <CodeBlock label={`${title} of ${of}`}>{JSON.stringify(json, null, 2)}</CodeBlock>
    </details>
  )
}
