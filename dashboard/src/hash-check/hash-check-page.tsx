import { Card, Code, Stack, Text } from '@mantine/core'
import { CodeBlock } from '../parts/code-block.tsx'
import { Page } from '../parts/page.tsx'
import { SelfTestFields } from '../parts/self-test.tsx'

const CALL = `POST /v1/hash-check
{"email": "Test.User@example.com", "hash": "…"}`

/** Tells an engineer which mistake a hash of an address was made with. */
export function HashCheckPage() {
  return (
    <Page
      title="Check a hash"
      about="Which mistake does your system make? A hash that is made wrongly looks right and matches nobody."
    >
      <Stack maw={640}>
        <Card withBorder>
          <SelfTestFields />
        </Card>
        <Text size="sm">
          Programs ask the same by a call, with an address of an example domain; nothing of it is
          kept. The command <Code>newcomer import</Code> and <Code>hashEmail</Code> of the client
          hash as it is meant.
        </Text>
        <CodeBlock label="The call">{CALL}</CodeBlock>
      </Stack>
    </Page>
  )
}
