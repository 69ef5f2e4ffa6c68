import { describe, expect, test } from 'vitest'
import { parseLinkHost } from '../../src/links/link-host.ts'
import { parseLinkUrl, withBtnRef } from '../../src/links/link-url.ts'
import { Problem } from '../../src/kernel/problem.ts'

function problemOf(work: () => unknown): Problem {
  try {
    work()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  return expect.fail('nothing was wrong')
}

describe('the URL of a link', () => {
  test.each([
    'javascript:alert(1)//shop.example',
    'data:text/html,https://shop.example/',
    'ftp://shop.example/',
    'file:///etc/passwd',
    'blob:https://shop.example/0',
    '//shop.example/tea',
    '/tea',
    'shop.example/tea',
    'https:shop.example/tea',
    'https:/shop.example/tea',
    'https:///shop.example/tea',
    'https:\\\\shop.example/tea',
    'https:/\\shop.example',
    'https://shop.example\\@evil.example/',
    'https://shop.example\\.evil.example/',
    'https://\\evil.example',
    'https://evil.example\t.shop.example/',
    'https://shop.exam\nple/',
    'ht\ntps://shop.example/',
    'https://shop.example/\u0000',
    'https://shop.example/tea\r\nLocation: https://evil.example',
    'https://shop.example@evil.example/',
    'https://shop.example:secret@evil.example/',
    'https://shop.example:8443/',
    'http://shop.example:443/',
    'https://shop.example:99999/',
    'https://shop example/',
    'https://',
    'https://%00/',
    'https://[shop.example]/',
    `https://shop.example/${'a'.repeat(2_048)}`,
    `https://shop.example/${'ä'.repeat(400)}`,
  ])('is refused: %j', (text) => {
    const { status, details, message } = problemOf(() => parseLinkUrl(text, 'url'))
    expect([status, details['field']]).toEqual([400, 'url'])
    expect(message).not.toContain('evil')
  })

  // These are URLs; it is the host that they are parsed to which has to be a registered one.
  test.each([
    ['https://SHOP.Example/Tea', 'shop.example'],
    ['HTTPS://shop.example', 'shop.example'],
    ['https://ｓｈｏｐ．ｅｘａｍｐｌｅ/', 'shop.example'],
    ['https://shop.example:443/', 'shop.example'],
    ['  https://shop.example/  ', 'shop.example'],
    ['https://:@shop.example/', 'shop.example'],
    ['https://shop.example.evil.example/', 'shop.example.evil.example'],
    ['https://shop.example%2eevil.example/', 'shop.example.evil.example'],
    ['https://evil.example#@shop.example/', 'evil.example'],
    ['https://evil.example?@shop.example/', 'evil.example'],
    ['https://evil.example/https://shop.example/', 'evil.example'],
    ['https://shop.example./', 'shop.example.'],
    ['https://shоp.example/', 'xn--shp-ted.example'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://017700000001/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://[::1]/', '[::1]'],
  ])('%j leads to %s', (text, host) => {
    const url = parseLinkUrl(text, 'url')
    expect(url.hostname).toBe(host)
    expect(new URL(url.href).hostname, 'also when it is read again').toBe(host)
    expect(new URL(withBtnRef(url.href, 'srctok-00')).hostname).toBe(host)
  })
})

test.each([
  ['https://a.example/', 'https://a.example/?btn_ref=T'],
  ['https://a.example/p?x=1', 'https://a.example/p?x=1&btn_ref=T'],
  [
    'https://a.example/p?x=%7E+%20~&y=%c3%a4#top',
    'https://a.example/p?x=%7E+%20~&y=%c3%a4&btn_ref=T#top',
  ],
  ['https://a.example/p?x&&y=', 'https://a.example/p?x&&y=&btn_ref=T'],
  ['https://a.example/?btn_ref=other', 'https://a.example/?btn_ref=T'],
  ['https://a.example/?a=1&btn_ref=o&b=2&btn_ref=p', 'https://a.example/?a=1&b=2&btn_ref=T'],
  ['https://a.example/?btn%5Fref=o&my_btn_ref=1', 'https://a.example/?my_btn_ref=1&btn_ref=T'],
  ['https://a.example/?q=a%26btn_ref%3Db', 'https://a.example/?q=a%26btn_ref%3Db&btn_ref=T'],
  ['https://a.example/#?btn_ref=o', 'https://a.example/?btn_ref=T#?btn_ref=o'],
])('the token goes into %s', (href, expected) => {
  expect(withBtnRef(href, 'T')).toBe(expected)
  expect(withBtnRef(expected, 'U')).toBe(expected.replace('=T', '=U'))
})

test('without a token there is none at all', () => {
  expect(withBtnRef('https://a.example/?btn_ref=o', null)).toBe('https://a.example/')
  expect(withBtnRef('https://a.example/?a=1&btn_ref=o#b', null)).toBe('https://a.example/?a=1#b')
  expect(withBtnRef('https://a.example/p?a=%41', null)).toBe('https://a.example/p?a=%41')
})

describe('a host', () => {
  test.each([
    ['shop.example', 'shop.example'],
    ['WWW.Shop.Example', 'www.shop.example'],
    [' shop.example ', 'shop.example'],
    ['tee-laden.example', 'tee-laden.example'],
    ['teeläden.example', 'xn--teelden-8wa.example'],
    ['TEELÄDEN.example', 'xn--teelden-8wa.example'],
    ['ｓhop。example', 'shop.example'],
    ['_dev.shop.example', '_dev.shop.example'],
  ])('%j is %s', (text, host) => {
    expect(parseLinkHost(text)).toBe(host)
  })

  test.each([
    ...['', ' ', '.', '..', 'example', 'localhost', 'shop.localhost', 'shop.example.'],
    ...[
      'https://shop.example',
      'shop.example/',
      'shop.example:443',
      'a@shop.example',
      'a\\b.example',
    ],
    ...['shop.example?x', 'shop.example#x', 'shop%2eexample', 'sh\top.example', 'shop .example'],
    ...['127.0.0.1', '127.1', '0x7f.1', '1.2.3.4.5', '[::1]', '::1', 'shop.0x7f', '１２７.0.0.1'],
    ...['*.shop.example', '-a.example', 'a-.example', 'shop..example', '.shop.example'],
    ...[`${'a'.repeat(64)}.example`, `${'abc.'.repeat(70)}example`],
  ])('is refused: %j', (text) => {
    expect(problemOf(() => parseLinkHost(text)).details).toEqual({ field: 'host' })
  })
})
