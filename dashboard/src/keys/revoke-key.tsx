import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import type { ApiKey } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { forgetKeys } from './use-keys.ts'

// The server tells of a use up to an hour late.
const STILL_USED_MS = 25 * 3_600_000

export interface RevokeKeyProps {
  /** Undefined: nothing is asked. */
  apiKey: ApiKey | undefined
  onClose: () => void
}

/** Ends a key at once; of one that is in use the name is to be typed. */
export function RevokeKey({ apiKey, onClose }: RevokeKeyProps) {
  return (
    <Modal
      opened={apiKey !== undefined}
      onClose={onClose}
      title={`Revoke the key ${apiKey?.name ?? ''}`}
    >
      {apiKey && <Form apiKey={apiKey} onClose={onClose} />}
    </Modal>
  )
}

function Form({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [typed, setTyped] = useState('')
  const { last_used_date: used, name } = apiKey
  const isUsed = used !== null && Date.now() - Date.parse(used) < STILL_USED_MS
  const isSure = !isUsed || typed === name
  const revoke = () =>
    act(async () => {
      await client.keys.revoke(apiKey.id)
      onClose()
      await forgetKeys()
    }, 'The key is revoked.')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isSure) void revoke()
      }}
    >
      <Stack>
        <Text size="sm">
          It is refused within a second, everywhere, and can’t be brought back. It was last used{' '}
          <When date={used} />
          {isUsed && ': some program still calls with it. Roll it, to change that first'}.
        </Text>
        {isUsed && (
          <TextInput
            label={`Type its name: ${name}`}
            autoComplete="off"
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button type="submit" color="red" loading={isBusy} disabled={!isSure}>
            Revoke it
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
