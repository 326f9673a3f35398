type Child = Node | string | undefined | false

interface Options {
  readonly class?: string
  /** Plain attributes; never event handlers or style. */
  readonly attributes?: Readonly<Record<string, string>>
  readonly onclick?: (event: MouseEvent) => void
}

/** One element. Strings become text nodes, so no value of the run is ever read as markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options | string = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const {
    class: name,
    attributes,
    onclick,
  } = typeof options === 'string' ? { class: options } : options
  const element = document.createElement(tag)
  if (name) element.className = name
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value)
  if (onclick) element.addEventListener('click', onclick as EventListener)
  for (const child of children) {
    if (child !== undefined && child !== false) element.append(child)
  }
  return element
}

/** A heading with its content, as a landmark. */
export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  const heading = el('h2', { attributes: { id: `${id}-title` } }, title)
  return el(
    'section',
    { attributes: { id, 'aria-labelledby': `${id}-title` } },
    heading,
    ...children,
  )
}
