import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/operator/commands.ts'
import type { Tools } from '../../src/operator/command-tools.ts'
import { UsageError, parseCommandLine } from '../../src/operator/command-line.ts'
import { run } from '../start/program.ts'

function helpOf(...args: string[]): string {
  const line = parseCommandLine(COMMANDS, args)
  if (!('help' in line)) throw new Error('This is no help')
  return line.help
}

/** Runs a command with tools that remember: answers the calls it makes and what it prints. */
async function play(args: string[], answer: unknown = {}) {
  const calls: unknown[][] = []
  let printed = ''
  let hasFailed = false
  const tools: Tools = {
    call: (...call) => {
      calls.push(call)
      return Promise.resolve(answer)
    },
    print: (_, readable) => void (printed += readable()),
    migrate: () => Promise.resolve(answer as string[]),
    fail: () => (hasFailed = true),
  }
  const line = parseCommandLine(COMMANDS, args)
  if ('help' in line) throw new Error('This is help')
  await line.command.run(tools, line.options, ...line.operands)
  return { calls, printed, hasFailed, shared: line.shared }
}

describe('help', () => {
  test('lists every command, and what all of them take', () => {
    const help = helpOf('--help')
    for (const { name, description } of COMMANDS) {
      expect(help).toMatch(new RegExp(`^  ${name}( <[a-z ]+>)* {2,}${description}$`, 'm'))
    }
    for (const option of ['--url <url>', '--json', '-h, --help']) expect(help).toContain(option)
    for (const same of [['help'], ['-h']]) expect(helpOf(...same)).toBe(help)
  })

  test('of a group lists its commands only', () => {
    const help = helpOf('keys', '--help')
    expect(help).toContain('keys revoke <organization> <key id>')
    expect(help).not.toContain('organizations')
    expect(helpOf('help', 'keys')).toBe(help)
  })

  test('of a command lists its operands and options', () => {
    const help = helpOf('partnerships', 'set', '--help')
    expect(help).toMatch(/^Usage: operator partnerships set <publisher> <merchant> <status> /)
    expect(help).toContain('Set how a publisher stands with a merchant.\n')
    expect(help).toContain('  <status>  approved, pending or available\n')
    expect(help).toMatch(/--attribution-days <days> {2,}how long after a click/)
    expect(help).toMatch(/--json {2,}print JSON/)
    expect(helpOf('organizations', 'create', '-h')).toMatch(
      /--role <role> {2,}publisher, merchant; required\n/,
    )
    expect(helpOf('help', 'partnerships', 'set')).toBe(help)
  })
})

