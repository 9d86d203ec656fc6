const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * What takes longest: browsers, whole runs that are hurt, programs in processes of their own, purchases by the API, hundreds of
 * audits, whole stages that are synthesised.
 */
const LONG = [
  ...[
    '/test/browser/',
    '/test/bench/smoke',
    '/test/faults/',
    '/test/local/local-run-process',
    '/test/scripts/',
  ],
  ...['/test/api/', '/test/saga/', '/test/notification/', '/test/local/durable-functions/'],
  ...['/test/lambda/recovery/lost-records', '/test/lib/'],
];

/**
 * Starts the long files first, so that at the end none of them keeps one processor busy while the other is idle. Jest itself goes by
 * how long a file took the last time. Where there was no last time it goes by the size of the file, and some of the longest
 * are among the smallest.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const rankOf = ({ path }) => {
      const rank = LONG.findIndex((part) => path.replaceAll('\\', '/').includes(part));
      return rank < 0 ? LONG.length : rank;
    };
    return sorted.sort((one, other) => rankOf(one) - rankOf(other));
  }
};
