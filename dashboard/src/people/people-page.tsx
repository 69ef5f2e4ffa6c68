import { Button, Stack, Text } from '@mantine/core'
import type { Member } from '@newcomer/client/browser'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Page } from '../parts/page.tsx'
import { ChangeMember } from './change-member.tsx'
import { InvitationList } from '../parts/invitation-list.tsx'
import { Invite } from '../parts/invite.tsx'
import { Members } from './members.tsx'
import { RemoveMember } from './remove-member.tsx'
import { forgetMembers, useInvitations } from './use-members.ts'

type Dialog = { does: 'invite' } | { does: 'change' | 'remove'; member: Member }

/** Who may act for the organization with a browser, and what each may do. */
export function PeoplePage() {
  const org = useOrganization()
  const client = useClient()
  const mayChange = useMay(org, 'people')
  const [dialog, setDialog] = useState<Dialog>()
  const close = () => setDialog(undefined)
  if (!mayChange) {
    return (
      <Page title="People">
        <Text>People are seen, invited and changed by members with the permission “people”.</Text>
      </Page>
    )
  }
  return (
    <Page
      title="People"
      about="Who may act for the organization in this dashboard. Programs do it by API keys."
      actions={<Button onClick={() => setDialog({ does: 'invite' })}>Invite somebody</Button>}
    >
      <Stack gap="xl">
        <Members onChoose={(does, member) => setDialog({ does, member })} />
        <OpenInvitations />
      </Stack>
      <Invite
        isOpen={dialog?.does === 'invite'}
        invite={async (fields) => {
          const made = await client.invitations.create(fields)
          await forgetMembers()
          return made
        }}
        onClose={close}
      />
      <ChangeMember
        member={dialog?.does === 'change' ? dialog.member : undefined}
        onClose={close}
      />
      <RemoveMember
        member={dialog?.does === 'remove' ? dialog.member : undefined}
        onClose={close}
      />
    </Page>
  )
}

function OpenInvitations() {
  const client = useClient()
  const { data, error, refetch } = useInvitations(true)
  return (
    <InvitationList
      data={data}
      error={error}
      onRetry={() => void refetch()}
      withdraw={async (id) => {
        await client.invitations.remove(id)
        await forgetMembers()
      }}
    />
  )
}
