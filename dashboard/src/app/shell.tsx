import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Button,
  Group,
  Menu,
  Select,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { Suspense, lazy, useState } from 'react'
import { account } from '../api/account.ts'
import type { Me } from '../api/account.ts'
import { queries } from '../api/queries.ts'
import { useMe } from '../api/use-me.ts'
import { NarrowRefreshSwitch, RefreshSwitch } from './refresh-switch.tsx'
import { Sidebar } from './sidebar.tsx'

// Loaded when they are first asked for.
const Palette = lazy(() => import('./palette.tsx'))
const LookBanner = lazy(() => import('./look-banner.tsx'))
const LookedAtNote = lazy(() => import('./looked-at-note.tsx'))

/** The frame of every page: where one is, for which organization, and the way out. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const { data: me } = useMe()
  const { org } = useParams({ strict: false })
  const [calls, setCalls] = useState(0)
  const find = () => setCalls((before) => before + 1)
  // In fields too: one looks for something from wherever one is.
  useHotkeys([['mod+K', find]], [])
  if (!me) return null
  const look = me.looks.find(({ organization }) => organization.id === org)
  const isLookedAt = me.memberships.some((its) => its.organization.id === org && its.is_looked_at)
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
            <RefreshSwitch />
            <FindButton onClick={find} />
            <SchemeSwitch />
            <AccountMenu me={me} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <Sidebar me={me} org={org} onGo={close} />
        <NarrowRefreshSwitch />
      </AppShell.Navbar>
      <AppShell.Main id="main">
        {look && (
          <Suspense>
            <LookBanner look={look} />
          </Suspense>
        )}
        {org !== undefined && isLookedAt && (
          <Suspense>
            <LookedAtNote org={org} />
          </Suspense>
        )}
        <Outlet />
      </AppShell.Main>
      {calls > 0 && (
        <Suspense>
          <Palette me={me} org={org} calls={calls} />
        </Suspense>
      )}
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

function FindButton({ onClick }: { onClick: () => void }) {
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label="Find"
      aria-keyshortcuts="Control+K"
      title="Find (Ctrl K)"
      onClick={onClick}
    >
      <svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden>
        <path strokeWidth="2.5" d="M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M15 15l6 6" />
      </svg>
    </ActionIcon>
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
