/**
 * The rooms of src/ and what each may import: an allow-list, room by room. What is not named here is refused, whether a
 * type or a value. A room may always import itself.
 */
const rooms = {
  base: [],
  wire: ['base'],
  'engine/protocol': ['base', 'wire'],
  'engine/host': ['base', 'wire', 'engine/protocol'],
  'engine/network': ['base', 'wire', 'scenario', 'trace', 'engine/host', 'engine/protocol'],
  // The one way from the page to the engine: a worker, or the same work on the main thread. It also reads captures.
  'engine/door': ['base', 'scenario', 'trace', 'engine/network', 'format'],
  scenario: ['base'],
  trace: ['base'],
  packet: ['base', 'wire', 'trace'],
  format: ['base', 'wire', 'trace', 'packet'],
  figure: ['base', 'trace', 'packet'],
  session: ['base', 'scenario', 'trace', 'engine/door', 'format'],
  view: ['base', 'trace', 'packet', 'figure', 'session', 'scenario'],
  export: ['base', 'trace', 'figure', 'session', 'format'],
  embed: ['view', 'session', 'export', 'base', 'scenario', 'trace', 'figure', 'engine/door'],
  app: null,
  cli: [
    'base',
    'wire',
    'engine/protocol',
    'engine/host',
    'engine/network',
    'scenario',
    'trace',
    'packet',
    'format',
    'figure',
    'export',
  ],
};

/** A room's one-file exceptions, each with its reason. */
const doors = [
  // HAR carries whole page loads, which are read into a scenario.
  { room: 'format', from: '^src/format/har', to: ['scenario'] },
  // What TLS and QUIC of a flow sent stands in its trace in wire's own types: bytes are made of it later, without an engine.
  { room: 'trace', from: '^src/trace/(types|quic/(types|frames))\\.ts$', to: ['wire'] },
  // The colours and the reset of the page, said again for a shadow root.
  { room: 'embed', from: '^src/embed/styles\\.ts$', to: ['app'] },
];

/**
 * Debt: imports that break the house's rules and are allowed for now, each with its reason and who mends it.
 * (None.)
 */
const debt = [];

/** Libraries, by room. Node's own modules are for the command only. */
const libraries = {
  base: [],
  // Ciphers and signatures are other people's trade.
  wire: ['@noble', 'micro-rsa-dsa-dh'],
  'engine/protocol': ['xstate'],
  'engine/host': ['xstate'],
  'engine/network': ['xstate'],
  'engine/door': [],
  scenario: ['valibot'],
  trace: [],
  packet: [],
  format: ['valibot', 'xstate'],
  figure: ['d3'],
  session: ['xstate', 'valibot', 'svelte'],
  view: ['svelte', 'd3', 'xstate'],
  export: ['gifenc', 'jszip', 'mediabunny', 'pptxgenjs'],
  embed: ['svelte', 'valibot'],
  app: ['svelte', 'd3', 'xstate', 'valibot', '@fontsource-variable'],
  cli: ['@napi-rs/canvas', '@fontsource-variable', 'valibot'],
};

const names = Object.keys(rooms);
const inside = (room) => `^src/${room}/`;
const library = (name) => `node_modules/${name}(/|$)`;

const strays = { path: '^src/', pathNot: [...names.map(inside), '^src/[^/]+\\.d\\.ts$'] };

const roomRules = Object.entries(rooms)
  .filter(([, may]) => may !== null)
  .map(([room, may]) => ({
    name: `room-${room.replace('/', '-')}`,
    comment: `${room} may import: ${may.length > 0 ? may.join(', ') : 'no other room'}.`,
    severity: 'error',
    from: { path: inside(room), pathNot: [...doors, ...debt].map((way) => way.from) },
    to: { path: '^src/', pathNot: [room, ...may].map(inside) },
  }));

const doorRules = doors.map(({ room, from, to }, i) => ({
  name: `door-${i + 1}`,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [room, ...rooms[room], ...to].map(inside) },
}));

const libraryRules = Object.entries(libraries).map(([room, may]) => ({
  name: `library-${room.replace('/', '-')}`,
  comment: `${room} may import from libraries: ${may.length > 0 ? may.join(', ') : 'none'}.`,
  severity: 'error',
  from: { path: inside(room) },
  to: { path: 'node_modules/', pathNot: may.map(library) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    // Each file of src/ stands in one of the rooms: whether it imports, is imported, or does neither.
    { name: 'known-rooms', severity: 'error', from: strays, to: {} },
    { name: 'known-rooms', severity: 'error', from: {}, to: strays },
    { name: 'known-rooms', severity: 'error', from: { ...strays, orphan: true }, to: {} },
    ...roomRules,
    ...doorRules,
    ...libraryRules,
    {
      name: 'no-cycles',
      comment:
        'Who calls whom has one direction. Files of one concept may name each other by type only, so that a long one ' +
        'can be cut into parts that take it as a parameter; between rooms the table above allows no cycle at all.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'node-in-cli-only',
      comment: 'The page runs in a browser; Node is for the command.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-outside',
      comment: 'src/ imports no tests, stories or scripts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|stories|bench|scripts)/' },
    },
    {
      name: 'resolvable',
      comment: 'virtual: is made while building (vite.config.ts).',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'declared',
      comment: 'What src/ imports stands in dependencies, not only on this machine.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    extraExtensionsToScan: ['.css', '.json'],
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.svelte', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'browser', 'import', 'default', 'types'],
    },
  },
};
