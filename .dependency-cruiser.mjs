/**
 * Who may import whom, types too. A room sees those above it in this list, never those below it nor its siblings
 * on the same line.
 */
export const levels = [
  ['core'],
  ['layers', 'recipe', 'datasets'],
  ['graph'],
  ['compiler'],
  ['engine', 'formats'],
  ['training'],
  ['state'],
  ['ui', 'cli'],
  ['app'],
];

const notFrom = levels.flatMap((rooms, level) =>
  rooms.map((room) => {
    const forbidden = [...rooms.filter((other) => other !== room), ...levels.slice(level + 1).flat()];
    return {
      name: `${room}-imports-down`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: `^src/(${forbidden.join('|') || '$'})/` },
    };
  }),
);

export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...notFrom,
    {
      name: 'rooms-only',
      comment: 'Every folder of src stands in the list above.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(${levels.flat().join('|')})/` },
    },
    {
      name: 'tfjs-in-engine-alone',
      comment: 'Elsewhere tf is passed in; types are free. Tests may run it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/engine/', '\\.test\\.ts$', '/testing', '\\.testing\\.ts$'] },
      to: { path: '@tensorflow', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'react-in-ui-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ui|app)/' },
      to: { path: 'node_modules/(react|react-dom|@xyflow/react|radix-ui|lucide-react)/' },
    },
    {
      name: 'client-without-engine',
      comment: 'The page talks to the worker by types alone, so that tfjs never loads in it.',
      severity: 'error',
      from: { path: '^src/(state|ui|app)/|^src/training/(client|protocol)' },
      to: { path: '^src/engine/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '\\?(url|worker|raw)$' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
