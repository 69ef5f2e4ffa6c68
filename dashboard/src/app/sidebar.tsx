import { NavLink, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Me } from '../api/account.ts'
import { OPERATOR_PLACES, listPlaces } from './navigation.ts'

export interface SidebarProps {
  me: Me
  org: string | undefined
  /** On a phone it lies over the page, and makes way for it. */
  onGo: () => void
}

// Below these are pages that have a link of their own.
const EXACT: string[] = ['/o/$org', '/o/$org/rates']

/** The pages. */
export function Sidebar({ me, org, onGo }: SidebarProps) {
  return (
    <>
      {org !== undefined &&
        listPlaces(me, org).map(({ label: group, places }) => (
          <div key={group} role="group" aria-label={group}>
            <Heading>{group}</Heading>
            {places.map(({ label, to }) => (
              <NavLink
                key={label}
                label={label}
                renderRoot={(props) => (
                  <Link
                    to={to}
                    params={{ org }}
                    activeOptions={{ exact: EXACT.includes(to) }}
                    activeProps={{ 'data-active': true }}
                    onClick={onGo}
                    {...props}
                  />
                )}
              />
            ))}
          </div>
        ))}
      {me.is_operator && (
        <div role="group" aria-label="Operator">
          <Heading>Operator</Heading>
          {OPERATOR_PLACES.map(({ label, to }) => (
            <NavLink
              key={label}
              label={label}
              renderRoot={(props) => (
                <Link
                  to={to}
                  activeOptions={{ exact: to === '/operator' }}
                  activeProps={{ 'data-active': true }}
                  onClick={onGo}
                  {...props}
                />
              )}
            />
          ))}
        </div>
      )}
      <div role="group" aria-label="You">
        <Heading>You</Heading>
        <NavLink
          label="Your account"
          renderRoot={(props) => (
            <Link to="/account" activeProps={{ 'data-active': true }} onClick={onGo} {...props} />
          )}
        />
      </div>
    </>
  )
}

function Heading({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm" aria-hidden>
      {children}
    </Text>
  )
}
