import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { operator } from '../api/operator.ts'
import type { Person } from '../api/operator.ts'
import { forgetMe } from '../api/use-me.ts'
import { Secret } from '../parts/secret.tsx'
import { useAct } from '../parts/use-act.ts'
import { forgetOperated } from './use-operator.ts'

/** What an operator does for somebody, or about them. */
export interface PersonAction {
  name: string
  isFor: (person: Person) => boolean
  /** What comes of it. */
  consequence: (person: Person) => string
  /** Answers a link, where one is made. */
  run: (id: string) => Promise<string | undefined>
  button: string
  isDanger: boolean
  /** It can't be undone: the address is to be typed. */
  isFinal?: boolean
  done?: string
}

const nothing = async (action: Promise<unknown>): Promise<undefined> => {
  await action
}

export const PERSON_ACTIONS: PersonAction[] = [
  {
    name: 'Make a link to choose a password',
    isFor: () => true,
    consequence: ({ name, email }) =>
      `For an hour, and once, the link lets its holder choose the password of ${name} (${email}). The second factor is asked for as ever.`,
    run: async (id) => (await operator.people.createResetLink(id)).link,
    button: 'Make the link',
    isDanger: false,
  },
  {
    name: 'End all sessions',
    isFor: () => true,
    consequence: ({ name }) => `${name} is signed out everywhere, and can sign in again.`,
    run: (id) => nothing(operator.people.endSessions(id)),
    button: 'End them',
    isDanger: false,
    done: 'All sessions are ended.',
  },
  {
    name: 'Take away lost second factors',
    isFor: () => true,
    consequence: ({ name }) =>
      `${name} signs in by password alone next, and enrols another factor. Make sure by another way, such as a call, that it is ${name} who asks: until then the password alone lets somebody in.`,
    run: (id) => nothing(operator.people.clearFactors(id)),
    button: 'Take them away',
    isDanger: true,
    done: 'The factors are gone.',
  },
  {
    name: 'Make an operator',
    isFor: ({ is_operator: isOperator }) => !isOperator,
    consequence: ({ name }) =>
      `${name} may do all that you may: with organizations, keys, partnerships and people. The sessions end.`,
    run: (id) => nothing(operator.people.change(id, { is_operator: true })),
    button: 'Make an operator',
    isDanger: true,
    done: 'There is one operator more.',
  },
  {
    name: 'Remove from the operators',
    isFor: ({ is_operator: isOperator }) => isOperator,
    consequence: ({ name }) =>
      `${name} is no operator from this moment on, in no open tab either. The account stays, with its organizations.`,
    run: (id) => nothing(operator.people.change(id, { is_operator: false })),
    button: 'Remove them',
    isDanger: true,
    done: 'They are no operator any more.',
  },
  {
    name: 'Erase',
    isFor: () => true,
    consequence: ({ name, email }) =>
      `The account of ${name} (${email}) is gone for good, with its memberships, sessions and factors. API keys that ${name} has made or seen go on working.`,
    run: (id) => nothing(operator.people.erase(id)),
    button: 'Erase them',
    isDanger: true,
    isFinal: true,
    done: 'The person is erased.',
  },
]

export interface PersonDialogProps {
  /** Undefined: nothing is asked. */
  chosen: { action: PersonAction; person: Person } | undefined
  onClose: () => void
}

/** Says what comes of it, and does it. */
export function PersonDialog({ chosen, onClose }: PersonDialogProps) {
  const { isBusy, act } = useAct()
  const [link, setLink] = useState<string>()
  const run = ({ action, person }: NonNullable<PersonDialogProps['chosen']>) =>
    act(async () => {
      setLink(await action.run(person.id))
      onClose()
      await forgetOperated('people')
      await forgetMe()
    }, action.done)
  return (
    <>
      <Modal opened={chosen !== undefined} onClose={onClose} title={chosen?.action.name}>
        {chosen && (
          <Question {...chosen} isBusy={isBusy} onClose={onClose} onSure={() => void run(chosen)} />
        )}
      </Modal>
      <Secret
        title="The link"
        secret={link}
        about="Hand it on yourself, to nobody else."
        onStored={() => setLink(undefined)}
      />
    </>
  )
}

interface QuestionProps {
  action: PersonAction
  person: Person
  isBusy: boolean
  onClose: () => void
  onSure: () => void
}

function Question({ action, person, isBusy, onClose, onSure }: QuestionProps) {
  const [typed, setTyped] = useState('')
  const isSure = action.isFinal !== true || typed.trim() === person.email
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isSure) onSure()
      }}
    >
      <Stack>
        <Text size="sm" className="breaks">
          {action.consequence(person)}
        </Text>
        {action.isFinal === true && (
          <TextInput
            label={`Type the address: ${person.email}`}
            autoComplete="off"
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button
            variant="default"
            {...(action.isFinal !== true && { 'data-autofocus': true })}
            onClick={onClose}
          >
            Leave it
          </Button>
          <Button
            type="submit"
            loading={isBusy}
            disabled={!isSure}
            {...(action.isDanger && { color: 'red' })}
          >
            {action.button}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
