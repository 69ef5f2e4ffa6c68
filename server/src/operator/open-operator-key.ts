import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../kernel/config.ts'
import type { Logger } from '../kernel/log.ts'
import { CannotStart } from '../kernel/cannot-start.ts'
import { KEY_COMMAND, isStrongKey } from '../kernel/key-strength.ts'
import { createSecretFile, readSecretFile } from '../kernel/secret-file.ts'

export function operatorKeyPath(config: Config): string {
  return join(config.dataFolder, 'operator-key')
}

/** The operator's key: from the environment, or from a file that the first start writes. */
export function openOperatorKey(config: Config, log: Logger): string {
  if (config.operatorKey) return config.operatorKey
  const path = operatorKeyPath(config)
  if (readSecretFile(path, log) === undefined) {
    createSecretFile(path, `op-${randomBytes(24).toString('base64url')}`)
    log.info({ path }, 'An operator key was written to this file.')
  }
  const key = readSecretFile(path, log)
  const isWeak = key !== undefined && config.mode === 'production' && !isStrongKey(key)
  if (isWeak) {
    throw new CannotStart(
      `${path} must hold an operator key that is not easy to guess: make one with \`${KEY_COMMAND}\`.`,
    )
  }
  if (key && key.length >= 16 && !key.includes(':')) return key
  throw new CannotStart(
    `${path} must hold an operator key of at least 16 characters, without a colon.`,
  )
}
