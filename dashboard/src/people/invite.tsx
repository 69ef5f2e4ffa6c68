import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useClient } from '../api/organization.ts'
import { useMe } from '../api/use-me.ts'
import { Secret } from '../parts/secret.tsx'
import { useAct } from '../parts/use-act.ts'
import { useFaults } from '../parts/use-faults.ts'
import { GrantFields, toChange } from './grant-fields.tsx'
import type { Grant } from './grant-fields.tsx'
import { forgetMembers } from './use-members.ts'

export interface InviteProps {
  isOpen: boolean
  onClose: () => void
}

/** Invites by mail, or by a link that is shown once. */
export function Invite({ isOpen, onClose }: InviteProps) {
  const [link, setLink] = useState<string>()
  return (
    <>
      <Modal opened={isOpen} onClose={onClose} title="Invite somebody">
        {/* Opened again it is empty. */}
        {isOpen && <Form onClose={onClose} onMade={setLink} />}
      </Modal>
      <Secret
        title="The invitation"
        secret={link}
        about="This server sends no mail: hand the link on yourself."
        onStored={() => setLink(undefined)}
      >
        <Text size="sm">Whoever has it can accept the invitation, once, within 72 hours.</Text>
      </Secret>
    </>
  )
}

interface FormProps {
  onClose: () => void
  onMade: (link: string | undefined) => void
}

function Form({ onClose, onMade }: FormProps) {
  const client = useClient()
  const { data: me } = useMe()
  const { isBusy, act } = useAct()
  const { faults, placeFaults } = useFaults()
  const [email, setEmail] = useState('')
  const [grant, setGrant] = useState<Grant>({ preset: 'viewer', permissions: [] })
  const invite = () =>
    act(
      async () => {
        const fields = { email: email.trim(), ...toChange(grant) }
        const made = await placeFaults(() => client.invitations.create(fields))
        onClose()
        onMade(made.link ?? undefined)
        await forgetMembers()
      },
      me?.sends_mail === true ? 'A mail with the invitation is on its way.' : undefined,
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void invite()
      }}
    >
      <Stack>
        <TextInput
          label="E-mail"
          type="email"
          required
          autoComplete="off"
          data-autofocus
          value={email}
          error={faults['email']}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <GrantFields grant={grant} onChange={setGrant} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={isBusy} disabled={email.trim() === ''}>
            Invite
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
