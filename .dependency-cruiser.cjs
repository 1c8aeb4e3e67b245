/**
 * Who may import whom (docs/architecture.md). Downward only:
 *
 *   hal/hal.ts  <-  src/core, sim  <-  src/trace, src/programmer, hal/target.ts, hal/signals.ts  <-  what targets share: hal/*.ts
 *     <-  hal/<target>/  <-  hal/targets.ts
 *     <-  src/scenario, src/search, src/replay, src/report  <-  src/serve, src/cli
 *
 * A comment is printed with each violation and says what to do instead.
 */
const PRODUCT = '^(src|hal|sim)/';
const BOARD_SIDE =
  '^hal/espruino/(main|session|link|frame-hal|board-state|free-main|free-run|pin-hal|pin-store|board)[.]ts$';
/** In hal/ itself: the contracts, and what several targets use. */
const SHARED = '^hal/(?!targets[.]ts$)[^/]+[.]ts$';
const BETWEEN = '^src/(scenario|search|replay|report)/';
const EDGE = '^src/(cli|serve)/';
const PACKAGES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];
const TYPES = ['type-only', 'type-import'];

/** Forbid every import from `from` but those whose path matches one of `allowed` (packages have rules of their own). */
function only(name, from, allowed, comment, fromNot) {
  return {
    name,
    severity: 'error',
    comment,
    from: fromNot ? { path: from, pathNot: fromNot } : { path: from },
    to: { path: '^(src|hal|sim|tests|scripts)/', pathNot: allowed },
  };
}

