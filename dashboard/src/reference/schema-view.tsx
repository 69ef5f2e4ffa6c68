import { Code, Text } from '@mantine/core'
import { resolve } from '../api/description.ts'
import type { Description, Schema } from '../api/description.ts'
import { nameOf, sayType } from './operations.ts'

// Deeper down, the example says more than the schema.
const DEEPEST = 5

/** The members of a schema, and theirs, as a list. */
export function SchemaView({
  description,
  schema,
  above = [],
}: {
  description: Description
  schema: Schema
  /** What it is in, so that what refers to itself ends. */
  above?: string[]
}) {
  const { properties, required = [] } = membersOf(description, schema)
  const own = nameOf(schema)
  const isRepeated = own !== undefined && above.includes(own)
  if (!properties || isRepeated || above.length >= DEEPEST) return null
  return (
    <ul className="members">
      {Object.entries(properties).map(([name, member]) => (
        <li key={name}>
          <Code>{name}</Code>{' '}
          <Text span size="xs" c="dimmed">
            {sayType(member)}
            {required.includes(name) ? '' : ', may be absent'}
          </Text>
          {whatIs(description, member) !== undefined && (
            <Text size="sm">{whatIs(description, member)}</Text>
          )}
          <SchemaView
            description={description}
            schema={member}
            above={[...above, own ?? `${above.length}`]}
          />
        </li>
      ))}
    </ul>
  )
}

function whatIs(description: Description, member: Schema): string | undefined {
  return member.description ?? resolve(description, member).description
}

/** The schema that has the members: of a list its items, of several the first that has any. */
function membersOf(description: Description, given: Schema): Schema {
  const schema = resolve(description, given)
  if (schema.properties) return schema
  if (schema.items) return membersOf(description, schema.items)
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
  return several.map((each) => membersOf(description, each)).find((each) => each.properties) ?? {}
}
