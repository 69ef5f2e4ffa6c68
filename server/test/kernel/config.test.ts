import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createAddressRule } from '../../src/kernel/address-rule.ts'
import { ConfigError, readConfig } from '../../src/kernel/config.ts'

const KEY = { NEWCOMER_KEY: 'ab'.repeat(32) }
const PUBLIC = { NEWCOMER_PUBLIC_URL: 'https://network.example' }
const DATABASE = { DATABASE_URL: 'postgres://localhost/newcomer', ...KEY }

describe('the mode', () => {
  test.each([
    ['development', {}],
    ['development', { HOST: 'localhost' }],
    ['development', { HOST: '::1' }],
    ['development', { HOST: '127.0.0.2' }],
    ['production', { ...PUBLIC, HOST: '0.0.0.0' }],
    ['production', { ...PUBLIC, HOST: '::' }],
    ['production', { ...PUBLIC, HOST: '192.168.1.2' }],
    ['production', { ...PUBLIC, HOST: 'newcomer.example' }],
    ['production', { ...PUBLIC, ...DATABASE }],
    ['production', PUBLIC],
    ['production', { ...PUBLIC, NEWCOMER_MODE: 'production' }],
    ['development', { ...DATABASE, HOST: '0.0.0.0', NEWCOMER_MODE: 'development' }],
  ])('is %s with %j', (mode, env) => {
    expect(readConfig(env).mode).toBe(mode)
  })
})

test('nothing is verified at night unless an hour is given, midnight among them', () => {
  expect(readConfig({}).verifyHour).toBeUndefined()
  expect(readConfig({ NEWCOMER_VERIFY_HOUR: '0' }).verifyHour).toBe(0)
  expect(readConfig({ NEWCOMER_VERIFY_HOUR: '23' }).verifyHour).toBe(23)
  for (const wrong of ['24', '-1', '3.5', 'night']) {
    expect(() => readConfig({ NEWCOMER_VERIFY_HOUR: wrong })).toThrow(
      'NEWCOMER_VERIFY_HOUR must be',
    )
  }
})

test('several processes serve on PostgreSQL alone, as many as are asked for or as there are cores', () => {
  const count = (processes: string, env = {}) =>
    readConfig({ ...PUBLIC, ...env, NEWCOMER_PROCESSES: processes }).processes
  expect([readConfig({}).processes, count('1'), count('auto')]).toEqual([1, 1, 1])
  expect([count('4', DATABASE), count('auto', DATABASE)]).toEqual([4, availableParallelism()])
  expect(() => count('2')).toThrow('NEWCOMER_PROCESSES above 1 needs DATABASE_URL')
  for (const wrong of ['0', '65', '1.5', 'all']) {
    expect(() => count(wrong, DATABASE)).toThrow('NEWCOMER_PROCESSES must be a whole number')
  }
})

test('webhooks go to port 443 and to public addresses unless it is said', () => {
  expect(readConfig({})).toMatchObject({ webhookPorts: [443], webhookAllow: [] })
  const { webhookPorts, webhookAllow } = readConfig({
    NEWCOMER_WEBHOOK_PORTS: '443, 8443',
    NEWCOMER_WEBHOOK_ALLOW: '10.1.0.0/16, fd12:3456::/32',
  })
  expect(webhookPorts).toEqual([443, 8443])
  const mayConnect = createAddressRule(webhookAllow)
  expect(['10.1.2.3', 'fd12:3456::1', '10.2.0.1'].map(mayConnect)).toEqual([true, true, false])
})

test.each([
  ['NEWCOMER_MODE', 'test'],
  ['NEWCOMER_MODE', 'Production'],
  ['NEWCOMER_WEBHOOK_PORTS', '0'],
  ['NEWCOMER_WEBHOOK_PORTS', '65536'],
  ['NEWCOMER_WEBHOOK_PORTS', '443;8443'],
  ['NEWCOMER_WEBHOOK_PORTS', '443,'],
  ['NEWCOMER_WEBHOOK_ALLOW', '10.0.0.0'],
  ['NEWCOMER_WEBHOOK_ALLOW', '10.0.0.0/8,'],
  ['NEWCOMER_WEBHOOK_ALLOW', '10.0.0.0/8 10.1.0.0/16'],
  ['NEWCOMER_WEBHOOK_ALLOW', '10.1.0.0/16,169.254.169.254/32'],
])('a fault of %s is reported: %s', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError)
  expect(() => readConfig({ [name]: value })).toThrow(`- ${name} must `)
})

describe('in production', () => {
  const read = (env: Record<string, string>) => () =>
    readConfig({ NEWCOMER_MODE: 'production', ...env })

  test('links need to know where they lead: a caller may name any host', () => {
    expect(read({})).toThrow('- NEWCOMER_PUBLIC_URL must be set in production')
    expect(read(DATABASE)).toThrow('- NEWCOMER_PUBLIC_URL must be set in production')
    expect(read(PUBLIC)).not.toThrow()
    expect(() => readConfig({ NEWCOMER_MODE: 'development', HOST: '0.0.0.0' })).not.toThrow()
  })

  test('an operator key that is easy to guess is refused with the command for a good one', () => {
    const weak = { ...PUBLIC, NEWCOMER_OPERATOR_KEY: 'a'.repeat(16) }
    expect(read(weak)).toThrow('openssl rand -base64 32')
    expect(read(weak)).not.toThrow('aaaa')
    const strong = { ...PUBLIC, NEWCOMER_OPERATOR_KEY: 'q3jX8/0nWb2LkYt5Zr1Uc7Ve9Ga4Hd6S' }
    expect(read(strong)).not.toThrow()
    expect(() => readConfig({ NEWCOMER_OPERATOR_KEY: 'a'.repeat(16) })).not.toThrow()
  })
})

test.each([
  [undefined, undefined],
  ['0', undefined],
  ['2', 2],
  ['10.1.0.0/16, 2001:db8::1', ['10.1.0.0/16', '2001:db8::1']],
])('proxies in front: %s', (text, expected) => {
  expect(readConfig({ NEWCOMER_TRUST_PROXY: text }).trustProxy).toEqual(expected)
})

test.each(['true', '-1', '11', '10.0.0.0/33', '0.0.0.0/0', 'proxy.example', '10.0.0.1,', '*'])(
  'a fault of NEWCOMER_TRUST_PROXY is reported: %s',
  (value) => {
    expect(() => readConfig({ NEWCOMER_TRUST_PROXY: value })).toThrow(
      '- NEWCOMER_TRUST_PROXY must ',
    )
  },
)
