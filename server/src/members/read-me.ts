import { retry } from '../kernel/database/transaction.ts'
import { listLookedAt, listLooks } from '../organizations/look-store.ts'
import { lookToWire } from '../organizations/own/look-schema.ts'
import type { Session } from '../organizations/session.ts'
import { listFactors } from './factors/factor-store.ts'
import type { FactorRow } from './factors/factor-store.ts'
import { countRecoveryCodes } from './factors/recovery-code-store.ts'
import { factorBlobRow } from './factors/totp.ts'
import { listMemberships } from './people/member-store.ts'
import { getPersonByNumber } from './people/person-store.ts'
import { toPerson } from './people/person.ts'
import { presetOf } from './people/preset.ts'
import type { PeopleParts } from './people-parts.ts'

/** The person, with all that belongs to them, as it is answered. */
export async function readMe(parts: PeopleParts, session: Session) {
  const { database, vault, directory, clock, mode, mailer } = parts
  const { number } = session.person
  const { db } = database
  const person = toPerson(vault, await retry(() => getPersonByNumber(db, number)))
  const memberships = await retry(() => listMemberships(db, [number]))
  const looks = await retry(() => listLooks(db, { session: session.id }, clock.now()))
  const own = memberships.map(({ organization }) => organization)
  const lookedAt = await retry(() => listLookedAt(db, own, clock.now()))
  const factors = await retry(() => listFactors(db, number))
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    is_operator: person.isOperator,
    has_password: person.passwordHash !== null,
    memberships: memberships.flatMap(({ organization, permissions }) => {
      const shown = show(directory, organization)
      const isLookedAt = lookedAt.includes(organization)
      const its = { permissions, preset: presetOf(permissions), is_looked_at: isLookedAt }
      return shown ? [{ organization: shown, ...its }] : []
    }),
    looks: looks.flatMap((look) => {
      const shown = show(directory, look.organization)
      return shown ? [{ organization: shown, ...lookToWire(look) }] : []
    }),
    factors: factors.map((factor) => ({
      id: factor.id,
      kind: factor.kind,
      name: nameOf(parts, factor),
      created_date: factor.created_at.toISOString(),
      last_used_date: factor.used_at?.toISOString() ?? null,
    })),
    recovery_codes: await retry(() => countRecoveryCodes(db, number)),
    session: {
      id: session.id,
      is_enrolling: session.isEnrolling,
      fresh_until_date: session.freshUntil.toISOString(),
    },
    mode,
    sends_mail: mailer !== undefined,
  }
}

/** Undefined of one that this process has not heard of yet. */
function show(directory: PeopleParts['directory'], number: number) {
  const found = directory.current().byNumber(number)
  return found && { id: found.id, name: found.name, role: found.role }
}

function nameOf({ vault }: PeopleParts, { id, blob }: FactorRow): string {
  return vault.decrypt<{ name: string }>(factorBlobRow(id), blob).name
}
