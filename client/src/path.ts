/**
 * The path to one thing, `/v1/customers/{id}`, its id percent-encoded.
 *
 * Throws TypeError for ids that no URL can carry: an empty one would address the collection (and an
 * update would become a creation); `.` and `..` are resolved away by every URL parser, even encoded.
 */
export function pathTo(collection: string, id: string, action?: string): string {
  if (typeof id !== 'string' || id === '') throw new TypeError('The id must be a non-empty string')
  if (id === '.' || id === '..') throw new TypeError('The ids "." and ".." cannot be put in a URL')
  const path = `${collection}/${encodeURIComponent(id)}`
  return action === undefined ? path : `${path}/${action}`
}
