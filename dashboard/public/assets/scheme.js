// Before anything is drawn, or a dark page would flash white. Mantine reads and writes the same key.
try {
  const chosen = localStorage.getItem('mantine-color-scheme-value')
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  const scheme = chosen === 'light' || chosen === 'dark' ? chosen : isDark ? 'dark' : 'light'
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
} catch {
  // Without storage the page is light.
}
