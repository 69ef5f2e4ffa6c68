import { Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { operator } from '../api/operator.ts'
import { forgetMe } from '../api/use-me.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'
import { useAct } from '../parts/use-act.ts'

/** Looks at the organization's pages for half an hour, to read and for a reason. */
export function LookOver({ organization }: { organization: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpen(true)}>
        Look at its pages
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Look at its pages">
        {isOpen && <Form organization={organization} onClose={() => setOpen(false)} />}
      </Modal>
    </>
  )
}

function Form({ organization, onClose }: { organization: string; onClose: () => void }) {
  const navigate = useNavigate()
  const { isBusy, act } = useAct()
  const [reason, setReason] = useState('')
  const look = () =>
    act(async () => {
      await operator.organizations.look(organization, reason.trim())
      await forgetMe()
      await navigate({ to: '/o/$org', params: { org: organization } })
    })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void look()
      }}
    >
      <Stack>
        <Text size="sm">
          For 30 minutes you read what its members read, and change nothing. It sees that an
          operator looks, and reads the reason in its audit log.
        </Text>
        <TextInput
          label="Reason"
          required
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DialogButtons onLeave={onClose} isBusy={isBusy} disabled={reason.trim() === ''}>
          Look
        </DialogButtons>
      </Stack>
    </form>
  )
}
