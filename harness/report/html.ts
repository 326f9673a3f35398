import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { embedJson } from './embed.ts'
import { pageData } from './page-data.ts'
import type { RunRecord } from './run-record.ts'

interface Parts {
  readonly template: string
  readonly style: string
  readonly script: string
}

/** One self-contained page: it asks the network for nothing, and its policy forbids it to. */
export async function renderHtml(record: RunRecord): Promise<string> {
  const { template, style, script } = await loadParts()
  const fill: Record<string, string> = {
    POLICY: [
      "default-src 'none'",
      `script-src '${hashOf(script)}'`,
      `style-src '${hashOf(style)}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
    STYLE: `<style>${style}</style>`,
    DATA: `<script type="application/json" id="data">${embedJson(pageData(record))}</script>`,
    SCRIPT: `<script>${script}</script>`,
  }
  return template.replaceAll(/<!--([A-Z]+)-->/g, (whole, name: string) => fill[name] ?? whole)
}

let parts: Promise<Parts> | undefined

/** The page's own code is the same for every run: it is bundled once per process. */
function loadParts(): Promise<Parts> {
  parts ??= bundle()
  return parts
}

async function bundle(): Promise<Parts> {
  const page = new URL('../../reports/page/', import.meta.url)
  const at = (name: string) => fileURLToPath(new URL(name, page))
  const common = { bundle: true, minify: true, write: false, charset: 'utf8' } as const
  const [template, style, script] = await Promise.all([
    readFile(at('template.html'), 'utf8'),
    build({ ...common, entryPoints: [at('style.css')] }),
    build({ ...common, entryPoints: [at('main.ts')], format: 'iife', target: 'es2022' }),
  ])
  return { template, style: textOf(style.outputFiles), script: textOf(script.outputFiles) }
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
