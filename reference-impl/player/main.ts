import { Page } from './page.ts'
import { Player } from './player.ts'
import { settingsOf } from './settings.ts'

declare global {
  interface Window {
    /** For tests and the console. */
    liveproofPlayer: Player | undefined
  }
}

const playUrl = document.documentElement.dataset['playUrl'] ?? ''
const page = new Page(document)
const settings = settingsOf(new URL(location.href), playUrl)
if (settings.stream === '') {
  page.askForStream()
} else {
  const player = new Player(page.video, settings)
  window.liveproofPlayer = player
  page.show(player)
}
