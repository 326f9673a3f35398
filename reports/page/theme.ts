import { el } from './dom.ts'

type Listener = () => void

const listeners = new Set<Listener>()
const dark = matchMedia('(prefers-color-scheme: dark)')

/** Charts are drawn on canvas, so they must be drawn again when the colours change. */
export function onThemeChange(listener: Listener): void {
  listeners.add(listener)
}

dark.addEventListener('change', tell)
// Canvases cannot follow a print style sheet by themselves.
let beforePrint: string | undefined
addEventListener('beforeprint', () => {
  beforePrint ??= document.documentElement.style.colorScheme
  setScheme('light')
})
addEventListener('afterprint', () => {
  if (beforePrint !== undefined) setScheme(beforePrint)
  beforePrint = undefined
})

/** A colour of the style sheet as the canvas needs it: resolved for the scheme in force. */
export function colour(name: string): string {
  const probe = el('span')
  probe.style.color = `var(--${name})`
  document.body.append(probe)
  const value = getComputedStyle(probe).color
  probe.remove()
  return value
}

export function themeToggle(): HTMLElement {
  const button = el('button', {
    class: 'theme-toggle',
    attributes: { type: 'button' },
    onclick: () => {
      setScheme(isDark() ? 'light' : 'dark')
      label()
    },
  })
  const label = () => {
    button.textContent = isDark() ? 'Light' : 'Dark'
    button.setAttribute('aria-label', `Switch to ${isDark() ? 'light' : 'dark'} colours`)
  }
  label()
  onThemeChange(label)
  return button
}

function isDark(): boolean {
  const chosen = document.documentElement.style.colorScheme
  return chosen ? chosen === 'dark' : dark.matches
}

/** '' leaves the choice to the system. */
function setScheme(scheme: string): void {
  document.documentElement.style.colorScheme = scheme
  tell()
}

function tell(): void {
  for (const listener of listeners) listener()
}
