import { describe, expect, test } from 'vitest'
import { checkUrl } from '../../../src/webhooks/endpoints/endpoint-url.ts'
import { createTargetRule } from '../../../src/webhooks/transport/target-rule.ts'
import { parseRange } from '../../../src/kernel/address-rule.ts'
import { developmentRule, productionRule } from '../../support/target-rules.ts'

const opened = createTargetRule({
  mode: 'production',
  webhookAllow: [parseRange('10.1.0.0/16')!],
  webhookPorts: [443, 8443],
})

function faultOf(url: string, rule = productionRule): string | undefined {
  try {
    checkUrl(url, rule)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

describe('in production', () => {
  test.each([
    'https://example.com',
    'https://example.com:443/hooks?a=b',
    'HTTPS://EXAMPLE.COM/Hooks',
    'https://bücher.example/',
    'https://93.184.215.14/',
    'https://[2606:4700:4700::1111]/',
    'https://example.com/@me',
    'https://localhost.example.com/',
  ])('%s may be an endpoint', (url) => {
    expect(faultOf(url)).toBeUndefined()
  })

  test.each([
    ['http://example.com/canary', /begin with https:\/\/: what goes over http/],
    ['ftp://example.com/canary', /begin with https:\/\//],
    ['wss://example.com/canary', /begin with https:\/\//],
    ['https://canary@example.com/', /user name or password; verify the signature/],
    ['https://:canary@example.com/', /user name or password/],
    ['https://example.com/#canary', /fragment/],
    ['https://example.com/#', /fragment/],
    ['https://example.com:8443/canary', /port 443; the operator can allow others/],
    ['https://example.com:80/canary', /port 443/],
    ['https://example.com:0/canary', /port 443/],
    ['https://127.0.0.1/canary', /public address/],
    ['https://0x7f.1/canary', /public address/],
    ['https://[::ffff:127.0.0.1]/canary', /public address/],
    ['https://169.254.169.254/canary', /public address/],
    ['https://10.1.2.3/canary', /public address/],
    ['https://localhost/canary', /public address/],
    ['https://LOCALHOST./canary', /public address/],
    ['https://a.localhost/canary', /public address/],
    ['https://127.0.0.1../canary', /public address/],
    ['example.com/canary', /absolute URL/],
    ['https:example.com/canary', /absolute URL/],
    ['https:///example.com/canary', /absolute URL/],
    ['https:\\\\example.com\\canary', /absolute URL/],
    ['https://example.com\\@127.0.0.1/canary', /backslashes/],
    [' https://example.com/canary', /spaces/],
    ['https://exam\tple.com/canary', /spaces/],
    ['https://example.com/can ary', /spaces/],
    ['https://[fe80::1%25lo]/canary', /absolute URL/],
    [`https://example.com/canary${'a'.repeat(2_048)}`, /at most 2048/],
  ])('%j may not, and is told why without being repeated', (url, reason) => {
    const fault = faultOf(url)
    expect(fault).toMatch(reason)
    expect(fault).not.toContain('canary')
    expect(fault).toMatch(/^url must /)
  })

  test('the operator opens ports and ranges', () => {
    expect(faultOf('https://10.1.2.3:8443/', opened)).toBeUndefined()
    expect(faultOf('https://10.2.2.3:8443/', opened)).toMatch(/public address/)
    expect(faultOf('https://10.1.2.3:8444/', opened)).toMatch(/port 443 or 8443;/)
    expect(faultOf('https://[::ffff:10.1.2.3]/', opened)).toMatch(/public address/)
    expect(faultOf('http://10.1.2.3/', opened)).toMatch(/begin with https/)
  })
})

describe('in development', () => {
  test.each([
    'http://127.0.0.1:9000/',
    'http://localhost:9000/',
    'https://localhost:1/',
    'http://[::1]:9000/',
    'http://example.com:8080/',
    'http://127.8.9.1/',
  ])('%s may be an endpoint', (url) => {
    expect(faultOf(url, developmentRule)).toBeUndefined()
  })

  test.each([
    ['ftp://127.0.0.1/', /https:\/\/ or http:\/\//],
    ['http://user@127.0.0.1/', /user name/],
    ['http://10.1.2.3/', /public address/],
    ['http://0.0.0.0/', /public address/],
    ['http://169.254.169.254/', /public address/],
    ['http://[::ffff:127.0.0.1]/', /public address/],
  ])('%s may not', (url, reason) => {
    expect(faultOf(url, developmentRule)).toMatch(reason)
  })
})
