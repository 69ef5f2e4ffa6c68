import { availableParallelism } from 'node:os'
import { isLoopback, parseRange } from './address-rule.ts'
import type { AddressRange } from './address-rule.ts'
import { KEY_COMMAND, isStrongKey } from './key-strength.ts'
import { parseProvider } from './provider-config.ts'
import type { ProviderConfig } from './provider-config.ts'
import { parseTrustProxy } from './trust-proxy.ts'
import type { TrustProxy } from './trust-proxy.ts'

/** Everything that the environment decides. Read once, before anything starts. */
export interface Config {
  port: number
  host: string
  /** Holds the embedded database and what is made at the first start: key, operator key. */
  dataFolder: string
  /** PostgreSQL; without it the embedded database is used. */
  databaseUrl: string | undefined
  poolSize: number
  /** How many processes serve, on this machine and this port. */
  processes: number
  key: string | undefined
  keyFile: string | undefined
  /** How mail is sent; without it none is. */
  mail: MailConfig | undefined
  /** The provider that people can sign in with; without it by password or passkey alone. */
  provider?: ProviderConfig | undefined
  operatorKey: string | undefined
  /** What URLs in answers begin with, without a slash at the end; else as the caller wrote it. */
  publicUrl: string | undefined
  /** How many connections callers may have at once; undefined: by how many files may be open. */
  maxConnections: number | undefined
  /** Proxies in front, whose word for where a call comes from is taken; undefined for none. */
  trustProxy: TrustProxy | undefined
  /** Whether people get pages under /dashboard; the API is there all the same. */
  hasDashboard: boolean
  /** Development lets webhooks go where others never may: to http, to any port, to this machine. */
  mode: Mode
  /** Where webhooks may go beside public addresses. */
  webhookAllow: AddressRange[]
  webhookPorts: number[]
  /** For how many days events that are done with are kept, and attempts. */
  eventDays: number
  /** At which hour of the day, in UTC, the invariants are checked each night; undefined: they are not. */
  verifyHour?: number | undefined
  logLevel: string
}

export type Mode = 'development' | 'production'

export interface MailConfig {
  /** smtp:// or smtps://, with user name and password where the server wants them. */
  url: string
  /** The sender's address. */
  from: string
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** All faults of the environment at once, each saying which variable and what it may hold. */
export class ConfigError extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    const title = `The environment has ${faults.length === 1 ? 'a fault' : 'faults'}:`
    super([title, ...faults.map((fault) => `  - ${fault}`)].join('\n'))
    this.name = 'ConfigError'
    this.faults = faults
  }
}

type Environment = Record<string, string | undefined>

/** Reads the environment; throws a ConfigError that names every fault. Values are never echoed. */
export function readConfig(env: Environment = process.env): Config {
  const faults: string[] = []
  const text = (name: string): string | undefined => env[name]?.trim() || undefined
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const value = text(name)
    if (value === undefined) return fallback
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return number
    faults.push(`${name} must be a whole number from ${least} to ${most}`)
    return fallback
  }
  const host = text('HOST') ?? '127.0.0.1'
  const config: Config = {
    port: whole('PORT', 8080, 0, 65_535),
    host,
    dataFolder: text('NEWCOMER_DATA') ?? './data',
    databaseUrl: text('DATABASE_URL'),
    poolSize: whole('NEWCOMER_POOL_SIZE', 10, 3, 500),
    processes: parseProcesses(text, faults),
    key: text('NEWCOMER_KEY'),
    keyFile: text('NEWCOMER_KEY_FILE'),
    mail: parseMail(text('NEWCOMER_SMTP_URL'), text('NEWCOMER_MAIL_FROM'), faults),
    provider: parseProvider(text, faults),
    operatorKey: text('NEWCOMER_OPERATOR_KEY'),
    publicUrl: parsePublicUrl(text('NEWCOMER_PUBLIC_URL'), faults),
    maxConnections: whole('NEWCOMER_MAX_CONNECTIONS', 0, 50, 1_000_000) || undefined,
    trustProxy: parseProxies(text('NEWCOMER_TRUST_PROXY'), faults),
    hasDashboard: parseSwitch('NEWCOMER_DASHBOARD', text('NEWCOMER_DASHBOARD'), faults),
    mode: chooseMode(text, host, faults),
    webhookAllow: parseAllowedRanges(text('NEWCOMER_WEBHOOK_ALLOW'), faults),
    webhookPorts: parsePorts(text('NEWCOMER_WEBHOOK_PORTS'), faults),
    eventDays: whole('NEWCOMER_EVENT_DAYS', 30, 1, 3650),
    verifyHour:
      text('NEWCOMER_VERIFY_HOUR') === undefined
        ? undefined
        : whole('NEWCOMER_VERIFY_HOUR', 0, 0, 23),
    logLevel: text('LOG_LEVEL') ?? 'info',
  }
  faults.push(...findFaults(config, env))
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

