/** "b4c9…5514": enough of a hash or an id to compare it by, and not all of it. */
export function shorten(identifier: string): string {
  return identifier.length > 12 ? `${identifier.slice(0, 4)}…${identifier.slice(-4)}` : identifier
}
