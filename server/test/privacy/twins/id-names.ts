/** Names for what a server makes up at random, so that the answers of two servers can be compared. */
export interface IdNames {
  /** The text with a name in place of each random id or token, new ones named in the order in which they appear. */
  toNames(text: string): string
  /** The text with what is meant in place of each name. */
  toIds(text: string): string
}

const PREFIXES =
  'acc attempt batch btnorder endpoint entry hook import invitation key offer org person quote ratecard replay req ' +
  'segment sk srctok tx'
// Ids have a prefix; sealed tokens, cursors and secrets are long. A hash is as long, and is the caller's own.
const RANDOM = new RegExp(
  [
    `\\b(?<prefix>${PREFIXES.replaceAll(' ', '|')})-[\\w-]{12,}`,
    'whsec_[A-Za-z0-9+/]+=*',
    '(?<![\\w-])(?![0-9a-f]{64}(?![\\w-]))[\\w-]{40,}',
  ].join('|'),
  'g',
)
const NAME = /\b[a-z]+#\d+\.\d+/g

export function createIdNames(): IdNames {
  const nameOf = new Map<string, string>()
  const idOf = new Map<string, string>()

  /** Lengths are told to whoever sees the answer, so a name tells the length too. */
  function name(id: string, prefix = 'token'): string {
    const known = nameOf.get(id)
    if (known !== undefined) return known
    const made = `${prefix}#${nameOf.size}.${id.length}`
    nameOf.set(id, made)
    idOf.set(made, id)
    return made
  }

  return {
    toNames: (text) =>
      text.replace(RANDOM, (id, prefix: string | undefined) =>
        // A request's id is new each time, and no other call takes it.
        prefix === 'req' ? 'req' : name(id, prefix),
      ),
    toIds: (text) =>
      text.replace(NAME, (made) => {
        const id = idOf.get(made)
        if (id === undefined) throw new Error(`${made} was never seen`)
        return id
      }),
  }
}
