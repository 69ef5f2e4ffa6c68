/**
 * JSON of which there is one for each value: members in the order of their names, no space between. Members that are
 * undefined are left out. So the same facts have the same text, and the same hash of it.
 */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(sort(value))
}

function sort(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(sort)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  // By code units, as RFC 8785 has it: no locale has a say.
  const named = members.toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(named.map(([name, member]) => [name, sort(member)]))
}