describe('a line that cannot be meant is refused with what to write', () => {
  test.each([
    [[], 'Say what to do:\n  organizations create'],
    [['keys'], 'Say which:\n  keys create <organization>'],
    [['keys', 'make', 'org-1'], 'There is no such command:\n  keys create <organization>'],
    [['key'], 'There is no such command:\n  organizations create'],
    [['help', 'key'], 'There is no such command:\n  organizations create'],
    [['keys', 'list'], "'keys list' needs <organization>."],
    [['keys', 'list', ''], "'keys list' takes nothing that is empty."],
    [['keys', 'list', 'org-1', 'org-2'], "'keys list' takes <organization>."],
    [['verify', 'now'], "'verify' takes options only."],
    [['keys', 'create', 'org-1'], "'keys create' needs --name <name>."],
    [
      ['keys', 'create', '--nme', 'x', 'org-1'],
      "'keys create' has no option --nme. It has --name, --url, --json.",
    ],
    [['keys', 'list', 'org-1', '--role', 'x'], "'keys list' has no option --role."],
    [['keys', 'list', 'org-1', '-x'], "'keys list' has no option -x."],
    [['keys', 'create', 'org-1', '--name'], '--name <name> needs a value'],
    [['keys', 'create', 'org-1', '--name', '--json'], '--name <name> needs a value'],
    [['verify', '--json=yes'], '--json takes no value.'],
    [['verify', '--url'], '--url <url> needs a value'],
    [
      ['organizations', 'create', '--name', 'x', '--role', 'buyer'],
      '--role <role> is one of publisher, merchant.',
    ],
    [
      ['organizations', 'update', 'org-1', '--customer-segments', 'yes'],
      '--customer-segments <on|off>: Say on or off.',
    ],
    [
      ['organizations', 'update', 'org-1', '--finalization-days', '1.5'],
      '--finalization-days <days>: Say a whole number.',
    ],
  ])('%j', (args, message) => {
    let thrown: unknown
    try {
      parseCommandLine(COMMANDS, args)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(UsageError)
    expect((thrown as UsageError).message.startsWith(message)).toBe(true)
  })
})

describe('a command calls what it is for', () => {
  const update = ['organizations', 'update', 'org/1']
  test.each<[string[], unknown[]]>([
    [
      ['organizations', 'create', '--role=merchant', '--name', 'Shop'],
      ['/organizations', { method: 'POST', body: { name: 'Shop', role: 'merchant' } }],
    ],
    [
      [...update, '--name=-x'],
      ['/organizations/org%2F1', { method: 'PATCH', body: { name: '-x' } }],
    ],
    [
      [
        ...update,
        ...['--customer-segments', 'on', '--finalization-days', '30', '--icon-url', ''],
        ...['--categories', 'tea, coffee', '--verdict-policy', 'both_must_agree'],
        ...['--evidence-policy', 'any_time'],
      ],
      [
        '/organizations/org%2F1',
        {
          method: 'PATCH',
          body: {
            customer_segments: true,
            finalization_days: 30,
            icon_url: null,
            categories: ['tea', 'coffee'],
            verdict_policy: 'both_must_agree',
            evidence_policy: 'any_time',
          },
        },
      ],
    ],
    [
      ['keys', 'create', 'org-1', '--name', 'server'],
      ['/organizations/org-1/keys', { method: 'POST', body: { name: 'server' } }],
    ],
    [
      ['keys', 'revoke', 'org-1', 'key-1'],
      ['/organizations/org-1/keys/key-1', { method: 'DELETE' }],
    ],
    [
      ['partnerships', 'set', 'org-1', 'org-2', 'approved', '--attribution-days', '7'],
      [
        '/partnerships/org-1/org-2',
        { method: 'PUT', body: { status: 'approved', attribution_days: 7 } },
      ],
    ],
    [
      ['people', 'withdraw', 'invitation-1'],
      ['/invitations/invitation-1', { method: 'DELETE' }],
    ],
    [['link-hosts', 'show', 'shop.example'], ['/link-hosts/shop.example']],
    [
      ['link-hosts', 'release', 'shop.example'],
      ['/link-hosts/shop.example', { method: 'DELETE' }],
    ],
  ])('%j', async (args, call) => {
    expect((await play(args)).calls).toEqual([call])
  })

  test('lists are printed as tables', async () => {
    const { calls, printed } = await play(['keys', 'list', 'org-1'], [{ id: 'key-1', name: 'a' }])
    expect(calls).toEqual([['/organizations/org-1/keys']])
    expect(printed).toBe('id     name  created_date\nkey-1  a     -')
    expect((await play(['organizations', 'list'], [])).printed).toBe('none')
  })

  test.each([
    [['partnerships', 'list'], '/partnerships'],
    [['people', 'invitations'], '/invitations'],
    [['people', 'invitations', '--organization', 'org 1'], '/invitations?organization=org%201'],
  ])('%j lists', async (args, path) => {
    const { calls, printed } = await play(args, [])
    expect(calls).toEqual([[path]])
    expect(printed).toBe('none')
  })

  test('verify fails when something is wrong', async () => {
    const checks = [{ name: 'sums', checked: 9, drift: 1, samples: ['order 7'] }]
    const wrong = await play(['verify'], { drift: 1, checks })
    expect(wrong).toMatchObject({ calls: [['/verify', { method: 'POST' }]], hasFailed: true })
    expect(wrong.printed).toContain('  sums: order 7')
    expect((await play(['verify'], { drift: 0, checks: [] })).hasFailed).toBe(false)
  })

  test('migrate says what it applied', async () => {
    expect((await play(['migrate'], ['0001', '0002'])).printed).toBe('Applied 0001, 0002.')
    expect((await play(['migrate'], [])).printed).toBe('The schema is up to date.')
  })

  test('the options of all commands stand before or after', async () => {
    const shared = { url: 'http://127.0.0.1:1', isJson: true }
    for (const args of [
      ['--url', 'http://127.0.0.1:1', '--json', 'verify'],
      ['verify', '--json', '--url=http://127.0.0.1:1'],
    ]) {
      expect((await play(args, { drift: 0, checks: [] })).shared).toEqual(shared)
    }
  })
})

describe('the program', () => {
  test('prints help to standard output, and succeeds', async () => {
    const ended = await run('operator/command.ts', {}, ['help']).ended
    expect(ended).toEqual({ code: 0, output: `${helpOf('--help')}\n`, errors: '' })
  })

  test('prints what is wrong to standard error, and fails', async () => {
    const ended = await run('operator/command.ts', {}, ['keys', 'list']).ended
    const errors = "'keys list' needs <organization>.\nFor more: operator --help\n"
    expect(ended).toEqual({ code: 1, output: '', errors })
  })
})
