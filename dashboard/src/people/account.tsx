import { Button, Card, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { account } from '../api/account.ts'
import type { Factor, Me, OpenSession } from '../api/account.ts'
import { queries } from '../api/queries.ts'
import { forgetMe, useMe } from '../api/use-me.ts'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { RecoveryCodes, TotpForm } from './enrol.tsx'
import { PasswordCard } from './password-card.tsx'

/** The person's own account. */
export function AccountPage() {
  const { data: me, error, refetch } = useMe()
  return (
    <Page
      title="Your account"
      about="Who you are here, how you sign in, and where you are signed in."
    >
      {error !== null && <Failure error={error} of="Your account" onRetry={() => void refetch()} />}
      {me && (
        <Stack>
          <NameCard key={me.name} me={me} />
          {me.has_password && <PasswordCard />}
          <FactorsCard me={me} />
          <SessionsCard />
        </Stack>
      )}
    </Page>
  )
}

function NameCard({ me }: { me: Me }) {
  const [name, setName] = useState(me.name)
  const { isBusy, act } = useAct()
  return (
    <Card withBorder>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void act(async () => {
            await account.rename(name)
            await forgetMe()
          }, 'Your name is changed.')
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="Name"
            value={name}
            required
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={isBusy} disabled={name === me.name}>
            Change it
          </Button>
        </Group>
        <Text size="sm" mt="xs">
          {me.email}
        </Text>
      </form>
    </Card>
  )
}

function FactorsCard({ me }: { me: Me }) {
  const { isBusy, act } = useAct()
  const [isAdding, setAdding] = useState(false)
  const [codes, setCodes] = useState<string[]>()
  const remove = ({ id, name }: Factor) =>
    act(async () => {
      await account.removeFactor(id)
      await forgetMe()
    }, `${name} is removed. Your other sessions have ended.`)
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        Second factors
      </Title>
      {me.factors.length === 0 && (
        <Text size="sm" mt="xs">
          None yet: your password alone lets anybody in.
        </Text>
      )}
      {me.factors.length > 0 && (
        <Rows
          caption="Second factors"
          rows={me.factors}
          keyOf={({ id }) => id}
          columns={[
            { name: 'Name', show: ({ name }) => name },
            {
              name: 'Kind',
              show: ({ kind }) => (kind === 'totp' ? 'Authenticator app' : 'Passkey'),
            },
            { name: 'Last used', show: (each) => <When date={each.last_used_date} /> },
            {
              name: 'Actions',
              show: (each) => (
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={isBusy}
                  onClick={() => void remove(each)}
                >
                  Remove
                </Button>
              ),
            },
          ]}
        />
      )}
      <Group mt="sm">
        <Button variant="default" onClick={() => setAdding(true)}>
          Add an authenticator app
        </Button>
        {'PublicKeyCredential' in window && (
          <Button
            variant="default"
            loading={isBusy}
            onClick={() =>
              void act(async () => {
                await account.addPasskey('Passkey')
                await forgetMe()
              }, 'The passkey is added.')
            }
          >
            Add a passkey
          </Button>
        )}
        <Button
          variant="default"
          disabled={isBusy || me.factors.length === 0}
          onClick={() => void act(account.renewRecoveryCodes).then((made) => setCodes(made?.codes))}
        >
          New recovery codes ({me.recovery_codes} left)
        </Button>
      </Group>
      <Modal opened={isAdding} onClose={() => setAdding(false)} title="Authenticator app">
        <TotpForm
          onAdded={async () => {
            setAdding(false)
            await forgetMe()
          }}
        />
      </Modal>
      <Modal
        opened={codes !== undefined}
        onClose={() => setCodes(undefined)}
        closeOnClickOutside={false}
        title="Recovery codes"
      >
        <RecoveryCodes
          codes={codes ?? []}
          onStored={() => {
            setCodes(undefined)
            void forgetMe()
          }}
        />
      </Modal>
    </Card>
  )
}

function SessionsCard() {
  const queryKey = ['sessions']
  const { data, error, refetch } = useQuery({ queryKey, queryFn: () => account.sessions() })
  const { isBusy, act } = useAct()
  const end = (session: OpenSession) =>
    act(async () => {
      await account.endSession(session.id)
      await queries.invalidateQueries({ queryKey })
    }, 'The session has ended.')
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        Where you are signed in
      </Title>
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      <Rows
        caption="Sessions"
        rows={data ?? []}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'Browser',
            show: ({ browser, is_current: isCurrent }) =>
              isCurrent ? `${browser} (this one)` : browser,
          },
          { name: 'Since', show: (each) => <When date={each.created_date} /> },
          { name: 'Last used', show: (each) => <When date={each.last_used_date} /> },
          {
            name: 'Actions',
            show: (each) =>
              each.is_current ? null : (
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={isBusy}
                  onClick={() => void end(each)}
                >
                  End it
                </Button>
              ),
          },
        ]}
      />
      <Group mt="sm">
        <Button
          variant="default"
          loading={isBusy}
          onClick={() =>
            void act(async () => {
              await account.endOtherSessions()
              await queries.invalidateQueries({ queryKey })
            }, 'All others have ended.')
          }
        >
          End all others
        </Button>
      </Group>
    </Card>
  )
}