/** On unless it says `off`. */
function parseSwitch(name: string, value: string | undefined, faults: string[]): boolean {
  if (value !== undefined && value !== 'on' && value !== 'off') {
    faults.push(`${name} must be on or off`)
  }
  return value !== 'off'
}

function findFaults(config: Config, env: Environment): string[] {
  const faults: string[] = []
  if (config.databaseUrl && !/^postgres(ql)?:\/\//.test(config.databaseUrl)) {
    faults.push('DATABASE_URL must be a URL that begins with postgres:// or postgresql://')
  }
  if (config.key && config.keyFile) {
    faults.push('NEWCOMER_KEY and NEWCOMER_KEY_FILE are both set; set one of them')
  }
  if (config.key && !isKeyText(config.key)) {
    faults.push(
      'NEWCOMER_KEY must be 32 bytes in base64 or hex, as `openssl rand -base64 32` makes them',
    )
  }
  if (config.databaseUrl && !config.key && !config.keyFile) {
    faults.push(
      'NEWCOMER_KEY or NEWCOMER_KEY_FILE must be set when DATABASE_URL is: identifiers are sealed under it',
    )
  }
  if (config.operatorKey && config.operatorKey.length < 16) {
    faults.push('NEWCOMER_OPERATOR_KEY must have at least 16 characters')
  }
  if (config.operatorKey?.includes(':')) {
    faults.push('NEWCOMER_OPERATOR_KEY must not contain a colon: it is the user name of Basic auth')
  }
  if (config.mode === 'production') faults.push(...findProductionFaults(config, env))
  if (!LOG_LEVELS.includes(config.logLevel)) {
    faults.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`)
  }
  return faults
}

// More would only wait for the same database.
const MAX_PROCESSES = 64

/** `auto` is one for each core. The embedded database has one process, whatever machine it is on. */
function parseProcesses(text: (name: string) => string | undefined, faults: string[]): number {
  const [value = '1', isEmbedded] = [text('NEWCOMER_PROCESSES'), text('DATABASE_URL') === undefined]
  const most = Math.min(MAX_PROCESSES, availableParallelism())
  const count = value === 'auto' ? (isEmbedded ? 1 : most) : /^\d+$/.test(value) ? Number(value) : 0
  if (count < 1 || count > MAX_PROCESSES) {
    faults.push(`NEWCOMER_PROCESSES must be a whole number from 1 to ${MAX_PROCESSES}, or auto`)
  } else if (count > 1 && isEmbedded) {
    faults.push(
      'NEWCOMER_PROCESSES above 1 needs DATABASE_URL: the embedded database takes one process',
    )
  }
  return count
}

/** What may be left out or be weak only where nobody else can call. */
function findProductionFaults(config: Config, env: Environment): string[] {
  const faults: string[] = []
  if (!env['NEWCOMER_PUBLIC_URL']?.trim()) {
    faults.push(
      'NEWCOMER_PUBLIC_URL must be set in production, such as https://network.example: links begin with it, ' +
        'and would begin with whatever host a caller names',
    )
  }
  if (config.operatorKey && !isStrongKey(config.operatorKey)) {
    faults.push(
      `NEWCOMER_OPERATOR_KEY must not be easy to guess in production: make one with \`${KEY_COMMAND}\``,
    )
  }
  return faults
}

