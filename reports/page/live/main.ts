import type { LiveState } from '../../../harness/validate/live-state.ts'
import { el, section } from '../dom.ts'
import { themeToggle } from '../theme.ts'
import { addressForm } from './address-form.ts'
import { phaseBanner } from './phase-banner.ts'
import { reactionList } from './reaction-list.ts'
import { ruleGrid } from './rule-grid.ts'
import { tiles } from './tiles.ts'

const page = document.getElementById('page')
const brand = el('header', {}, el('div', 'brand', el('span', 'name', 'liveproof'), themeToggle()))
const banner = phaseBanner()
const form = addressForm()
const figures = tiles()
const rules = ruleGrid()
const reactions = reactionList()
page?.replaceChildren(
  brand,
  banner.element,
  form.element,
  figures.element,
  section('rules', 'Rules', rules.element),
  section('reactions', 'What was done to the encoder, and what it did', reactions.element),
)

function show(state: LiveState): void {
  for (const part of [banner, form, figures, rules, reactions]) part.show(state)
  document.title = `${state.phase}: ${state.device ?? state.protocol} (liveproof)`
}

const events = new EventSource('/events')
let over = false
events.addEventListener('message', ({ data }) => {
  const state = JSON.parse(data) as LiveState
  document.body.classList.remove('lost-touch')
  show(state)
  over = state.phase === 'over'
  if (over) events.close()
})
events.addEventListener('error', () => document.body.classList.toggle('lost-touch', !over))
