/**
 * Runs inside the page, so it may use nothing from outside itself: every visible text whose
 * contrast with the ground behind it is below `least` (WCAG 2.2, 1.4.3), as "ratio text".
 */
export function weakContrasts(least: number): string[] {
  const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = (colour: string) => {
    const [r = 0, g = 0, b = 0] = channels(colour)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)'
    const ground = getComputedStyle(element).backgroundColor
    return (channels(ground)[3] ?? 1) === 1 ? ground : groundOf(element.parentElement)
  }
  const found = new Set<string>()
  for (const element of document.querySelectorAll('main *')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
    const text = own.map((node) => node.textContent?.trim()).join('')
    if (text === '' || !element.checkVisibility({ visibilityProperty: true })) continue
    const pair = [luminance(getComputedStyle(element).color), luminance(groundOf(element))]
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
    if (ratio < least) found.add(`${ratio.toFixed(2)} ${element.className} ${text.slice(0, 40)}`)
  }
  return [...found]
}
