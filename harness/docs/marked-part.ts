/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. @throws when a mark is missing */
export function replaceMarkedPart(document: string, name: string, content: string): string {
  const start = `<!-- ${name} -->`
  const end = `<!-- /${name} -->`
  const from = document.indexOf(start)
  const to = document.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`the document has no part ${start} … ${end}`)
  return `${document.slice(0, from + start.length)}\n${content}\n${document.slice(to)}`
}
