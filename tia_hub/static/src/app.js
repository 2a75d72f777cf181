// What pages gain where JavaScript runs. Everything works without it.
import { startAutosave } from './autosave.js'
import { startComponents } from './enhance.js'
import { startSwaps } from './swap.js'

startComponents()
startSwaps()
startAutosave()
