import { Alert, Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'

/** Over each page of an organization, for its members, while an operator looks at it. */
export default function LookedAtNote({ org }: { org: string }) {
  return (
    <Alert
      color="yellow"
      mb="md"
      p="xs"
      role="region"
      aria-label="An operator looks at these pages"
    >
      <Text size="sm">
        An operator looks at these pages now, to read.{' '}
        <Anchor
          inherit
          c="inherit"
          underline="always"
          renderRoot={(props) => <Link to="/o/$org/organization" params={{ org }} {...props} />}
        >
          Why, and until when
        </Anchor>
      </Text>
    </Alert>
  )
}
