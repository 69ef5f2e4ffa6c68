import { Code, Stack, Text } from '@mantine/core'
import { useOrganization } from '../api/organization.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { writeCurl } from '../parts/curl.ts'

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
      <CodeBlock label="Command">
        {writeCurl({ method: 'GET', path: '/v1/organization' }, location.origin)}
      </CodeBlock>
    </Stack>
  )
}
