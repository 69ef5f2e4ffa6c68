import { Button, Card, Group, Modal, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { Publisher } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { useMay } from '../api/use-me.ts'
import { Failure } from '../parts/failure.tsx'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { sayAttribution, Since } from './standing.tsx'

// Who asks is shown at once; answered ones make room.
const MOST = 50

type Answer = 'approve' | 'decline'
interface Answering {
  publisher: Publisher
  answer: Answer
}

/** The publishers that ask, and the answer where the merchant may give it. Nothing where none does. */
export function Requests() {
  const org = useOrganization()
  const client = useClient()
  const isAllowed = useMay(org, 'commercial')
  const [answering, setAnswering] = useState<Answering>()
  const own = useQuery({
    queryKey: ['organization', org],
    queryFn: () => client.organization.get(),
  })
  const asking = useQuery({
    queryKey: ['publishers', org, 'pending'],
    queryFn: () => client.publishers.list({ status: 'pending', page_size: MOST }),
  })
  const error = own.error ?? asking.error
  if (error !== null) {
    const retry = () => void Promise.all([own.refetch(), asking.refetch()])
    return <Failure error={error} of="Who asks" onRetry={retry} />
  }
  if (!own.data || !asking.data) return <Skeleton h={72} role="status" aria-label="Loading" />
  const { objects, next } = asking.data
  if (objects.length === 0) return null
  const mayAnswer = isAllowed && own.data.answers_publishers
  const show = (publisher: Publisher) => (
    <Group gap="xs">
      <AnswerButton {...{ publisher, answer: 'approve', onChoose: setAnswering }} />
      <AnswerButton {...{ publisher, answer: 'decline', onChoose: setAnswering }} />
    </Group>
  )
  return (
    <Card withBorder component="section" aria-label="Requests">
      <Title order={2} size="h4">
        They ask to work with you
      </Title>
      <Text size="sm" mb="xs">
        {own.data.answers_publishers
          ? isAllowed
            ? 'A publisher sees no segment and no rate before you approve it.'
            : 'Members with the permission “commercial” answer them.'
          : 'The operator answers them.'}
        {next !== null && ` These are the first ${MOST}.`}
      </Text>
      <Rows
        caption="Publishers that ask"
        rows={objects}
        keyOf={({ id }) => id}
        columns={[
          { name: 'Publisher', show: ({ name }) => name },
          { name: 'Asked', show: (each) => <Since date={each.status_date} /> },
          { name: 'Attribution', show: (each) => sayAttribution(each.attribution_days) },
          ...(mayAnswer ? [{ name: 'Answer', show }] : []),
        ]}
      />
      <Confirm answering={answering} onClose={() => setAnswering(undefined)} />
    </Card>
  )
}

const LABELS: Record<Answer, string> = { approve: 'Approve', decline: 'Decline' }

function AnswerButton({
  publisher,
  answer,
  onChoose,
}: Answering & { onChoose: (answering: Answering) => void }) {
  return (
    <Button
      size="compact-sm"
      variant={answer === 'approve' ? 'filled' : 'default'}
      aria-haspopup="dialog"
      aria-label={`${LABELS[answer]} ${publisher.name}`}
      onClick={() => onChoose({ publisher, answer })}
    >
      {LABELS[answer]}
    </Button>
  )
}

const CONSEQUENCES: Record<Answer, string> = {
  approve:
    'It sees at once which of its own customers are new and active at your shop, where segments are switched on, and your rates; you owe it what they say for the orders that come from its links. Only the operator ends a partnership.',
  decline: 'It is told that the answer is no, and can ask again in 30 days.',
}

function Confirm({
  answering,
  onClose,
}: {
  answering: Answering | undefined
  onClose: () => void
}) {
  const org = useOrganization()
  const client = useClient()
  const { isBusy, act } = useAct()
  const send = async ({ publisher, answer }: Answering) => {
    await client.publishers.answer(publisher.id, answer)
    onClose()
    await queries.invalidateQueries({ queryKey: ['publishers', org] })
  }
  return (
    <Modal
      opened={answering !== undefined}
      onClose={onClose}
      title={answering && `${LABELS[answering.answer]} ${answering.publisher.name}?`}
    >
      {answering && (
        <Stack>
          <Text size="sm">{CONSEQUENCES[answering.answer]}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button
              loading={isBusy}
              onClick={() =>
                void act(() => send(answering), `${answering.publisher.name} has its answer.`)
              }
            >
              {LABELS[answering.answer]} it
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
