import { Code, Stack, Text } from '@mantine/core'
import { useOrganization } from '../api/organization.ts'
import { CodeBlock } from '../parts/code-block.tsx'

/** How a program is given the key, and how one sees that it works. */
export function KeyUse({ secret }: { secret: string }) {
  const org = useOrganization()
  return (
    <Stack gap="xs">
      <Text size="sm">In a file of environment variables:</Text>
      <CodeBlock label="Environment variable">{`NEWCOMER_API_KEY=${secret}`}</CodeBlock>
      <Text size="sm">
        To try it; the answer names <Code>{org}</Code>:
      </Text>
      <CodeBlock label="Command">{`curl -u "$NEWCOMER_API_KEY:" ${location.origin}/v1/organization`}</CodeBlock>
    </Stack>
  )
}
