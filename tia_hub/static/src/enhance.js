// GOV.UK Frontend's behaviour, for the page and for every piece that htmx brings in later.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  ExitThisPage,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  isSupported
} from 'govuk-frontend'

const components = [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  ExitThisPage,
  NotificationBanner,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink
]

/** Start each component in `root`, itself included, that has not been started yet. */
function enhance(root) {
  for (const Component of components) {
    const name = Component.moduleName
    const selector = `[data-module="${name}"]:not([data-${name}-init])`
    const elements = [...root.querySelectorAll(selector)]
    if (root instanceof Element && root.matches(selector)) elements.unshift(root)
    for (const element of elements) {
      // Never take the focus from somebody who is typing in a form that saves itself
      const quiet = Component === ErrorSummary && root !== document && element.closest('[data-autosave]')
      try {
        if (quiet) new Component(element, { disableAutoFocus: true })
        else new Component(element)
      } catch (error) {
        // One broken control must not take the others with it
        console.error(error)
      }
    }
  }
}

export function startComponents() {
  document.body.classList.add('js-enabled')
  if ('noModule' in HTMLScriptElement.prototype) {
    document.body.classList.add('govuk-frontend-supported')
  }
  if (!isSupported()) return
  enhance(document)
  document.addEventListener('htmx:load', (event) => enhance(event.detail.elt))
}
