import { Modal, Stack, Text } from '@mantine/core'
import type { Member } from '@newcomer/client/browser'
import { useState } from 'react'
import type { Permission, Preset } from '../api/account.ts'
import { useClient } from '../api/organization.ts'
import { DialogButtons } from '../parts/dialog-buttons.tsx'
import { useAct } from '../parts/use-act.ts'
import { GrantFields, toChange } from '../parts/grant-fields.tsx'
import type { Grant } from '../parts/grant-fields.tsx'
import { forgetMembers } from './use-members.ts'

export interface ChangeMemberProps {
  /** Undefined: nothing is asked. */
  member: Member | undefined
  onClose: () => void
}

export function ChangeMember({ member, onClose }: ChangeMemberProps) {
  return (
    <Modal
      opened={member !== undefined}
      onClose={onClose}
      title={`What ${member?.name ?? ''} may do`}
    >
      {member && <Form member={member} onClose={onClose} />}
    </Modal>
  )
}

function Form({ member, onClose }: { member: Member; onClose: () => void }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const [grant, setGrant] = useState<Grant>({
    preset: (member.preset as Preset | null) ?? 'own',
    permissions: member.permissions as Permission[],
  })
  const change = () =>
    act(async () => {
      await client.members.change(member.id, toChange(grant))
      onClose()
      await forgetMembers()
    }, 'It is changed.')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void change()
      }}
    >
      <Stack>
        <GrantFields grant={grant} onChange={setGrant} />
        <Text size="sm">{member.name} is signed out everywhere, and signs in anew.</Text>
        <DialogButtons onLeave={onClose} isBusy={isBusy}>
          Change it
        </DialogButtons>
      </Stack>
    </form>
  )
}
