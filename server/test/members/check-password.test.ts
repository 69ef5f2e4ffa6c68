import { expect, test } from 'vitest'
import { checkPassword } from '../../src/members/people/check-password.ts'

const WORDS = ['kim.smith@rewards.example', 'Example Rewards']

test.each([
  'short',
  'eleven-char',
  'aaaaaaaaaaaaaaaa',
  'abababababababab',
  '1qaz2wsx3edc',
  '123QWEasdZXC',
  'Sunshine2024!!',
  '!!password1234!!',
  'newcomer-newcomer',
  'kim.smith@rewards.example',
  'RewardsRewards1',
  'x'.repeat(257),
])('%j is refused', async (password) => {
  await expect(checkPassword(password, WORDS)).rejects.toMatchObject({
    status: 400,
    details: { field: 'password' },
  })
})

test.each([
  'seven green bicycles',
  'пароль который никто не знает',
  '𝒻𝓊𝓃 🚲🌂 and no rules',
  'rewards of a long walk',
])('%j is taken', async (password) => {
  await expect(checkPassword(password, WORDS)).resolves.toBeUndefined()
})
