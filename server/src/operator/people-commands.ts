import { at, printMany, printOne } from './command-tools.ts'
import type { Command } from './command-tools.ts'

const person = { name: 'person' }

/** What the operator does with people, and with their invitations. */
export const PEOPLE_COMMANDS: Command[] = [
  {
    name: 'people invite',
    description: 'invite somebody to an organization, or to be an operator',
    options: {
      email: { value: 'address', isRequired: true },
      organization: { value: 'id', description: 'without it: to be an operator' },
      preset: {
        value: 'preset',
        description: 'what a member may do',
        choices: ['owner', 'engineer', 'partner-manager', 'viewer'],
      },
    },
    run: (tools, options) =>
      printOne(tools, tools.call('/invitations', { method: 'POST', body: options })),
  },
  {
    name: 'people invitations',
    description: 'list the invitations that can still be accepted',
    options: { organization: { value: 'id', description: 'without it: those to be an operator' } },
    run: (tools, { organization }) => {
      const query =
        organization === undefined
          ? ''
          : `?organization=${encodeURIComponent(organization as string)}`
      const columns = ['id', 'email', 'permissions', 'created_by', 'expires_date']
      return printMany(tools, tools.call(`/invitations${query}`), columns)
    },
  },
  {
    name: 'people withdraw',
    description: 'take an invitation back; its link is good for nothing',
    operands: [{ name: 'invitation' }],
    run: async ({ call, print }, _, id: string) => {
      await call(`/invitations${at(id)}`, { method: 'DELETE' })
      print(null, () => `${id} can be accepted no more.`)
    },
  },
  {
    name: 'people list',
    description: 'list everybody who can sign in, oldest first',
    run: (tools) => printMany(tools, tools.call('/people'), ['id', 'name', 'email', 'is_operator']),
  },
  {
    name: 'people reset-link',
    description: 'make a link by which somebody chooses another password',
    operands: [person],
    run: (tools, _, id: string) =>
      printOne(tools, tools.call(`/people${at(id)}/reset-link`, { method: 'POST', body: {} })),
  },
  {
    name: 'people clear-factors',
    description: 'take the second factors of somebody who has lost them; make sure that it is they',
    operands: [person],
    run: async ({ call, print }, _, id: string) => {
      await call(`/people${at(id)}/factors`, { method: 'DELETE' })
      print(null, () => `${id} has no second factor.`)
    },
  },
  {
    name: 'people end-sessions',
    description: 'end all sessions of somebody',
    operands: [person],
    run: async ({ call, print }, _, id: string) => {
      await call(`/people${at(id)}/sessions`, { method: 'DELETE' })
      print(null, () => `${id} is signed out everywhere.`)
    },
  },
  {
    name: 'people erase',
    description: 'erase a person, with memberships, sessions and factors',
    operands: [person],
    run: async ({ call, print }, _, id: string) => {
      await call(`/people${at(id)}`, { method: 'DELETE' })
      print(null, () => `${id} is erased.`)
    },
  },
]
