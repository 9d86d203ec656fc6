// Plays one execution in `LocalDurableTestRunner`, which its folder has, and prints what it tells of it. One process an
// execution: the tool has one state and one clock for all. It knows nothing of this repository's modules.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { text } = require('node:stream/consumers');

// Before the tool replaces them.
const fetchNow = globalThis.fetch;

async function main() {
  const { tool, functions, functionName, input, answer, before } = JSON.parse(await text(process.stdin));
  const { LocalDurableTestRunner } = createRequire(join(tool, 'package.json'))(
    '@aws/durable-execution-sdk-js-testing',
  );
  const print = process.stdout.write.bind(process.stdout);
  // What the functions log is not the answer.
  process.stdout.write = process.stderr.write.bind(process.stderr);

  const handlerOf = ({ codeDirectory, handler }) => {
    const [file, name] = handler.split('.');
    return require(join(codeDirectory, file))[name];
  };
  const main = handlerOf(functions.find(({ name }) => name === functionName));
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
  const handlerFunction = async (event, context) => {
    if (before) await fetchNow(before);
    return main(event, context);
  };
  const runner = new LocalDurableTestRunner({ handlerFunction });
  for (const each of functions) {
    // By the names by which Lambda takes them: a durable one only with a version or an alias.
    if (each.durable) runner.registerDurableFunction(`${each.name}:live`, handlerOf(each));
    else runner.registerFunction(each.name, handlerOf(each));
  }

  const playing = runner.run({ payload: input });
  if (answer) {
    const asked = runner.getOperation('approval');
    await asked.waitForData('SUBMITTED');
    if (answer.Error) await asked.sendCallbackFailure(answer.Error);
    else await asked.sendCallbackSuccess(answer.Result);
  }
  const played = await playing;
  const events = played.getHistoryEvents();
  const ended = events.findLast(({ EventType }) => /^Execution(Succeeded|Failed|TimedOut)$/.test(EventType));
  const details = ended?.[`${ended.EventType}Details`];
  print(
    JSON.stringify({
      status: played.getStatus(),
      result: details?.Result?.Payload,
      error: details?.Error?.Payload,
      events,
    }),
    () => process.exit(0),
  );
}

main().catch((error) => {
  process.stderr.write(`${error?.stack ?? JSON.stringify(error)}\n`);
  process.exit(1);
});
