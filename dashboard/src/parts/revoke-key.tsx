import { Modal, Stack, Text, TextInput } from '@mantine/core'
import type { ApiKey } from '@newcomer/client/browser'
import { useState } from 'react'
import { DialogButtons } from './dialog-buttons.tsx'
import { useAct } from './use-act.ts'
import { When } from './when.tsx'

// The server tells of a use up to an hour late.
const STILL_USED_MS = 25 * 3_600_000

export interface RevokeKeyProps {
  /** Undefined: nothing is asked. */
  apiKey: ApiKey | undefined
  revoke: (id: string) => Promise<void>
  onClose: () => void
}

/** Ends a key at once; of one that is in use the name is to be typed. */
export function RevokeKey({ apiKey, onClose, ...rest }: RevokeKeyProps) {
  return (
    <Modal
      opened={apiKey !== undefined}
      onClose={onClose}
      title={`Revoke the key ${apiKey?.name ?? ''}`}
    >
      {apiKey && <Form apiKey={apiKey} onClose={onClose} {...rest} />}
    </Modal>
  )
}

function Form({ apiKey, revoke, onClose }: RevokeKeyProps & { apiKey: ApiKey }) {
  const { isBusy, act } = useAct()
  const [typed, setTyped] = useState('')
  const { last_used_date: used, name } = apiKey
  const isUsed = used !== null && Date.now() - Date.parse(used) < STILL_USED_MS
  const isSure = !isUsed || typed === name
  const end = () =>
    act(async () => {
      await revoke(apiKey.id)
      onClose()
    }, 'The key is revoked.')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isSure) void end()
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
        <DialogButtons
          onLeave={onClose}
          leave="Keep it"
          isBusy={isBusy}
          disabled={!isSure}
          isDanger
        >
          Revoke it
        </DialogButtons>
      </Stack>
    </form>
  )
}
