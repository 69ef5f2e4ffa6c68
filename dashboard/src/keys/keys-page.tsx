import { Button, Group, Skeleton, Text } from '@mantine/core'
import type { ApiKey } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay, useMe } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { Secret } from '../parts/secret.tsx'
import { When } from '../parts/when.tsx'
import { CreateKey } from '../parts/create-key.tsx'
import { KEY_COLUMNS, KEY_END, KEY_USE } from '../parts/key-columns.tsx'
import { KeyUse } from './key-use.tsx'
import { RevokeKey } from '../parts/revoke-key.tsx'
import { RotateKey } from './rotate-key.tsx'
import { forgetKeys, useKeys } from './use-keys.ts'

type Dialog = { does: 'create' } | { does: 'rotate' | 'revoke'; key: ApiKey }

/** The keys by which the organization's programs call the API. */
export function KeysPage() {
  const org = useOrganization()
  const client = useClient()
  const mayChange = useMay(org, 'technical')
  const { data, error, refetch } = useKeys(mayChange)
  const [dialog, setDialog] = useState<Dialog>()
  const [secret, setSecret] = useState<string>()
  const close = () => setDialog(undefined)
  const show = (made: string) => {
    close()
    setSecret(made)
  }
  if (!mayChange) {
    return (
      <Page title="API keys">
        <Text>API keys are seen and made by members with the permission “technical”.</Text>
      </Page>
    )
  }
  return (
    <Page
      title="API keys"
      about="By these your programs call the API. A key can do all that the API does, for this organization."
      actions={<Button onClick={() => setDialog({ does: 'create' })}>Create a key</Button>}
    >
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h={160} role="status" aria-label="Loading" />}
      {data?.length === 0 && (
        <Empty title="There is no key.">
          <Text size="sm">Create one, and put it where your program keeps its secrets.</Text>
        </Empty>
      )}
      {data && data.length > 0 && <KeyRows keys={data} onChoose={setDialog} />}
      <CreateKey
        isOpen={dialog?.does === 'create'}
        create={async (fields) => {
          const made = await client.keys.create(fields)
          await forgetKeys()
          return made
        }}
        onClose={close}
        onMade={show}
      />
      <RotateKey
        apiKey={dialog?.does === 'rotate' ? dialog.key : undefined}
        onClose={close}
        onMade={show}
      />
      <RevokeKey
        apiKey={dialog?.does === 'revoke' ? dialog.key : undefined}
        revoke={async (id) => {
          await client.keys.revoke(id)
          await forgetKeys()
        }}
        onClose={close}
      />
      <Secret title="The new API key" secret={secret} onStored={() => setSecret(undefined)}>
        {secret !== undefined && <KeyUse secret={secret} />}
      </Secret>
    </Page>
  )
}

function KeyRows({ keys, onChoose }: { keys: ApiKey[]; onChoose: (dialog: Dialog) => void }) {
  const { data: me } = useMe()
  const nameOf = (by: string | null): string => {
    if (by === null) return 'unknown'
    if (by === me?.id) return 'you'
    return keys.find(({ id }) => id === by)?.name ?? (by === 'operator' ? 'the operator' : by)
  }
  return (
    <Rows
      caption="API keys"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        ...KEY_COLUMNS,
        {
          name: 'Created',
          show: (each) => (
            <>
              <When date={each.created_date} /> by {nameOf(each.created_by)}
            </>
          ),
        },
        KEY_USE,
        KEY_END,
        {
          name: 'Actions',
          show: (each) => (
            <Group gap={6}>
              <Button
                size="compact-sm"
                variant="default"
                disabled={each.replaced_by !== null}
                aria-label={`Roll ${each.name}`}
                onClick={() => onChoose({ does: 'rotate', key: each })}
              >
                Roll
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Revoke ${each.name}`}
                onClick={() => onChoose({ does: 'revoke', key: each })}
              >
                Revoke
              </Button>
            </Group>
          ),
        },
      ]}
    />
  )
}
