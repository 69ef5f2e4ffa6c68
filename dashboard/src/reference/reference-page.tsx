import { Anchor, Code, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { fetchDescription } from '../api/description.ts'
import type { Description } from '../api/description.ts'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { listClientCalls } from './client-calls.ts'
import type { ClientCall } from './client-calls.ts'
import { OperationView } from './operation-view.tsx'
import { listGroups, narrow } from './operations.ts'

/** All that an API key may call, from the description that this Newcomer was built with. */
export function ReferencePage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['description'],
    queryFn: async () => {
      const [description, clientCalls] = await Promise.all([fetchDescription(), listClientCalls()])
      return { description, clientCalls }
    },
    staleTime: Infinity,
  })
  return (
    <Page
      title="API reference"
      about="All that a program can call for this organization, with an API key."
    >
      <Keys />
      {error !== null && (
        <Failure error={error} of="The description" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={400} role="status" aria-label="Loading" />}
      {data && <Operations {...data} />}
    </Page>
  )
}

/** Which keys there are to call with: their names, as only their holders have them. */
function Keys() {
  const org = useOrganization()
  const client = useClient()
  const maySee = useMayRead(org, 'technical')
  const { data: keys } = useQuery({
    queryKey: ['keys', org],
    queryFn: async () => (await client.keys.list()).objects,
    enabled: maySee,
  })
  return (
    <Text size="sm" mb="md" maw={720}>
      The examples take the key from <Code>NEWCOMER_API_KEY</Code>.{' '}
      {keys && keys.length > 0 && (
        <>
          This organization has{' '}
          {keys.map(({ name, last_four }) => sayKey(name, last_four)).join(', ')}.{' '}
        </>
      )}
      {maySee && (
        <Anchor
          underline="always"
          renderRoot={(props) => <Link to="/o/$org/keys" params={{ org }} {...props} />}
        >
          Make or replace a key
        </Anchor>
      )}
    </Text>
  )
}

function sayKey(name: string, lastFour: string | null): string {
  return lastFour === null ? `“${name}”` : `“${name}” (…${lastFour})`
}

function Operations({
  description,
  clientCalls,
}: {
  description: Description
  clientCalls: ClientCall[]
}) {
  const org = useOrganization()
  const navigate = useNavigate()
  const { operation } = useSearch({ strict: false })
  const [words, setWords] = useState('')
  const groups = narrow(listGroups(description), words)
  // An address that names one leads to it.
  useEffect(() => {
    if (operation !== undefined) document.getElementById(operation)?.scrollIntoView()
  }, [])
  const open = (name: string | undefined) =>
    void navigate({
      to: '/o/$org/api',
      params: { org },
      search: { operation: name },
      replace: true,
      resetScroll: false,
    })
  return (
    <Stack>
      <TextInput
        label="Find an operation"
        description="By its name, its path, or what it does"
        maw={480}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {groups.length === 0 && <Empty title="No operation has these words." />}
      {groups.map((group) => (
        <section key={group.name} aria-labelledby={`group-${group.name.replaceAll(' ', '-')}`}>
          <Title order={2} size="h4" id={`group-${group.name.replaceAll(' ', '-')}`}>
            {group.name}
          </Title>
          <Text size="sm" c="dimmed" mb="xs">
            {group.description}
          </Text>
          <Stack gap="xs">
            {group.operations.map((each) => (
              <OperationView
                key={each.operationId}
                description={description}
                clientCalls={clientCalls}
                operation={each}
                isOpen={each.operationId === operation}
                onToggle={(isOpen) => open(isOpen ? each.operationId : undefined)}
              />
            ))}
          </Stack>
        </section>
      ))}
    </Stack>
  )
}
