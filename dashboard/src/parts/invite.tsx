import { Modal, Stack, Text, TextInput } from '@mantine/core'
import type { InvitationFields, NewInvitation } from '@newcomer/client/browser'
import { useState } from 'react'
import type { Preset } from '../api/account.ts'
import { useMe } from '../api/use-me.ts'
import { DialogButtons } from './dialog-buttons.tsx'
import { Secret } from './secret.tsx'
import { useAct } from './use-act.ts'
import { useFaults } from './use-faults.ts'
import { GrantFields, toChange } from './grant-fields.tsx'
import type { Grant } from './grant-fields.tsx'

export interface InviteProps {
  isOpen: boolean
  title?: string
  /** Who is invited to be an operator may do all that an operator does: nothing is chosen. */
  isToOperate?: boolean
  /** What is chosen at first; to look, unless given. */
  firstGrant?: Preset
  invite: (fields: InvitationFields) => Promise<NewInvitation>
  onClose: () => void
}

/** Invites by mail, or by a link that is shown once. */
export function Invite({ isOpen, title = 'Invite somebody', ...rest }: InviteProps) {
  const [link, setLink] = useState<string>()
  return (
    <>
      <Modal opened={isOpen} onClose={rest.onClose} title={title}>
        {/* Opened again it is empty. */}
        {isOpen && <Form {...rest} onMade={setLink} />}
      </Modal>
      <Secret
        title="The invitation"
        secret={link}
        about="This server sends no mail: hand the link on yourself."
        onStored={() => setLink(undefined)}
      >
        <Text size="sm">Its holder can accept the invitation, once, within 72 hours.</Text>
      </Secret>
    </>
  )
}

interface FormProps extends Omit<InviteProps, 'isOpen' | 'title'> {
  onMade: (link: string | undefined) => void
}

function Form({ isToOperate = false, firstGrant = 'viewer', invite, onClose, onMade }: FormProps) {
  const { data: me } = useMe()
  const { isBusy, act } = useAct()
  const { faults, placeFaults } = useFaults()
  const [email, setEmail] = useState('')
  const [grant, setGrant] = useState<Grant>({ preset: firstGrant, permissions: [] })
  const send = () =>
    act(
      async () => {
        const fields = { email: email.trim(), ...(!isToOperate && toChange(grant)) }
        const made = await placeFaults(() => invite(fields))
        onClose()
        onMade(made.link ?? undefined)
      },
      me?.sends_mail === true ? 'A mail with the invitation is on its way.' : undefined,
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void send()
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
        {!isToOperate && <GrantFields grant={grant} onChange={setGrant} />}
        <DialogButtons onLeave={onClose} isBusy={isBusy} disabled={email.trim() === ''}>
          Invite
        </DialogButtons>
      </Stack>
    </form>
  )
}
