import { Card, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { CodeBlock } from '../parts/code-block.tsx'
import { Page } from '../parts/page.tsx'
import catalogue from './catalogue.json'

const schemas: Record<string, unknown> = catalogue.schemas

/** What events there are, with what each looks like. */
export function EventTypesPage() {
  return (
    <Page
      title="Event types"
      about="What your webhooks can be told, and what is watched under Events. Members may be added to events: take no notice of those that you do not know."
    >
      <Stack>
        {catalogue.types.map(({ type, summary, example, schema }) => (
          <Card key={type} withBorder component="section" aria-label={type}>
            <Title order={2} size="h4">
              {type}
            </Title>
            <Text size="sm" mb="xs">
              {summary}.
            </Text>
            <Unfolded title="Example" of={type} json={example} />
            <Unfolded title="JSON Schema" of={type} json={schemas[schema]} />
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
