import { type Html, html } from '../html.ts'
import type { ChannelStatus } from './channel.ts'
import type { Problems } from './publication.ts'
import { ENCODINGS, type Field, PROTOCOLS, type Settings, SRT_MODES } from './settings.ts'
import { statusTexts } from './status-texts.ts'

/** Which fields a protocol wants: those that name this. */
const KINDS: Record<(typeof PROTOCOLS)[number], string> = {
  'nanocosmos (RTMP)': 'rtmp',
  'RTMP/RTMPS': 'rtmp',
  'TS over SRT': 'srt',
  'nanocosmos WHIP': 'whip',
}

/** What every page of a logged-in user shows. */
export interface PageContext {
  readonly formToken: string
  readonly status: ChannelStatus
  /** What the last action led to, where that needs words. */
  readonly notice?: string
}

export function loginPage(notice: string): Html {
  return layout(
    'Log in',
    html`<main class="login">
      <form method="post" action="/login" class="card">
        <h1>Talon <small>virtual device</small></h1>
        <p>Log in to set up the encoder.</p>
        ${notice ? html`<p role="alert" class="alert">${notice}</p>` : ''}
        <label for="username">Username</label>
        <input id="username" name="username" autocomplete="username" required maxlength="64" />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="64" />
        <button class="primary">Log in</button>
      </form>
    </main>`,
  )
}

export function statusPage(context: PageContext): Html {
  const texts = statusTexts(context.status)
  const rows = [
    ['Protocol', 'protocol'],
    ['Destination', 'destination'],
    ['Streaming for', 'seconds'],
    ['Frames sent', 'frames'],
    ['Bitrate, mean', 'kbps'],
    ['Reconnects', 'reconnects'],
  ] as const
  return frame(
    'Status',
    context,
    html`<section class="card">
      <h2>Channel 1</h2>
      <dl>
        ${rows.map(([label, id]) => html`<dt>${label}</dt><dd data-status="${id}">${texts[id]}</dd>`)}
      </dl>
    </section>`,
  )
}

export function upstreamPage(
  context: PageContext,
  settings: Settings,
  problems: Problems,
  preset: string,
): Html {
  const field = (
    name: Field,
    label: string,
    wants: string,
    hint = '',
  ) => html`<div class="field" data-for="${wants}">
      <label for="${name}">${label}</label>
      <input id="${name}" name="${name}" value="${settings[name]}" autocomplete="off" spellcheck="false"
        aria-describedby="${name}-help" ${problems[name] ? html`aria-invalid="true"` : ''} />
      ${help(name, hint)}
    </div>`
  const choice = (
    name: Field,
    label: string,
    wants: string,
    options: readonly Html[],
  ) => html`<div class="field" data-for="${wants}">
      <label for="${name}">${label}</label>
      <select id="${name}" name="${name}" aria-describedby="${name}-help">${options}</select>
      ${help(name, '')}
    </div>`
  const help = (name: Field, hint: string) =>
    html`<p id="${name}-help" class="${problems[name] ? 'problem' : 'hint'}">${problems[name] ?? hint}</p>`
  const option = (value: string, label: string, chosen: string, kind = '') =>
    html`<option value="${value}" data-kind="${kind}" ${value === chosen ? html`selected` : ''}>${label}</option>`
  return frame(
    'Upstream Protocol',
    context,
    html`<form id="channel" method="post" action="/output/upstream-protocol" data-preset="${preset}">
      ${tokenField(context)}
      <section class="card">
        <h2>Channel 1: Upstream Protocol</h2>
        ${choice(
          'protocol',
          'Protocol',
          '*',
          PROTOCOLS.map((one) => option(one, one, settings.protocol, KINDS[one])),
        )}
        ${field('destinationUrl', 'Destination URL', 'rtmp', 'Your RTMP ingest URL')}
        ${field('streamKey', 'Stream Key', 'rtmp whip', 'In the dashboard: stream name, XXXXX-YYYYY')}
        ${choice(
          'srtMode',
          'SRT Mode',
          'srt',
          SRT_MODES.map((one) => option(one, one, settings.srtMode)),
        )}
        ${field('destinationAddress', 'Destination Address', 'srt', 'Host name or IP address')}
        ${field('port', 'Port', 'srt')}
        ${field('streamId', 'Stream ID', 'srt', 'push:XXXXX-YYYYY tells which stream this is')}
      </section>
      <section class="card" id="video">
        <h2>Video</h2>
        <p class="hint">Source: test pattern with frame counter. Key frames each 2 s, AAC 48 kHz.</p>
        ${choice(
          'encoding',
          'Resolution and bitrate',
          '*',
          ENCODINGS.map(({ clip, label }) => option(clip, label, settings.encoding)),
        )}
      </section>
      <button>Apply</button>
    </form>`,
  )
}

function frame(title: string, context: PageContext, content: Html): Html {
  const { status, notice = '' } = context
  const texts = statusTexts(status)
  return layout(
    title,
    html`<header>
        <p class="brand">Talon <small>virtual device</small></p>
        <nav aria-label="Menu">
          <a href="/status">Status</a>
          <details><summary>Output</summary><div class="menu">
            <a href="/output/upstream-protocol">Upstream Protocol</a>
            <a href="/output/upstream-protocol#video">Video</a>
          </div></details>
          <details><summary>Actions</summary><div class="menu">
            ${action(context, '/actions/start', 'Start', title === 'Upstream Protocol')}
            ${action(context, '/actions/stop', 'Stop', false)}
            ${action(context, '/logout', 'Log out', false)}
          </div></details>
        </nav>
      </header>
      <main>
        <p class="state" data-state="${status.state}" role="status">
          <span class="lamp"></span> <strong data-status="state">${texts.state}</strong>
          <span data-status="message">${texts.message}</span>
        </p>
        ${notice ? html`<p role="alert" class="alert">${notice}</p>` : ''}
        <h1>${title}</h1>
        ${content}
      </main>`,
  )
}

/** A button; where the channel's form is on the page it sends that form. */
function action(context: PageContext, path: string, label: string, withChannel: boolean): Html {
  if (withChannel) return html`<button form="channel" formaction="${path}">${label}</button>`
  return html`<form method="post" action="${path}">${tokenField(context)}<button>${label}</button></form>`
}

function tokenField({ formToken }: PageContext): Html {
  return html`<input type="hidden" name="token" value="${formToken}" />`
}

function layout(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} – virtual Talon</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/device.css" />
    <script src="/device.js" defer></script>
  </head>
  <body>${body}</body>
</html>
`
}
