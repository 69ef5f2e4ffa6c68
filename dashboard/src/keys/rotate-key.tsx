import { Modal, NumberInput, Stack, Text } from '@mantine/core'
import type { ApiKey } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'
import { useAct } from '../parts/use-act.ts'
import { forgetKeys } from './use-keys.ts'

const DEFAULT_OVERLAP_HOURS = 24

export interface RotateKeyProps {
  /** Undefined: nothing is asked. */
  apiKey: ApiKey | undefined
  onClose: () => void
  /** Gets the new key, which nobody shows again. */
  onMade: (secret: string) => void
}

/** Puts a new key in place of one, which works on for a while. */
export function RotateKey({ apiKey, ...rest }: RotateKeyProps) {
  return (
    <Modal
      opened={apiKey !== undefined}
      onClose={rest.onClose}
      title={`Roll the key ${apiKey?.name ?? ''}`}
    >
      {apiKey && <Form apiKey={apiKey} {...rest} />}
    </Modal>
  )
}

function Form({ apiKey, onClose, onMade }: RotateKeyProps & { apiKey: ApiKey }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [hours, setHours] = useState<number>(DEFAULT_OVERLAP_HOURS)
  const rotate = () =>
    act(async () => {
      const made = await client.keys.rotate(apiKey.id, { overlap_hours: hours })
      onMade(made.key)
      await forgetKeys()
    })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void rotate()
      }}
    >
      <Stack>
        <Text size="sm">
          A new key of the same name takes its place. The old one works on until the overlap ends,
          so that your machines can change one after another; with 0 hours it ends at once.
        </Text>
        <NumberInput
          label="Overlap in hours"
          min={0}
          max={168}
          allowDecimal={false}
          data-autofocus
          value={hours}
          onChange={(value) => setHours(Number(value))}
        />
        <DialogButtons onLeave={onClose} isBusy={isBusy}>
          Make a new key
        </DialogButtons>
      </Stack>
    </form>
  )
}
