const parts = '^(command-services|streams|projections|query-api|gateway)/'
/** The import law of the system; see CONTRIBUTING.md. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'files may know each other by their types alone',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'schemas-stand-alone',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { path: `^packages/|${parts}` },
    },
    { name: 'packages-know-no-part', severity: 'error', from: { path: '^packages/' }, to: { path: parts } },
    {
      name: 'parts-never-import-each-other',
      comment: 'query-api alone may read the definition of the projection that it serves',
      severity: 'error',
      from: { path: parts, pathNot: '^query-api/' },
      to: { path: parts, pathNot: '^$1/' },
    },
    {
      name: 'query-api-reads-projections-only',
      severity: 'error',
      from: { path: '^query-api/' },
      to: { path: '^(command-services|streams|gateway)/' },
    },
    {
      name: 'nothing-imports-deploy-tests-bench',
      severity: 'error',
      from: { path: `^schemas/|^packages/|${parts}`, pathNot: '\\.spec\\.ts$|/(testing|spec-support)/' },
      to: { path: '^(deploy|tests|bench)/' },
    },
    {
      name: 'kafka-clients-only-in-packages-kafka',
      severity: 'error',
      from: { pathNot: '^packages/kafka/|^bench/|\\.spec\\.ts$' },
      to: { path: 'node_modules/(kafkajs|@platformatic/kafka)/' },
    },
    {
      name: 'deciders-and-handlers-are-pure',
      comment: 'no clock, randomness, environment or network where decisions are made and rows are folded',
      severity: 'error',
      from: {
        path: '^command-services/.*/(campaign|budget|ad-account|ad-account-day|parked-stream|rebuild|tenant|user|membership|role|invitation|route-policy|contradictions)\\.ts$|^projections/[^/]+/[^/]+/[^/]+\\.ts$',
        pathNot: '\\.spec\\.ts$|^projections/(runner|rebuild)/',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'a peer that is measured stands with its packages outside of this project',
      severity: 'error',
      from: { pathNot: '^bench/peers/emmett/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'generated/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
