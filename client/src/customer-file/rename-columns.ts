import { ADDRESS_REMOVED, hasAtSign } from './address-text.ts'
import { compareNames, isBareEmail } from './column-names.ts'
import type { HeaderColumn, SaidColumns } from './parse-header.ts'

const OURS = ['email_sha256', 'emails_sha256']

/**
 * What columns are to be called from now on; undefined: as they are. One that is called plainly `email`
 * holds hashes then, and one whose sender says what it is gets a name that says so.
 */
export function renameColumns(
  columns: readonly HeaderColumn[],
  said: SaidColumns,
): (string | undefined)[] {
  const free = OURS.filter((ours) => !columns.some(({ name }) => compareNames(name, ours)))
  return columns.map(({ name, means, isPlain, isOther }) => {
    const isSaid = said.has(name)
    // Without a header the first line may be a row.
    const hasAddress = !isSaid && hasAtSign(name)
    if (means === null && hasAddress) return ADDRESS_REMOVED
    if (isSaid && isOther) return 'ignored'
    const isRenamed = isSaid || hasAddress
    const isEmail = means === 'email_sha256' || means === 'emails_sha256'
    if (!isEmail) return isRenamed && means !== null ? means : undefined
    if (!isRenamed && !(isPlain && isBareEmail(name))) return undefined
    return takeName(free, means) ?? (isRenamed ? 'hashed_email' : undefined)
  })
}

function takeName(free: string[], means: string): string | undefined {
  const index = means === 'emails_sha256' ? free.indexOf(means) : 0
  return index === -1 ? undefined : free.splice(index, 1)[0]
}
