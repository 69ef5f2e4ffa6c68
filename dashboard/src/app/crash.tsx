import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Failure } from '../parts/failure.tsx'
import { OutsidePage } from '../parts/outside-page.tsx'

export function Lost() {
  return (
    <OutsidePage title="There is no such page">
      <Text size="sm">
        The address is wrong, or what it named is gone.{' '}
        <Anchor component={Link} to="/" underline="always">
          Go to the beginning
        </Anchor>
      </Text>
    </OutsidePage>
  )
}

export function Crash({ error }: { error: unknown }) {
  return (
    <OutsidePage title="This page could not be shown">
      <Failure error={error} of="The page" onRetry={() => location.reload()} />
    </OutsidePage>
  )
}
