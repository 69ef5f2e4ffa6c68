import { Anchor, Badge, Button, Menu, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Person } from '../api/operator.ts'
import { useMe } from '../api/use-me.ts'
import { sayPermissions } from '../parts/permissions.ts'
import { personColumns } from '../parts/person-columns.tsx'
import { Rows } from '../parts/rows.tsx'
import { When } from '../parts/when.tsx'
import { PERSON_ACTIONS, PersonDialog } from './person-dialog.tsx'
import type { PersonAction } from './person-dialog.tsx'
import { useOrganizations } from './use-operator.ts'

export interface PersonRowsProps {
  caption: string
  people: Person[]
  /** Only what they may in it is shown. */
  organization?: string
}

export function PersonRows({ caption, people, organization }: PersonRowsProps) {
  const { data: me } = useMe()
  const [chosen, setChosen] = useState<{ action: PersonAction; person: Person }>()
  return (
    <>
      <Rows
        caption={caption}
        rows={people}
        keyOf={({ id }) => id}
        columns={[
          ...personColumns(me?.id),
          { name: 'May', show: (each) => <Rights person={each} organization={organization} /> },
          { name: 'Since', show: (each) => <When date={each.created_date} /> },
          {
            name: 'Actions',
            show: (person) => (
              <PersonMenu person={person} onChoose={(action) => setChosen({ action, person })} />
            ),
          },
        ]}
      />
      <PersonDialog chosen={chosen} onClose={() => setChosen(undefined)} />
    </>
  )
}

function Rights({ person, organization }: { person: Person; organization: string | undefined }) {
  const { data: organizations } = useOrganizations()
  const nameOf = (id: string) => organizations?.find((each) => each.id === id)?.name ?? id
  const shown = person.memberships.filter(
    (each) => organization === undefined || each.organization === organization,
  )
  return (
    <Stack gap={2} align="flex-start">
      {person.is_operator && (
        <Badge variant="light" tt="none">
          operator
        </Badge>
      )}
      {shown.map(({ organization: id, permissions }) => (
        <Text key={id} inherit className="breaks">
          {organization === undefined && (
            <>
              <Anchor
                inherit
                underline="always"
                renderRoot={(props) => (
                  <Link to="/operator/organizations/$id" params={{ id }} {...props} />
                )}
              >
                {nameOf(id)}
              </Anchor>
              {': '}
            </>
          )}
          {sayPermissions(permissions)}
        </Text>
      ))}
      {!person.is_operator && shown.length === 0 && <Text inherit>nothing any more</Text>}
    </Stack>
  )
}

interface PersonMenuProps {
  person: Person
  onChoose: (action: PersonAction) => void
}

function PersonMenu({ person, onChoose }: PersonMenuProps) {
  return (
    <Menu>
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={`Help or remove ${person.name}`}>
          Help or remove
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {PERSON_ACTIONS.filter(({ isFor }) => isFor(person)).map((action) => (
          <Menu.Item key={action.name} onClick={() => onChoose(action)}>
            {action.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
