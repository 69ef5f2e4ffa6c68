import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Select,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { account } from '../api/account.ts'
import type { Me } from '../api/account.ts'
import { queries } from '../api/queries.ts'
import { useMe } from '../api/use-me.ts'
import { PLACES } from './navigation.ts'

/** What stands around every page: where one is, for whom, and the way out. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const { data: me } = useMe()
  const { org } = useParams({ strict: false })
  if (!me) return null
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a href="#main" className="skip-link">
        To the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Navigation"
            />
            <Text fw={700} visibleFrom="xs">
              Newcomer
            </Text>
            {me.mode === 'development' && (
              <Badge color="yellow" variant="light" visibleFrom="sm">
                development
              </Badge>
            )}
            <Switcher me={me} org={org} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeSwitch />
            <AccountMenu me={me} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        {org !== undefined &&
          PLACES.map(({ label, to }) => (
            <NavLink
              key={label}
              label={label}
              renderRoot={(props) => (
                <Link
                  to={to}
                  params={{ org }}
                  activeOptions={{ exact: label === 'Home' }}
                  activeProps={{ 'data-active': true }}
                  onClick={close}
                  {...props}
                />
              )}
            />
          ))}
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}

function Switcher({ me, org }: { me: Me; org: string | undefined }) {
  const navigate = useNavigate()
  if (me.memberships.length === 0) return null
  return (
    <Select
      aria-label="Organization"
      size="xs"
      w={{ base: 120, xs: 180 }}
      allowDeselect={false}
      value={org ?? null}
      placeholder="Organization"
      data={me.memberships.map(({ organization }) => ({
        value: organization.id,
        label: `${organization.name} (${organization.role})`,
      }))}
      onChange={(id) => {
        if (id !== null) void navigate({ to: '/o/$org', params: { org: id } })
      }}
    />
  )
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const other = scheme === 'dark' ? 'light' : 'dark'
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={`Make it ${other}`}
      onClick={() => setColorScheme(other)}
    >
      {/* Drawn, since not every machine has a font with such signs in it. */}
      <svg width="18" height="18" viewBox="0 0 24 24" fill="currentColor" aria-hidden>
        {scheme === 'dark' ? (
          <path d="M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10M11 1h2v4h-2zM11 19h2v4h-2zM1 11h4v2H1zM19 11h4v2h-4z" />
        ) : (
          <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5" />
        )}
      </svg>
    </ActionIcon>
  )
}

function AccountMenu({ me }: { me: Me }) {
  const signOut = async (): Promise<void> => {
    await account.signOut()
    queries.clear()
    // A whole new page: nothing of what was shown stays in memory.
    location.replace('/dashboard/sign-in')
  }
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button variant="default" size="xs" visibleFrom="xs">
            {me.name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item renderRoot={(props) => <Link to="/account" {...props} />}>
            Your account
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="subtle" size="xs" onClick={() => void signOut()}>
        Sign out
      </Button>
    </>
  )
}
