// Writes tia_hub/static/build/ afresh: style, script, typeface and pictures, as the pages use them.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { compile } from 'sass'

const source = dirname(fileURLToPath(import.meta.url))
const packages = join(source, '../../../node_modules')
const target = join(source, '../build')

rmSync(target, { recursive: true, force: true })
mkdirSync(join(target, 'fonts'), { recursive: true })

const style = compile(join(source, 'app.scss'), {
  loadPaths: [packages],
  style: 'compressed',
  quietDeps: true
})
writeFileSync(join(target, 'app.css'), style.css)

await build({
  entryPoints: [join(source, 'app.js')],
  outfile: join(target, 'app.js'),
  nodePaths: [packages],
  bundle: true,
  format: 'esm',
  target: 'es2020',
  minify: true,
  legalComments: 'none'
})

cpSync(join(packages, 'htmx.org/dist/htmx.min.js'), join(target, 'htmx.min.js'))
cpSync(join(source, 'images'), target, { recursive: true })

const typeface = join(packages, '@fontsource/atkinson-hyperlegible-next')
for (const script of ['latin', 'latin-ext']) {
  for (const weight of ['400', '600']) {
    const name = `atkinson-hyperlegible-next-${script}-${weight}-normal.woff2`
    cpSync(join(typeface, 'files', name), join(target, 'fonts', name))
  }
}
cpSync(join(typeface, 'LICENSE'), join(target, 'fonts/LICENSE'))
