import { Alert, Button, Group, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { Look } from '../api/account.ts'
import { operator } from '../api/operator.ts'
import { forgetMe } from '../api/use-me.ts'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'

/** Over each page of an organization that an operator looks at: that it is so, and the way out. */
export default function LookBanner({ look }: { look: Look }) {
  const navigate = useNavigate()
  const { isBusy, act } = useAct()
  const { id, name } = look.organization
  const end = () =>
    act(async () => {
      await operator.organizations.endLook(id)
      await navigate({ to: '/operator/organizations/$id', params: { id } })
      await forgetMe()
    }, 'You look no longer.')
  return (
    <Alert color="yellow" mb="md" role="region" aria-label="You look as an operator">
      <Group justify="space-between">
        <Text size="sm" className="breaks">
          You look at {name} as an operator, to read only, until <When date={look.until_date} />: “
          {look.reason}”. It sees that.
        </Text>
        <Button size="xs" variant="default" loading={isBusy} onClick={() => void end()}>
          End it
        </Button>
      </Group>
    </Alert>
  )
}
