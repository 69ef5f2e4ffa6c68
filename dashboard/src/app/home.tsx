import { Card, Code, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useOrganization } from '../api/organization.ts'
import { useMe } from '../api/use-me.ts'
import { Ticker } from '../events/ticker.tsx'
import { Copy } from '../parts/copy.tsx'
import { Numbers } from '../home/numbers.tsx'
import { Onboarding } from '../home/onboarding.tsx'
import { Failure } from '../parts/failure.tsx'
import { GoButton } from '../parts/go-button.tsx'
import { Page } from '../parts/page.tsx'
import { useTasks } from './use-tasks.ts'
import type { Task } from './use-tasks.ts'

/** What needs somebody today. */
export function HomePage() {
  const org = useOrganization()
  const { data: me } = useMe()
  const its = me?.memberships.find(({ organization }) => organization.id === org)?.organization
  const { isAllowed, tasks, isPending, error, retry } = useTasks()
  return (
    <Page
      title={its?.name ?? 'Home'}
      about={
        its && (
          <Group gap="xs" component="span">
            {its.role} <Code className="breaks">{org}</Code>
          </Group>
        )
      }
      actions={<Copy text={org} label="Copy the id" />}
    >
      <Stack>
        <Title order={2} size="h4">
          To do
        </Title>
        {error !== null && <Failure error={error} of="What is to do" onRetry={retry} />}
        {isPending && error === null && <Skeleton h={72} role="status" aria-label="Loading" />}
        {tasks.map((task) => (
          <TaskCard key={task.key} task={task} />
        ))}
        {tasks.length === 0 && !isPending && error === null && (
          <Text size="sm">
            {isAllowed
              ? 'Nothing: no webhook is paused, and no file waits.'
              : 'Nothing that you may do. Members with the permission “technical” see to webhooks and files.'}
          </Text>
        )}
        <Onboarding />
        <Numbers />
        {isAllowed && <Ticker />}
      </Stack>
    </Page>
  )
}

function TaskCard({ task: { text, go, href } }: { task: Task }) {
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <Text size="sm" className="breaks">
          {text}
        </Text>
        <GoButton label={go} href={`/dashboard${href}`} />
      </Group>
    </Card>
  )
}
