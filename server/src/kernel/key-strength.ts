/** What makes a key that is strong enough, for an operator whose key was refused. */
export const KEY_COMMAND = 'openssl rand -base64 32'

// 16 characters of base64 are 96 bits. Random ones of such a length have nearly always this many different
// ones, and change this often between small letter, capital and digit; words and dates don't.
const MIN_LENGTH = 16
const MIN_DIFFERENT = 7
const MIN_CHANGES = 3

// What keys that somebody thought up are made of.
const WORDS = new RegExp(
  [
    ...[
      'password',
      'passw0rd',
      'operator',
      'newcomer',
      'secret',
      'admin',
      'change',
      'test',
      'demo',
    ],
    ...['example', 'qwerty', 'asdf', 'letmein', 'welcome', 'dragon', 'monkey', 'master', 'login'],
    ...['key', 'root', 'user', 'service', 'server', 'company', '(?:19|20)\\d\\d'],
  ].join('|'),
  'gi',
)

/** Whether nobody finds the text by a dictionary: judged by what is left without words, runs and repetitions. */
export function isStrongKey(text: string): boolean {
  const rest = withoutRepetitions(withoutRuns(text.replace(WORDS, '')))
  if (rest.length < MIN_LENGTH || new Set(rest).size < MIN_DIFFERENT) return false
  // Signs stand between words, too.
  const plain = rest.replace(/[^a-zA-Z0-9]/g, '')
  let changes = 0
  for (let at = 1; at < plain.length; at++) {
    if (classOf(plain.charAt(at)) !== classOf(plain.charAt(at - 1))) changes++
  }
  return changes >= MIN_CHANGES
}

/** Without a character that goes on as the two before it began: `aaa`, `abc`, `321`. */
function withoutRuns(text: string): string {
  let rest = ''
  for (let at = 0; at < text.length; at++) {
    const step = text.charCodeAt(at) - text.charCodeAt(at - 1)
    const isRun = Math.abs(step) <= 1 && step === text.charCodeAt(at - 1) - text.charCodeAt(at - 2)
    if (!isRun) rest += text.charAt(at)
  }
  return rest
}

/** Without what ends three characters that have come before. */
function withoutRepetitions(text: string): string {
  const seen = new Set<string>()
  let rest = ''
  for (let at = 0; at < text.length; at++) {
    const three = text.slice(Math.max(0, at - 2), at + 1).toLowerCase()
    if (at < 2 || !seen.has(three)) rest += text.charAt(at)
    if (at >= 2) seen.add(three)
  }
  return rest
}

function classOf(character: string): string {
  if (/[a-z]/.test(character)) return 'small letter'
  if (/[A-Z]/.test(character)) return 'capital'
  return 'digit'
}