/** Of what `from` may import, `to` only as types. */
function typesOnly(name, from, to, comment) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: from },
    to: { path: to, dependencyTypesNot: TYPES },
  };
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment:
        'Files import each other in a circle, and the board hoists nothing: move what both need into a third file below them, or hand it over as a parameter.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      comment:
        'This import leads nowhere: correct the path (with its .ts ending), or add the package to package.json.',
      from: {},
      to: { couldNotResolve: true },
    },

    only(
      'hal-contract-imports-nothing',
      '^hal/hal[.]ts$',
      ['^$'],
      'hal/hal.ts is the contract, one page of types: declare the type in it, and let others import it from there.',
    ),
    only(
      'signals-import-nothing',
      '^hal/signals[.]ts$',
      ['^$'],
      'hal/signals.ts is plain data: write the value into the table; a target reads the table and answers for it.',
    ),
    only(
      'core-imports-itself',
      '^src/core/',
      ['^src/core/', '^hal/hal[.]ts$'],
      'src/core is the firmware and runs on the board: take what you need through PumpHal (hal/hal.ts) or as a parameter, or move the code into src/core.',
    ),
    typesOnly(
      'core-sees-hal-as-types',
      '^src/core/',
      '^hal/',
      'src/core sees hal/ only as types, so that nothing of a target lands on the board: write `import type`, and receive the object as a parameter.',
    ),
    only(
      'world-imports-itself',
      '^sim/',
      ['^sim/', '^hal/hal[.]ts$'],
      'sim shares nothing with the firmware, not even types: state the value in sim on its own and let a test compare both, or take it as an option of the world.',
    ),
    only(
      'trace-below-targets',
      '^src/trace/',
      ['^src/trace/', '^src/core/', '^hal/(hal|target)[.]ts$'],
      'src/trace is a record that any target can write: let the caller pass the data in; only src/core and the contracts hal/hal.ts and hal/target.ts are below or beside it.',
    ),
    only(
      'programmer-below-targets',
      '^src/programmer/',
      ['^src/programmer/', '^src/core/', '^hal/hal[.]ts$'],
      'src/programmer is the other end of the wand, over any target: let the caller carry the frames; only src/core is below it.',
    ),
    typesOnly(
      'trace-sees-target-as-types',
      '^src/trace/',
      '^hal/target[.]ts$',
      'src/trace stands beside hal/target.ts and only names its types: write `import type`.',
    ),
    only(
      'target-contract-below-targets',
      '^hal/target[.]ts$',
      ['^src/core/', '^src/trace/', '^hal/hal[.]ts$'],
      'hal/target.ts is a contract: name types of src/core, src/trace or hal/hal.ts only, and leave the rest to whoever implements it.',
    ),
    typesOnly(
      'target-contract-is-types',
      '^hal/target[.]ts$',
      '^',
      'hal/target.ts holds types only: write `import type`, and put code into hal/<target>/.',
    ),
    only(
      'board-side-is-small',
      BOARD_SIDE,
      ['^src/core/', '^hal/hal[.]ts$', BOARD_SIDE],
      'The board side of hal/espruino becomes the board bundle: import src/core and the other board files only; what the host needs goes into a host file such as hal/espruino/target.ts.',
    ),
    typesOnly(
      'board-side-sees-hal-as-types',
      BOARD_SIDE,
      '^hal/hal[.]ts$',
      'The board side of hal/espruino sees hal/hal.ts only as types: write `import type`.',
    ),
    {
      name: 'target-stands-alone',
      severity: 'error',
      comment:
        'A target imports src/core, src/trace, src/programmer, sim, the files in hal/ but its registry, and its own folder (hal/espruino may build on hal/sim, its twin, and hal/virtual on hal/espruino, its line): let the layer above pass the rest in.',
      from: { path: '^hal/([^/]+)/', pathNot: BOARD_SIDE },
      to: {
        path: '^(src|hal|sim|tests|scripts)/',
        pathNot: ['^hal/$1/', '^src/(core|trace|programmer)/', '^sim/', SHARED, '^hal/(sim|espruino)/'],
      },
    },
    {
      name: 'only-virtual-builds-on-line',
      severity: 'error',
      comment:
        'Only hal/virtual builds on hal/espruino, because it takes the place of a board there: move what both need below them, into hal/*.ts, src/core or src/trace.',
      from: { path: '^hal/[^/]+/', pathNot: '^hal/(espruino|virtual)/' },
      to: { path: '^hal/espruino/' },
    },
    {
      name: 'only-hardware-builds-on-sim',
      severity: 'error',
      comment:
        'Only hal/espruino builds on hal/sim, because its twin is that very target: move what both need below them, into src/core, src/trace or sim.',
      from: { path: '^hal/[^/]+/', pathNot: '^hal/(sim|espruino)/' },
      to: { path: '^hal/sim/' },
    },
    only(
      'shared-by-targets-below-targets',
      SHARED,
      ['^src/core/', '^src/trace/', '^sim/', SHARED],
      'What targets share lies below every target: let the target pass the value in, or move the code into hal/<target>/.',
      '^hal/(hal|target|signals)[.]ts$',
    ),
    only(
      'registry-below-runner',
      '^hal/targets[.]ts$',
      ['^hal/', '^src/core/', '^src/trace/', '^sim/'],
      'hal/targets.ts is the list of targets, and whoever asks for one lies above it: take what you need as an option of the target.',
    ),
    {
      name: 'registry-is-lazy',
      severity: 'error',
      comment:
        'hal/targets.ts loads a target when it is asked for, so that nobody loads a serial module by accident: write `await import(...)` inside the row.',
      from: { path: '^hal/targets[.]ts$' },
      to: { path: '^hal/[^/]+/', dynamic: false, dependencyTypesNot: TYPES },
    },
    only(
      'runner-below-edge',
      BETWEEN,
      ['^src/(core|trace|scenario|search|replay|report)/', '^sim/', '^hal/'],
      'src/scenario, search, replay and report run in a browser page: src/cli and src/serve call them and pass in what they need, never the other way round.',
    ),
    {
      name: 'runner-talks-to-a-target',
      severity: 'error',
      comment:
        'The runner talks only to a Target: ask hal/targets.ts for it by name instead of importing a target folder.',
      from: { path: '^src/(scenario|search|replay|report|serve)/' },
      to: { path: '^hal/[^/]+/' },
    },
    {
      name: 'serve-below-cli',
      severity: 'error',
      comment:
        'src/cli starts src/serve, not the other way round: pass what the dashboard needs in as a parameter.',
      from: { path: '^src/serve/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'product-ends-at-its-folders',
      severity: 'error',
      comment:
        'The product needs nothing of tests/ and scripts/: move the code into src, hal or sim and let the test or script import it.',
      from: { path: PRODUCT },
      to: { path: '^(tests|scripts)/' },
    },

    {
      name: 'node-at-the-edge',
      severity: 'error',
      comment:
        'Only src/cli, src/serve, hal/virtual and the host side of hal/espruino touch Node; all else runs in a browser page: let src/cli read or write it and pass text or bytes in.',
      from: {
        path: PRODUCT,
        pathNot: [
          EDGE,
          '^hal/virtual/',
          '^hal/espruino/(?!(main|session|link|frame-hal|board-state|free-main|free-run|pin-hal|pin-store|board)[.]ts$)',
        ],
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-package-below-targets',
      severity: 'error',
      comment:
        'src/core, sim, src/trace, the contracts in hal/ and the board side use no package at all: write the few lines here, or take the result as a parameter.',
      from: { path: ['^(src/core|sim|src/trace|src/programmer)/', '^hal/[^/]+[.]ts$', BOARD_SIDE] },
      to: { dependencyTypes: PACKAGES },
    },
    {
      name: 'targets-use-crc-32-only',
      severity: 'error',
      comment:
        'A target in this process may use the package crc-32 and no other: anything that needs Node goes into src/cli, hal/espruino or hal/virtual.',
      from: { path: '^hal/[^/]+/', pathNot: '^hal/(espruino|virtual)/' },
      to: { dependencyTypes: PACKAGES, pathNot: 'node_modules/crc-32/' },
    },
    {
      name: 'runner-uses-browser-packages',
      severity: 'error',
      comment:
        'src/scenario, search, replay and report may use zod and yaml (and pages uplot), which run in a browser page: any other package belongs into src/cli, src/serve or the host side of hal/espruino.',
      from: { path: BETWEEN },
      to: { dependencyTypes: PACKAGES, pathNot: 'node_modules/(zod|yaml|uplot)/' },
    },
    {
      name: 'plots-in-pages-only',
      severity: 'error',
      comment:
        'The plotting library draws on a canvas and runs in a page only: work out what is drawn outside of src/report/page, and draw it there.',
      from: { path: PRODUCT, pathNot: '^src/report/page/' },
      to: { path: 'node_modules/uplot/' },
    },
    {
      name: 'page-is-the-end',
      severity: 'error',
      comment:
        'src/report/page is the script of a page, has a document and is bundled by itself: import what it shares with others from src/report.',
      from: { path: '^(src|hal|sim|tests|scripts)/', pathNot: '^src/report/page/' },
      to: { path: '^src/report/page/' },
    },
    {
      name: 'serial-in-one-place',
      severity: 'error',
      comment:
        'Serial packages load native code and are imported by the host side of hal/espruino only: ask that folder to list or open ports.',
      from: { path: PRODUCT, pathNot: '^hal/espruino/' },
      to: { path: 'node_modules/(serialport|@serialport)(/|$)' },
    },
    {
      name: 'no-development-package',
      severity: 'error',
      comment:
        'A development package is absent from an installed product: move it to "dependencies", or the code into tests or scripts.',
      from: { path: PRODUCT },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: TYPES, pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
