import { fetchPage, objectOf } from './answer.ts'
import type { Page } from './answer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** What somebody may do beyond reading what names no customer. Newer servers may know others. */
export type Permission = 'people' | 'technical' | 'commercial' | 'customers' | (string & {})

/** A set of permissions by its name. */
export type PermissionPreset = 'owner' | 'engineer' | 'partner-manager' | 'viewer' | (string & {})

/** What somebody is to be allowed: by `preset` or by `permissions`, one of both. */
export interface MemberChange {
  preset?: PermissionPreset
  permissions?: Permission[]
}

/** A person who may act for the organization with a browser. */
export interface Member {
  /** `person-…` */
  id: string
  name: string
  email: string
  permissions: Permission[]
  /** Null where these permissions have no name. */
  preset: PermissionPreset | null
  /** How the person signs in beside the password. */
  factors: { totp: boolean; passkeys: number }
  /** Since when. */
  created_date: string
}

/** An invitation that can still be accepted. */
export interface Invitation {
  id: string
  email: string
  permissions: Permission[]
  preset: PermissionPreset | null
  /** The id of the key or person. */
  created_by: string
  created_date: string
  expires_date: string
}

export interface NewInvitation extends Invitation {
  /** To be handed on, shown this once; null where a mail brings it. */
  link: string | null
}

export interface InvitationFields extends MemberChange {
  email: string
}

/** The people of the organization. */
export interface MemberCalls {
  /** All at once, the first one first. */
  list(): Promise<Page<Member>>
  /** Their sessions end. Errors: 404 `NotFound`; 409 `Conflict` for the last one with `people`. */
  change(id: string, change: MemberChange): Promise<Member>
  /** Errors: 404 `NotFound`; 409 `Conflict` for the last one with `people`. */
  remove(id: string): Promise<void>
}

/** Invitations to the organization. */
export interface InvitationCalls {
  /** All at once that can still be accepted, the first one first. */
  list(): Promise<Page<Invitation>>
  /**
   * For 72 hours and once; another one to the same address ends it.
   * Errors: 400 `InvalidField`; 409 `Conflict` for somebody who is a member, or where there are too many.
   */
  create(fields: InvitationFields): Promise<NewInvitation>
  /** Its link is good for nothing then. Errors: 404 `NotFound`. */
  remove(id: string): Promise<void>
}

const MEMBERS_PATH = '/v1/members'
const INVITATIONS_PATH = '/v1/invitations'

export function createMemberCalls(send: Send): MemberCalls {
  return {
    list: async () => fetchPage(send, MEMBERS_PATH),
    change: async (id, change) =>
      objectOf(await send({ method: 'PATCH', path: pathTo(MEMBERS_PATH, id), body: change })),
    remove: async (id) => {
      await send({ method: 'DELETE', path: pathTo(MEMBERS_PATH, id) })
    },
  }
}

export function createInvitationCalls(send: Send): InvitationCalls {
  return {
    list: async () => fetchPage(send, INVITATIONS_PATH),
    create: async (fields) =>
      objectOf(await send({ method: 'POST', path: INVITATIONS_PATH, body: fields })),
    remove: async (id) => {
      await send({ method: 'DELETE', path: pathTo(INVITATIONS_PATH, id) })
    },
  }
}
