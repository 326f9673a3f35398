import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A page before its data: what stands between `<!--STYLE-->` and `<!--SCRIPT-->` is put in later. */
export interface PageParts {
  readonly template: string
  readonly style: string
  readonly script: string
}

/** Bundles `template.html`, `style.css` and `main.ts` of a folder. */
export async function bundlePage(folder: URL): Promise<PageParts> {
  const at = (name: string) => fileURLToPath(new URL(name, folder))
  const common = { bundle: true, minify: true, write: false, charset: 'utf8' } as const
  const [template, style, script] = await Promise.all([
    readFile(at('template.html'), 'utf8'),
    build({ ...common, entryPoints: [at('style.css')] }),
    build({ ...common, entryPoints: [at('main.ts')], format: 'iife', target: 'es2022' }),
  ])
  return { template, style: textOf(style.outputFiles), script: textOf(script.outputFiles) }
}

/** The whole page; `policy` and `fill` are added to what each page has. */
export function fillPage(
  { template, style, script }: PageParts,
  policy: readonly string[] = [],
  fill: Readonly<Record<string, string>> = {},
): string {
  const parts: Record<string, string> = {
    POLICY: [
      "default-src 'none'",
      `script-src '${hashOf(script)}'`,
      `style-src '${hashOf(style)}'`,
      "base-uri 'none'",
      "form-action 'none'",
      ...policy,
    ].join('; '),
    STYLE: `<style>${style}</style>`,
    SCRIPT: `<script>${script}</script>`,
    ...fill,
  }
  return template.replaceAll(/<!--([A-Z]+)-->/g, (whole, name: string) => parts[name] ?? whole)
}

function textOf(files: readonly { text: string }[]): string {
  const text = files.map((file) => file.text).join('')
  // esbuild escapes these itself; if that ever changes, no page is better than a broken one.
  if (/<\/(script|style)/i.test(text)) throw new Error('the page would end its own element')
  return text
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
