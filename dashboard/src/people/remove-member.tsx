import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { Member } from '@newcomer/client/browser'
import { useClient } from '../api/organization.ts'
import { useAct } from '../parts/use-act.ts'
import { forgetMembers } from './use-members.ts'

export interface RemoveMemberProps {
  /** Undefined: nothing is asked. */
  member: Member | undefined
  onClose: () => void
}

export function RemoveMember({ member, onClose }: RemoveMemberProps) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const remove = (id: string) =>
    act(async () => {
      await client.members.remove(id)
      onClose()
      await forgetMembers()
    }, 'The member is removed.')
  return (
    <Modal opened={member !== undefined} onClose={onClose} title={`Remove ${member?.name ?? ''}`}>
      {member && (
        <Stack>
          <Text size="sm">
            {member.name} ({member.email}) can act for the organization no more, from this moment
            on, in no open tab either. The account stays, for other organizations. API keys that{' '}
            {member.name} has made or seen go on working: roll them where that matters.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" data-autofocus onClick={onClose}>
              Keep them
            </Button>
            <Button color="red" loading={isBusy} onClick={() => void remove(member.id)}>
              Remove them
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
