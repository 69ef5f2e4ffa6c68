import { describe, expect, test } from 'vitest'
import { createAddressRule, parseRange } from '../../src/kernel/address-rule.ts'

const mayConnect = createAddressRule([])

function allow(...ranges: string[]) {
  return createAddressRule(ranges.map((range) => parseRange(range)!))
}

/**
 * The first and the last address of each range, and those before and behind where these are open. The
 * ranges are those of IANA:
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 * https://www.iana.org/assignments/ipv4-address-space (multicast and reserved)
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 * https://www.iana.org/assignments/ipv6-address-space
 */
const CLOSED: [
  name: string,
  first: string,
  last: string,
  before?: string | null,
  behind?: string,
][] = [
  ['this network', '0.0.0.0', '0.255.255.255', null, '1.0.0.0'],
  ['private', '10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['shared (CGNAT)', '100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['loopback', '127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['Azure', '168.63.129.16', '168.63.129.16', '168.63.129.15', '168.63.129.17'],
  ['link-local', '169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['private', '172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['protocols', '192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['TEST-NET-1', '192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['AS112', '192.31.196.0', '192.31.196.255', '192.31.195.255', '192.31.197.0'],
  ['AMT', '192.52.193.0', '192.52.193.255', '192.52.192.255', '192.52.194.0'],
  ['6to4 relays', '192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
  ['private', '192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['AS112', '192.175.48.0', '192.175.48.255', '192.175.47.255', '192.175.49.0'],
  ['benchmarks', '198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['TEST-NET-2', '198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['TEST-NET-3', '203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['multicast', '224.0.0.0', '239.255.255.255', '223.255.255.255'],
  ['reserved', '240.0.0.0', '255.255.255.255'],
  ['all before public unicast', '::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', null, '2000::'],
  ['protocols', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2000:ffff::1', '2001:200::'],
  [
    'documentation',
    '2001:db8::',
    '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:db9::',
  ],
  [
    '6to4',
    '2002::',
    '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2003::',
  ],
  [
    'AS112',
    '2620:4f:8000::',
    '2620:4f:8000:ffff:ffff:ffff:ffff:ffff',
    '2620:4f:7fff:ffff:ffff:ffff:ffff:ffff',
    '2620:4f:8001::',
  ],
  [
    'documentation',
    '3fff::',
    '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff',
    '3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '3fff:1000::',
  ],
  [
    'all behind public unicast',
    '4000::',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ],
]

test.each(CLOSED)('%s is closed from %s to %s, and not beyond', (_name, first, last, ...around) => {
  expect([mayConnect(first), mayConnect(last)]).toEqual([false, false])
  for (const address of around) if (address) expect(mayConnect(address), address).toBe(true)
})

test.each([
  // Each of IANA's special ranges that has one above it in the table, by an address within.
  ['PCP anycast', '192.0.0.9'],
  ['dummy', '192.0.0.8'],
  ['NAT64 discovery', '192.0.0.170'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['IPv4-compatible', '::93.184.215.14'],
  ['IPv4-mapped', '::ffff:93.184.215.14'],
  ['IPv4-mapped, in hex', '::ffff:7f00:1'],
  ['IPv4-translated', '::ffff:0:93.184.215.14'],
  ['NAT64', '64:ff9b::93.184.215.14'],
  ['NAT64, local use', '64:ff9b:1::5db8:d70e'],
  ['discard', '100::1'],
  ['dummy', '100:0:0:1::1'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['PCP anycast', '2001:1::1'],
  ['benchmarks', '2001:2::1'],
  ['AMT', '2001:3::1'],
  ['AS112', '2001:4:112::1'],
  ['ORCHID', '2001:10::1'],
  ['ORCHIDv2', '2001:20::1'],
  ['drones', '2001:30::1'],
  ['6to4 of a public address', '2002:5db8:d70e::1'],
  ['segment routing', '5f00::1'],
  ['unique-local', 'fc00::1'],
  ["AWS's metadata", 'fd00:ec2::254'],
  ['link-local', 'fe80::1'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['ISATAP', '2600::5efe:93.184.215.14'],
  ['ISATAP', '2600:1:2:3:0:5efe:5db8:d70e'],
  ['ISATAP, universal', '2600::200:5efe:5db8:d70e'],
])('%s is closed: %s', (_name, address) => {
  expect(mayConnect(address)).toBe(false)
})

test.each([
  '1.1.1.1',
  '93.184.215.14',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2A00:1450:4001:800::200E',
  '2600::100:5efe:5db8:d70e',
  '2600::5efe:0:0:1',
  '2600:0:0:0:0:0:93.184.215.14',
])('public unicast is open: %s', (address) => {
  expect(mayConnect(address)).toBe(true)
})

test.each([
  '',
  'localhost',
  'example.com',
  '127.1',
  '1.1.1',
  '01.1.1.1',
  '0x1.1.1.1',
  '16843009',
  '1.1.1.1.',
  ' 1.1.1.1',
  '1.1.1.1:443',
  '1.1.1.1/32',
  '[2600::1]',
  '2600::1%eth0',
  'fe80::1%lo',
  '2600:::1',
  '2600::1::1',
  '１.1.1.1',
])('what is no address is closed: %j', (text) => {
  expect(mayConnect(text)).toBe(false)
})

describe('an allowed range', () => {
  test('opens its addresses, and no others', () => {
    const rule = allow('10.1.0.0/16', 'fd12:3456::/32', '127.0.0.1/32')
    for (const open of ['10.1.0.0', '10.1.255.255', 'fd12:3456::', '127.0.0.1', '1.1.1.1']) {
      expect(rule(open), open).toBe(true)
    }
    for (const closed of ['10.0.255.255', '10.2.0.0', 'fd12:3457::', '127.0.0.2', '::1']) {
      expect(rule(closed), closed).toBe(false)
    }
  })

  test('opens no IPv4 address in the clothes of an IPv6 one, and nothing that is closed for good', () => {
    const rule = allow('0.0.0.0/0', '::/0')
    for (const open of ['10.0.0.1', '127.0.0.1', '::1', 'fd12::1', '2001:db8::1']) {
      expect(rule(open), open).toBe(true)
    }
    for (const closed of [
      '::ffff:10.0.0.1',
      '::10.0.0.1',
      '2002:a00:1::1',
      '2001:0:a00:1::1',
      'fd12::5efe:10.0.0.1',
      '64:ff9b:1::10.0.0.1',
      '0.0.0.0',
      '::',
      '169.254.169.254',
      '100.100.100.200',
      '168.63.129.16',
      'fd00:ec2::254',
      'fd20:ce::254',
      'fe80::1',
      'ff02::1',
      '224.0.0.1',
      '255.255.255.255',
    ]) {
      expect(rule(closed), closed).toBe(false)
    }
  })

  test('of NAT64 opens the way to IPv4 addresses that may be connected to', () => {
    const rule = allow('64:ff9b::/96', '10.1.0.0/16')
    expect(rule('64:ff9b::93.184.215.14')).toBe(true)
    expect(rule('64:ff9b::10.1.2.3')).toBe(true)
    expect(rule('64:ff9b::10.2.2.3')).toBe(false)
    expect(rule('64:ff9b::127.0.0.1')).toBe(false)
    expect(rule('64:ff9b::169.254.169.254')).toBe(false)
    expect(allow('10.1.0.0/16')('64:ff9b::10.1.2.3')).toBe(false)
  })

  test.each([
    '10.0.0.0',
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10/8',
    'fd12::/129',
    'fd12::1/64',
    'fd12::%lo/64',
    'example.com/8',
    '169.254.0.0/16',
    '169.254.169.254/32',
    '::ffff:10.0.0.0/104',
    '::ffff:0:0/96',
    'fe80::/10',
    'ff02::/16',
    '240.0.0.0/4',
    '',
  ])('is refused when it is none, or would open nothing: %j', (text) => {
    expect(parseRange(text)).toBeUndefined()
  })
})