function parseProxies(text: string | undefined, faults: string[]): TrustProxy | undefined {
  const trusted = parseTrustProxy(text)
  if (trusted !== null) return trusted
  faults.push(
    'NEWCOMER_TRUST_PROXY must be the number of proxies in front, from 0 to 10, or their addresses and ' +
      'ranges such as 10.1.0.0/16, separated by commas',
  )
  return undefined
}

function parsePublicUrl(text: string | undefined, faults: string[]): string | undefined {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && !/[?#@]/.test(text)) {
    return (url.origin + url.pathname).replace(/\/+$/, '')
  }
  faults.push(
    'NEWCOMER_PUBLIC_URL must be an http or https URL such as https://network.example, ' +
      'with a path if need be, without user name or query',
  )
  return undefined
}

/** Unless it is said: who tries it on a machine of their own, which nobody else can call, develops. */
function chooseMode(
  text: (name: string) => string | undefined,
  host: string,
  faults: string[],
): Mode {
  const mode = text('NEWCOMER_MODE')
  if (mode === 'development' || mode === 'production') return mode
  if (mode !== undefined) faults.push('NEWCOMER_MODE must be development or production')
  const isLocal = host === 'localhost' || isLoopback(host)
  const isPublic = text('DATABASE_URL') !== undefined || text('NEWCOMER_PUBLIC_URL') !== undefined
  return isLocal && !isPublic ? 'development' : 'production'
}

function parseAllowedRanges(text: string | undefined, faults: string[]): AddressRange[] {
  const ranges = splitList(text).map(parseRange)
  const good = ranges.filter((range) => range !== undefined)
  if (good.length < ranges.length) {
    faults.push(
      'NEWCOMER_WEBHOOK_ALLOW must hold ranges such as 10.1.0.0/16 or fd12:3456::/32, separated by commas; ' +
        'link-local, multicast and reserved ones, metadata services and IPv4 inside IPv6 stay closed',
    )
  }
  return good
}

function parsePorts(text: string | undefined, faults: string[]): number[] {
  if (text === undefined) return [443]
  const ports = splitList(text).map((port) => (/^\d{1,5}$/.test(port) ? Number(port) : 0))
  if (ports.every((port) => port >= 1 && port <= 65_535)) return ports
  faults.push('NEWCOMER_WEBHOOK_PORTS must hold ports from 1 to 65535, separated by commas')
  return [443]
}

function splitList(text = ''): string[] {
  return text === '' ? [] : text.split(',').map((part) => part.trim())
}

function parseMail(
  url: string | undefined,
  from: string | undefined,
  faults: string[],
): MailConfig | undefined {
  if (url !== undefined && !isSmtpUrl(url)) {
    faults.push(
      'NEWCOMER_SMTP_URL must be a URL such as smtps://user:password@mail.example:465, ' +
        'that begins with smtp:// or smtps:// and ends with the host or the port',
    )
  }
  if (from !== undefined && !/^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+$/.test(from)) {
    faults.push('NEWCOMER_MAIL_FROM must be an address such as newcomer@network.example')
  }
  if ((url === undefined) !== (from === undefined)) {
    faults.push('NEWCOMER_SMTP_URL and NEWCOMER_MAIL_FROM belong together; set both or none')
  }
  return url !== undefined && from !== undefined ? { url, from } : undefined
}

function isSmtpUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return false
  if (/[?#]/.test(text) || !/^\/?$/.test(url.pathname)) return false
  try {
    decodeURIComponent(url.username + url.password)
    return true
  } catch {
    return false
  }
}

const HEX_KEY = /^[0-9a-f]{64}$/i
const BASE64_KEY = /^[0-9a-z+/_-]{43}=?$/i

export function isKeyText(text: string): boolean {
  return HEX_KEY.test(text) || BASE64_KEY.test(text)
}

/** The 32 bytes of a key written in hex or base64. */
export function parseKeyText(text: string): Buffer {
  return Buffer.from(text, HEX_KEY.test(text) ? 'hex' : 'base64')
}

/** Where a server on this address is called. An address that means "all of them" is none to call. */
export function serverUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (host === '::') return `http://[::1]:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
