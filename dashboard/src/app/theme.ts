import { createTheme, darken, luminance } from '@mantine/core'
import type { CSSVariablesResolver, MantineTheme } from '@mantine/core'

const close = { closeButtonProps: { 'aria-label': 'Close' } }
const header = { attributes: { header: { role: 'presentation' } } }
const calendar = {
  popoverProps: { attributes: { dropdown: { 'aria-label': 'Calendar' } } },
  previousLabel: 'Before',
  nextLabel: 'After',
  hideOutsideDates: true,
}

export const own = createTheme({
  autoContrast: true,
  // White on it and black on it have the same contrast there, 4.58:1, so either has at least as much.
  luminanceThreshold: 0.179,
  primaryShade: 8,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    // By name, so that the first page loads none of them.
    Modal: { defaultProps: { ...close, ...header } },
    Drawer: { defaultProps: { ...close, ...header } },
    Notification: { defaultProps: close },
    DatePickerInput: { defaultProps: calendar },
    DateTimePicker: { defaultProps: calendar },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
})

/** Every word of ours stands out at least 4.5:1, on all the backgrounds it may have. */
export const ownVariables: CSSVariablesResolver = (theme) => {
  const light: Record<string, string> = {
    '--mantine-color-dimmed': theme.colors.gray[7],
    '--mantine-color-placeholder': theme.colors.gray[7],
    '--mantine-color-error': theme.colors.red[9],
    '--mantine-color-success': darkEnough(theme, 'teal'),
  }
  const dark: Record<string, string> = {
    '--mantine-color-dimmed': theme.colors.dark[1],
    '--mantine-color-placeholder': theme.colors.dark[1],
    '--mantine-color-error': theme.colors.red[4],
    '--mantine-color-success': theme.colors.teal[4],
  }
  for (const name of Object.keys(theme.colors)) {
    const text = darkEnough(theme, name)
    light[`--mantine-color-${name}-text`] = text
    light[`--mantine-color-${name}-outline`] = text
    light[`--mantine-color-${name}-light-color`] = darkEnough(
      theme,
      name,
      theme.colors[name]?.[2] ?? '',
    )
    const bright = brightEnough(theme, name)
    dark[`--mantine-color-${name}-text`] = bright
    dark[`--mantine-color-${name}-outline`] = bright
  }
  return { variables: {}, light, dark }
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

function darkEnough(theme: MantineTheme, name: string, on = theme.colors.gray[2]): string {
  const shades = theme.colors[name as 'gray']
  const fitting = shades.slice(7).find((shade) => contrast(shade, on) >= 4.5)
  if (fitting !== undefined) return fitting
  let share = 0
  while (contrast(darken(shades[9], share), on) < 4.5) share += 0.02
  return darken(shades[9], share)
}

function brightEnough(theme: MantineTheme, name: string): string {
  const shades = theme.colors[name as 'gray']
  return (
    [4, 3, 2, 1, 0]
      .map((shade) => shades[shade] ?? '')
      .find((shade) => contrast(shade, theme.colors.dark[5]) >= 4.5) ?? theme.white
  )
}
