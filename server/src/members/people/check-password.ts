import { invalidField } from '../../kernel/problem.ts'

// In characters as people count them. NIST SP 800-63B and ASVS 6.2.1 ask for no more than that.
export const MIN_PASSWORD = 12
export const MAX_PASSWORD = 256
// Shorter words stand in many good passwords by chance.
const MIN_WORD = 4
// What must be left of a password without the words that anybody would try first.
const MIN_REST = 8

/** Some fifty thousand passwords that were found in leaks; read when the first one is checked. */
let common: Promise<ReadonlySet<string>> | undefined

async function readCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'])
}

/**
 * Refuses what others would guess first. `words` is what they know: address, organizations, product.
 * @throws Problem 400
 */
export async function checkPassword(
  password: string,
  words: readonly string[],
  field = 'password',
): Promise<void> {
  const normal = password.normalize('NFKC')
  const length = Array.from(normal).length
  if (length < MIN_PASSWORD || length > MAX_PASSWORD) {
    throw invalidField(field, `${field} must have ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`)
  }
  const text = normal.toLowerCase()
  if (new Set(text).size < MIN_WORD) {
    throw invalidField(field, `${field} must not repeat a few characters`)
  }
  common ??= readCommon()
  const known = await common
  // Most people add a year and a sign to a word.
  const stem = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  if (known.has(text) || (stem.length >= MIN_WORD && known.has(stem))) {
    throw invalidField(field, `${field} must not be one that many people use`)
  }
  const rest = wordsOf(words).reduce((left, word) => left.replaceAll(word, ''), text)
  if (rest.length < MIN_REST) {
    throw invalidField(
      field,
      `${field} must not be made of your address, your organization or the name of this service`,
    )
  }
}

function wordsOf(texts: readonly string[]): string[] {
  return ['newcomer', ...texts]
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= MIN_WORD)
    .sort((a, b) => b.length - a.length)
}
