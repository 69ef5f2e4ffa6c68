import { describe, expect, test } from 'vitest'
import { createAddressRule } from '../../src/kernel/address-rule.ts'
import { ConfigError, readConfig } from '../../src/kernel/config.ts'

const KEY = { NEWCOMER_KEY: 'ab'.repeat(32) }
const DATABASE = { DATABASE_URL: 'postgres://localhost/newcomer', ...KEY }

describe('the mode', () => {
  test.each([
    ['development', {}],
    ['development', { HOST: 'localhost' }],
    ['development', { HOST: '::1' }],
    ['development', { HOST: '127.0.0.2' }],
    ['production', { HOST: '0.0.0.0' }],
    ['production', { HOST: '::' }],
    ['production', { HOST: '192.168.1.2' }],
    ['production', { HOST: 'newcomer.example' }],
    ['production', DATABASE],
    ['production', { NEWCOMER_PUBLIC_URL: 'https://network.example' }],
    ['production', { NEWCOMER_MODE: 'production' }],
    ['development', { ...DATABASE, HOST: '0.0.0.0', NEWCOMER_MODE: 'development' }],
  ])('is %s with %j', (mode, env) => {
    expect(readConfig(env).mode).toBe(mode)
  })
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
