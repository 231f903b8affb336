import { fileURLToPath } from 'node:url'
import { Application, Comment, Converter } from 'typedoc'
import { load as markdown } from 'typedoc-plugin-markdown'
import { load as typesInSignatures } from 'typedoc-plugin-missing-exports'
import { repairAnchors } from './anchors.mjs'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const packages = ['core', 'express', 'next', 'nestjs', 'redis', 'opentelemetry', 'sandbox', 'cli', 'browser']
const inSignatures = 'types-in-signatures'

/**
 * Writes the reference of the public packages into a folder, from the docstrings. Nothing in it depends on the day,
 * the machine or the commit, so that the same sources give the same bytes.
 *
 * @param {string} folder
 */
export async function writeReference(folder) {
  const application = await Application.bootstrapWithPlugins({
    plugin: [markdown, typesInSignatures],
    logLevel: 'Warn',
    name: 'API reference',
    tsconfig: `${repository}tools/api-reference/tsconfig.json`,
    entryPoints: packages.map((name) => `${repository}packages/${name}/src/index.ts`),
    outputs: [{ name: 'markdown', path: folder }],
    // what would name a commit, a machine or a version
    disableSources: true,
    disableGit: true,
    hideGenerator: true,
    basePath: repository,
    // only what can be imported, and what its signatures mention
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    internalModule: inSignatures,
    // one page a package
    readme: 'none',
    router: 'module',
    flattenOutputFiles: true,
    excludeScopesInPaths: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    githubPages: false,
    sort: ['source-order'],
    groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases', '*'],
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    tableColumnSettings: { hideDefaults: true, hideModifiers: true, hideSources: true },
    // signatures stand in no code block: the examples alone do, and those are type-checked
    useCodeBlocks: false,
    packagesRequiringDocumentation: packages.map(npmName),
    requiredToBeDocumented: ['Variable', 'Function', 'Class', 'Interface', 'TypeAlias', 'Method'],
    validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true },
  })
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => nameModules(project))

  const project = await application.convert()
  if (project !== undefined) application.validate(project)
  if (project === undefined || application.logger.hasErrors() || application.logger.hasWarnings()) {
    throw new Error('the reference cannot be generated: see above')
  }
  await application.generateOutputs(project)
  if (application.logger.hasErrors()) throw new Error('the reference could not be written: see above')
  await repairAnchors(folder)
}

/** @param {string} name */
function npmName(name) {
  return `@tesouro-tokens/${name}`
}

/** @param {import('typedoc').ProjectReflection} project */
function nameModules(project) {
  for (const module of project.children ?? []) {
    const [, name] = /^packages\/(\w+)\/src$/.exec(module.name) ?? []
    if (name !== undefined) module.name = npmName(name)
    const shapes = module.children?.find((child) => child.name === inSignatures)
    if (shapes === undefined) continue
    shapes.comment = text(aboutShapes)
    // nobody can import these, so that not all of them need a docstring
    for (const shape of shapes.children ?? []) shape.comment ??= text('A shorthand of the sources.')
  }
}

/** @param {string} words */
function text(words) {
  return new Comment([{ kind: 'text', text: words }])
}

const aboutShapes =
  'Shapes that signatures mention without exporting them. Take one from the type that mentions it, such as ' +
  "`Extract<TesouroTokensEvent, { type: 'exchange' }>`."
