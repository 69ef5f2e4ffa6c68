import { Button, Card, Code, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { useMe } from '../api/use-me.ts'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
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
      </Stack>
    </Page>
  )
}

function TaskCard({ task: { text, go, href } }: { task: Task }) {
  const router = useRouter()
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <Text size="sm" className="breaks">
          {text}
        </Text>
        <Button
          size="xs"
          variant="default"
          component="a"
          href={`/dashboard${href}`}
          onClick={(event: React.MouseEvent) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return
            event.preventDefault()
            router.history.push(`/dashboard${href}`)
          }}
        >
          {go}
        </Button>
      </Group>
    </Card>
  )
}
