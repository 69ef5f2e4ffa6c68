import { Card, Group, Select, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { RateChoiceFields } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { Failure } from '../parts/failure.tsx'
import { sayRate } from '../parts/money.ts'
import { Sentences } from '../parts/proof.tsx'
import { PublisherSelect } from '../parts/publisher-select.tsx'

/** "Who would get what?": which rate a line would be paid by now, and why, as the server would pay it. */
export function RateTester() {
  const [publisher, setPublisher] = useState<string>()
  const [segment, setSegment] = useState<'new' | 'active'>('new')
  const [category, setCategory] = useState('')
  const [currency, setCurrency] = useState('USD')
  const code = currency.trim().toUpperCase()
  const line = {
    publisher_id: publisher,
    segment,
    category: category.split('>').filter((each) => each.trim() !== ''),
    // Half of a code is nobody's fault: until it is whole no fixed amount is paid.
    currency: /^[A-Z]{3}$/.test(code) ? code : undefined,
  }
  return (
    <Card withBorder component="section" aria-label="Who would get what">
      <Title order={2} size="h4">
        Who would get what?
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Which rate a line of an order would be paid by, if it was placed now.
      </Text>
      <Group align="flex-end" gap="xs" mb="sm">
        <PublisherSelect
          placeholder="one without a card"
          value={publisher}
          onChange={setPublisher}
        />
        <Select
          label="Segment"
          w={110}
          allowDeselect={false}
          data={['new', 'active']}
          value={segment}
          onChange={(value) => setSegment(value === 'active' ? 'active' : 'new')}
        />
        <TextInput
          label="Category"
          placeholder="clothes > shoes"
          value={category}
          onChange={(event) => setCategory(event.currentTarget.value)}
        />
        <TextInput
          label="Currency"
          w={90}
          value={currency}
          onChange={(event) => setCurrency(event.currentTarget.value)}
        />
      </Group>
      <Chosen line={line} />
    </Card>
  )
}

// Nobody reads an answer to half a word.
const TYPING_MS = 150

function Chosen({ line }: { line: RateChoiceFields }) {
  const org = useOrganization()
  const client = useClient()
  const [asked] = useDebouncedValue(line, TYPING_MS)
  const { data, error, refetch } = useQuery({
    queryKey: ['rate-cards', org, 'choice', asked],
    queryFn: () => client.rateCards.choose(asked),
    placeholderData: keepPreviousData,
  })
  if (error !== null) {
    return <Failure error={error} of="The rate" onRetry={() => void refetch()} />
  }
  if (!data) return <Skeleton h={60} role="status" aria-label="Loading the rate" />
  return (
    <Stack gap={4} role="status">
      <Text fw={600}>{data.rate ? sayRate(data.rate) : 'Nothing'}</Text>
      <Sentences sentences={data.reasons.map(({ message }) => message)} />
    </Stack>
  )
}
