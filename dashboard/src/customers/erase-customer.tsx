import { Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'
import { useAct } from '../parts/use-act.ts'

/** Erases a customer, once its id was typed and it was shown who it is that does so. */
export function EraseButton({ id }: { id: string }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button size="compact-sm" variant="default" c="red" onClick={open}>
        Erase
      </Button>
      <Modal opened={isOpen} onClose={close} title="Erase this customer">
        <EraseForm id={id} onClose={close} />
      </Modal>
    </>
  )
}

function EraseForm({ id, onClose }: { id: string; onClose: () => void }) {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const { isBusy, act } = useAct()
  const [typed, setTyped] = useState('')
  const erase = () =>
    act(async () => {
      await client.customers.erase(id)
      onClose()
      await navigate({ to: '/o/$org/customers', params: { org } })
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey.includes(id) })
      await queries.invalidateQueries({ queryKey: ['orders', org] })
      await queries.invalidateQueries({ queryKey: ['transactions', org] })
    }, 'The customer is erased.')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void erase()
      }}
    >
      <Stack>
        <Text size="sm">
          Its identifiers are deleted for good, here and out of orders, clicks and transactions;
          these stay, with their amounts, and name nobody any more. If it made somebody active who
          bought nothing else, that one is new again. There is no way back.
        </Text>
        <TextInput
          label={`Type its id, ${id}, to go on`}
          autoComplete="off"
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <DialogButtons
          onLeave={onClose}
          leave="Keep it"
          isBusy={isBusy}
          disabled={typed !== id}
          isDanger
        >
          Erase it
        </DialogButtons>
      </Stack>
    </form>
  )
}
