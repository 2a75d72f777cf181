// What pages gain where JavaScript runs. Everything works without it.
import { sendUnsaved, startAutosave } from './autosave.js'
import { startComponents } from './enhance.js'
import { startPasskeys } from './passkey.js'
import { startSignedOut } from './signedout.js'
import { startSwaps } from './swap.js'

startComponents()
startSwaps()
startAutosave()
startPasskeys()
startSignedOut(sendUnsaved)
