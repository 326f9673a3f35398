import { Page } from './page.ts'
import { Player } from './player.ts'
import { settingsOf, withIds } from './settings.ts'
import { loadGroup } from './source.ts'

declare global {
  interface Window {
    /** For tests and the console. */
    liveproofPlayer: Player | undefined
  }
}

const playUrl = document.documentElement.dataset['playUrl'] ?? ''
const page = new Page(document)
const apiUrl = document.documentElement.dataset['apiUrl'] ?? ''
const server = document.documentElement.dataset['server'] ?? ''
const settings = settingsOf(new URL(location.href), playUrl, apiUrl, server)
if (settings.entries[0]?.stream === '' && settings.group === null) {
  page.askForStream()
} else {
  void start()
}

async function start(): Promise<void> {
  const { group } = settings
  try {
    const entries =
      group === null
        ? settings.entries
        : await loadGroup(group.api, group.id, (url) => withIds(url))
    const player = new Player(page.video, settings, entries)
    window.liveproofPlayer = player
    page.show(player)
  } catch (error) {
    page.fail(5103, String(error))
  }
}
