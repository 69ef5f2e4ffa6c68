import { Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { operator } from '../api/operator.ts'
import type { Role } from '../api/operator.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'
import { useAct } from '../parts/use-act.ts'
import { useFaults } from '../parts/use-faults.ts'
import { forgetOperated } from './use-operator.ts'

export interface CreateOrganizationProps {
  isOpen: boolean
  onClose: () => void
}

/** Makes a publisher or a merchant, and goes to its page. */
export function CreateOrganization({ isOpen, onClose }: CreateOrganizationProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Create an organization">
      {/* Opened again it is empty. */}
      {isOpen && <Form onClose={onClose} />}
    </Modal>
  )
}

function Form({ onClose }: Omit<CreateOrganizationProps, 'isOpen'>) {
  const navigate = useNavigate()
  const { isBusy, act } = useAct()
  const { faults, placeFaults } = useFaults()
  const [name, setName] = useState('')
  // Neither by itself: what it is can't be changed.
  const [role, setRole] = useState<Role>()
  const create = () =>
    act(async () => {
      if (role === undefined) return
      const fields = { name: name.trim(), role }
      const { id } = await placeFaults(() => operator.organizations.create(fields))
      await forgetOperated('organizations')
      await navigate({ to: '/operator/organizations/$id', params: { id } })
    }, 'It is created. Invite its first owner here.')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void create()
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          maxLength={255}
          data-autofocus
          value={name}
          error={faults['name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label="Role"
          description="It stays what it is."
          required
          value={role ?? null}
          onChange={(value) => setRole(value)}
        >
          <Stack gap={6} mt={6}>
            <Radio value="publisher" label="Publisher" description="brings customers" />
            <Radio value="merchant" label="Merchant" description="sells to them" />
          </Stack>
        </Radio.Group>
        <DialogButtons
          onLeave={onClose}
          isBusy={isBusy}
          disabled={name.trim() === '' || role === undefined}
        >
          Create it
        </DialogButtons>
      </Stack>
    </form>
  )
}
