import { Button, Card, Group, PasswordInput, Stack, Title } from '@mantine/core'
import { useState } from 'react'
import { account } from '../api/account.ts'
import { useAct } from '../parts/use-act.ts'
import { NewPassword } from './new-password.tsx'

export function PasswordCard() {
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const { isBusy, act } = useAct()
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Password
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void act(async () => {
            await account.changePassword(current, password)
            setCurrent('')
            setPassword('')
          }, 'Your password is changed. Your other sessions have ended.')
        }}
      >
        <Stack maw={420}>
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            required
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <NewPassword value={password} onChange={setPassword} />
          <Group>
            <Button type="submit" variant="default" loading={isBusy}>
              Change it
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
