import { Box, Button, Group, Skeleton, Text, Title } from '@mantine/core'
import type { ApiKey } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { operator } from '../api/operator.ts'
import { CreateKey } from '../parts/create-key.tsx'
import { Failure } from '../parts/failure.tsx'
import { KEY_COLUMNS, KEY_END, KEY_USE } from '../parts/key-columns.tsx'
import { RevokeKey } from '../parts/revoke-key.tsx'
import { Rows } from '../parts/rows.tsx'
import { Secret } from '../parts/secret.tsx'
import { When } from '../parts/when.tsx'
import { forgetOperated } from './use-operator.ts'

/** The keys that the organization's programs call with: made here where it has nobody yet who makes its own. */
export function OperatedKeys({ organization }: { organization: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['operator', 'keys', organization],
    queryFn: () => operator.keys.list(organization),
  })
  const [isCreating, setCreating] = useState(false)
  const [ending, setEnding] = useState<ApiKey>()
  const [secret, setSecret] = useState<string>()
  return (
    <Box>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          API keys
        </Title>
        <Button size="xs" variant="default" onClick={() => setCreating(true)}>
          Create a key
        </Button>
      </Group>
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h={80} role="status" aria-label="Loading" />}
      {data?.length === 0 && (
        <Text size="sm">There is none. Its owners can make keys as well.</Text>
      )}
      {data && data.length > 0 && <KeyRows keys={data} onRevoke={setEnding} />}
      <CreateKey
        isOpen={isCreating}
        create={async (fields) => {
          const made = await operator.keys.create(organization, fields)
          await forgetOperated('keys')
          return made
        }}
        onClose={() => setCreating(false)}
        onMade={(made) => {
          setCreating(false)
          setSecret(made)
        }}
      />
      <RevokeKey
        apiKey={ending}
        revoke={async (id) => {
          await operator.keys.revoke(organization, id)
          await forgetOperated('keys')
        }}
        onClose={() => setEnding(undefined)}
      />
      <Secret
        title="The new API key"
        secret={secret}
        about="Hand it to the organization by a way that nobody else reads."
        onStored={() => setSecret(undefined)}
      />
    </Box>
  )
}

function KeyRows({ keys, onRevoke }: { keys: ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  return (
    <Rows
      caption="API keys"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        ...KEY_COLUMNS,
        { name: 'Created', show: (each) => <When date={each.created_date} /> },
        KEY_USE,
        KEY_END,
        {
          name: 'Actions',
          show: (each) => (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Revoke ${each.name}`}
              onClick={() => onRevoke(each)}
            >
              Revoke
            </Button>
          ),
        },
      ]}
    />
  )
}
