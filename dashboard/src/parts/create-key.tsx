import { Modal, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { KeyFields, NewApiKey } from '@newcomer/client/browser'
import { DialogButtons } from './dialog-buttons.tsx'
import { useAct } from './use-act.ts'
import { useFaults } from './use-faults.ts'

const DAY_MS = 86_400_000

const LIVES = [
  { value: 'never', label: 'never' },
  { value: '7', label: 'in 7 days' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
]

export interface CreateKeyProps {
  isOpen: boolean
  create: (fields: KeyFields) => Promise<NewApiKey>
  onClose: () => void
  /** Gets the key, which nobody shows again. */
  onMade: (secret: string) => void
}

export function CreateKey({ isOpen, ...rest }: CreateKeyProps) {
  return (
    <Modal opened={isOpen} onClose={rest.onClose} title="Create an API key">
      {/* Opened again it is empty. */}
      {isOpen && <Form {...rest} />}
    </Modal>
  )
}

function Form({ create, onClose, onMade }: Omit<CreateKeyProps, 'isOpen'>) {
  const { isBusy, act } = useAct()
  const { faults, placeFaults } = useFaults()
  const [name, setName] = useState('')
  const [life, setLife] = useState('never')
  const make = () =>
    act(async () => {
      const expires = life === 'never' ? null : new Date(Date.now() + Number(life) * DAY_MS)
      const fields = { name: name.trim(), expires_date: expires?.toISOString() ?? null }
      const made = await placeFaults(() => create(fields))
      onMade(made.key)
    })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="Which program it is for"
          required
          maxLength={255}
          data-autofocus
          value={name}
          error={faults['name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Expires"
          allowDeselect={false}
          data={LIVES}
          value={life}
          error={faults['expires_date']}
          onChange={(value) => setLife(value ?? 'never')}
        />
        <DialogButtons onLeave={onClose} isBusy={isBusy} disabled={name.trim() === ''}>
          Create it
        </DialogButtons>
      </Stack>
    </form>
  )
}
