import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useState } from 'react'
import { account } from '../api/account.ts'
import type { Me } from '../api/account.ts'
import { needsStepUp } from '../api/queries.ts'
import { fetchMe, forgetMe } from '../api/use-me.ts'
import { describeFailure } from './failure.tsx'

/** Asks who it is once more where the action needs that, and then does it. Rejects where it is put off. */
export async function withStepUp<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (!needsStepUp(error)) throw error
    await askWhoItIs(await fetchMe())
    return action()
  }
}

function askWhoItIs(me: Me): Promise<void> {
  return new Promise((resolve, reject) => {
    let isDone = false
    const id = modals.open({
      title: 'Confirm that it is you',
      onClose: () => {
        if (!isDone) reject(new Error('It was not confirmed, and nothing was done.'))
      },
      children: (
        <Confirmation
          me={me}
          onDone={() => {
            isDone = true
            modals.close(id)
            void forgetMe()
            resolve()
          }}
        />
      ),
    })
  })
}

function Confirmation({ me, onDone }: { me: Me; onDone: () => void }) {
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const prove = (proof: () => Promise<unknown>) => {
    setBusy(true)
    setError(undefined)
    proof().then(onDone, (thrown: unknown) => {
      setBusy(false)
      setError(describeFailure(thrown).message)
    })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        prove(() => account.stepUp(password))
      }}
    >
      <Stack>
        <Text size="sm">This matters, so show once more that it is you at this browser.</Text>
        {me.has_password && (
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            data-autofocus
            value={password}
            error={error}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          {me.factors.some(({ kind }) => kind === 'passkey') && (
            <Button
              variant="default"
              disabled={isBusy}
              onClick={() => prove(() => account.stepUpByPasskey())}
            >
              Use a passkey
            </Button>
          )}
          {me.has_password && (
            <Button type="submit" loading={isBusy} disabled={password === ''}>
              Confirm
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}
