const ID = /`\.\/liveproof bench ([\w-]+) /

/**
 * Puts what was measured now in place of what the page said of the same benchmarks, and leaves the
 * others; benchmarks that are new to it come last. Sections begin with `## `.
 */
export function mergeSections(page: string, measured: readonly string[]): string[] {
  const before = page.split(/^(?=## )/m).filter((part) => part.startsWith('## '))
  const fresh = new Map(measured.map((section) => [idOf(section), section.trimEnd()]))
  const kept = before.map((section) => {
    const replaced = fresh.get(idOf(section))
    fresh.delete(idOf(section))
    return replaced ?? section.trimEnd()
  })
  return [...kept, ...fresh.values()]
}

function idOf(section: string): string {
  return ID.exec(section)?.[1] ?? section.split('\n')[0] ?? ''
}
