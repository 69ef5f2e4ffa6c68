import { Type } from 'typebox'
import type { Static } from 'typebox'
import { OneOf, closed, date } from '../http/schema.ts'
import { PERMISSIONS } from '../organizations/permission.ts'
import { Email, Permissions, PresetBody, presetAnswer } from './account-schema.ts'
import type { CreatedInvitation, Invitation } from './invitations/invite.ts'
import type { PersonProfile } from './people/person.ts'
import type { MemberRow } from './people/member-store.ts'
import { presetOf } from './people/preset.ts'

const grant = {
  preset: Type.Optional(PresetBody),
  permissions: Type.Optional(Permissions),
}
export const MemberBody = Type.Object(grant, { ...closed, title: 'MemberChange' })
export const InvitationBody = Type.Object(
  { email: Email, ...grant },
  { ...closed, title: 'InvitationFields' },
)
export const MemberPath = Type.Object({ member: Type.String() })
export const InvitationPath = Type.Object({ invitation: Type.String() })

const permissions = Type.Array(OneOf(PERMISSIONS))

export const MemberAnswer = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    permissions,
    preset: presetAnswer,
    factors: Type.Object({ totp: Type.Boolean(), passkeys: Type.Integer() }),
    created_date: date('Since when.'),
  },
  { title: 'Member' },
)

const invitation = {
  id: Type.String(),
  email: Type.String(),
  permissions,
  preset: presetAnswer,
  created_by: Type.String({ description: 'The id of the key or person.' }),
  created_date: date(),
  expires_date: date(),
}
export const InvitationAnswer = Type.Object(invitation, { title: 'Invitation' })
export const NewInvitationAnswer = Type.Object(
  {
    ...invitation,
    link: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'To be handed on, where no mail brings it; else null. Shown this once.',
    }),
  },
  { title: 'NewInvitation' },
)

export function memberToWire(
  { id, permissions: granted, has_totp, passkeys, created_at }: MemberRow,
  { name, email }: PersonProfile,
): Static<typeof MemberAnswer> {
  return {
    id,
    name,
    email,
    permissions: granted,
    preset: presetOf(granted),
    factors: { totp: has_totp, passkeys },
    created_date: created_at.toISOString(),
  }
}

export function invitationToWire(its: Invitation): Static<typeof InvitationAnswer> {
  return {
    id: its.id,
    email: its.email,
    permissions: its.permissions,
    preset: presetOf(its.permissions),
    created_by: its.createdBy,
    created_date: its.createdAt.toISOString(),
    expires_date: its.expiresAt.toISOString(),
  }
}

export function newInvitationToWire(its: CreatedInvitation): Static<typeof NewInvitationAnswer> {
  return { ...invitationToWire(its), link: its.link }
}

/** What the operator says of an invitation: to an organization, or to be an operator. */
export const OperatorInvitationBody = Type.Object(
  {
    email: Email,
    organization: Type.Optional(Type.String({ description: 'Absent: to be an operator.' })),
    ...grant,
  },
  closed,
)
export const InvitationListQuery = Type.Object(
  { organization: Type.Optional(Type.String({ description: 'Absent: to be an operator.' })) },
  closed,
)
export const PersonListQuery = Type.Object(
  { organization: Type.Optional(Type.String({ description: 'Its members; absent: everybody.' })) },
  closed,
)
export const PersonPath = Type.Object({ person: Type.String() })
export const OperatorFlagBody = Type.Object({ is_operator: Type.Boolean() }, closed)
export const ResetLinkAnswer = Type.Object(
  {
    link: Type.String({
      description: 'By which the person chooses a password, within an hour. Shown this once.',
    }),
  },
  { title: 'ResetLink' },
)
export const PersonAnswer = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    is_operator: Type.Boolean(),
    memberships: Type.Array(
      Type.Object({ organization: Type.String(), permissions }, { title: 'PersonMembership' }),
    ),
    created_date: date(),
  },
  { title: 'Person' },
)
