const QUOTES = `'"\``

/**
 * The titles of the scenarios in a file's text, in order, read without running it: the string
 * literals of `scenario('…'` and `scenario.each(…)('…'` at the beginning of a line. `…` stands for
 * the case of an `each`.
 */
export function scenarioTitles(text: string): string[] {
  return [...text.matchAll(/^scenario(\.each)?(?=\()/gm)].flatMap(({ 0: call, 1: each, index }) => {
    const open = index + call.length
    const title = literalAt(text, each === undefined ? open : endOfCall(text, open))
    return title === null ? [] : [title.replaceAll('%s', '…')]
  })
}

/** The string literal that is the first argument of the call that opens at `open`. */
function literalAt(text: string, open: number): string | null {
  const begin = /^\(\s*(?=['"`])/.exec(text.slice(open))?.[0].length
  if (begin === undefined) return null
  const from = open + begin
  const content = text.slice(from + 1, endOfString(text, from) - 1)
  return content.replace(/\\(.)/g, '$1')
}

/** Behind the parenthesis that closes the one at `open`. */
function endOfCall(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const char = text[at]!
    if (QUOTES.includes(char)) at = endOfString(text, at) - 1
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at + 1
  }
  return text.length
}

/** Behind the quote that closes the one at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === text[from]) return at + 1
  }
  return text.length
}
