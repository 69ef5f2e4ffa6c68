const QUOTE = 0x22
const BACKSLASH = 0x5c

type Steps = (string | number)[]

interface Level {
  /** The names so far; undefined in an array. */
  names: Set<string> | undefined
  step: string | number
}

/**
 * The path of the first name that an object of this text has twice. The text is valid JSON in
 * which there is one: this is the slow way, gone only to name the field of an answer.
 */
export function findDuplicate(text: string): Steps {
  const levels: Level[] = []
  const pathOf = (): Steps => levels.map((level) => level.step)
  for (let at = 0; at < text.length; at++) {
    const top = levels.at(-1)
    const character = text[at]
    if (character === '{') levels.push({ names: new Set(), step: '' })
    else if (character === '[') levels.push({ names: undefined, step: 0 })
    else if (character === '}' || character === ']') levels.pop()
    else if (character === ',' && typeof top?.step === 'number') top.step++
    else if (character === '"') {
      const end = endOfString(text, at)
      if (top?.names && isName(text, end)) {
        const name = JSON.parse(text.slice(at, end + 1)) as string
        top.step = name
        if (top.names.has(name)) return pathOf()
        top.names.add(name)
      }
      at = end
    }
  }
  return []
}

/** Whether the string that ends here is a member's name: only those are followed by a colon. */
function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return text[at] === ':'
}

/** Where the string that begins at `start` has its closing quote; the text's end without one. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at
    if (code === BACKSLASH) at++
  }
  return text.length
}
