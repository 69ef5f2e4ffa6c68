import { Alert, Anchor, Button, Loader, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { account } from '../api/account.ts'
import type { ShownInvitation } from '../api/account.ts'
import { Failure } from '../parts/failure.tsx'
import { Fault } from '../parts/fault.tsx'
import { OutsidePage } from '../parts/outside-page.tsx'
import { NewPassword } from './new-password.tsx'
import { sayPermissions } from '../parts/permissions.ts'
import { useNext } from './sign-in.tsx'
import { useStep } from './use-step.ts'
import { useToken } from './use-token.ts'

/** Accepts an invitation: with a new account, or with the one that has this address. */
export function InvitationPage() {
  const token = useToken()
  const { data, error, isPending } = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => account.findInvitation(token),
    gcTime: 0,
    enabled: token !== '',
  })
  return (
    <OutsidePage title="You are invited">
      {token === '' && <Alert color="red">The link is not whole: open it as you got it.</Alert>}
      {token !== '' && isPending && <Loader role="status" aria-label="Looking at the invitation" />}
      {error !== null && <Failure error={error} of="The invitation" />}
      {data && <Acceptance token={token} invitation={data} />}
    </OutsidePage>
  )
}

function Acceptance({ token, invitation }: { token: string; invitation: ShownInvitation }) {
  const { email, organization, permissions, has_account: hasAccount } = invitation
  const goOn = useNext()
  const { isBusy, error, run } = useStep()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const fields = hasAccount ? { token } : { token, name, password }
        run(async () => goOn(await account.accept(fields)))
      }}
    >
      <Stack>
        <Text size="sm">
          {organization
            ? `${email} may act for ${organization.name}: ${sayPermissions(permissions)}.`
            : `${email} may operate this Newcomer.`}
        </Text>
        <Fault message={error} />
        {hasAccount ? (
          <Text size="sm">
            You have an account.{' '}
            <Anchor component={Link} to="/sign-in" underline="always" target="_blank">
              Sign in with it
            </Anchor>{' '}
            in another tab, then accept here.
          </Text>
        ) : (
          <>
            <TextInput
              label="Your name"
              autoComplete="name"
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput label="E-mail" value={email} autoComplete="username" readOnly />
            <NewPassword value={password} onChange={setPassword} />
          </>
        )}
        <Button type="submit" loading={isBusy}>
          Accept
        </Button>
      </Stack>
    </form>
  )
}
