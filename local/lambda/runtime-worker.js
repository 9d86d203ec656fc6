'use strict';
// The Lambda runtime inside a worker thread: loads one bundle, then answers one invocation at a time.
// Plain CommonJS, because a worker thread starts without the TypeScript loader of its parent.
// Error names and texts are those of AWS's Node.js runtime interface client.

const { randomBytes } = require('node:crypto');
const path = require('node:path');
const { format } = require('node:util');
const { parentPort, workerData } = require('node:worker_threads');
const { loadBundle } = require('./load-bundle');

const { sharedOffset, codeDirectory, handler: handlerName, functionName, functionArn, memoryMb } = workerData;

const machineNow = Date.now;
const offset = new BigInt64Array(sharedOffset);
setDateToLocalClock();

let handle;
/** Called once there has been an invocation: what it needs is compiled then. */
let keepCompiled;
let currentRequestId;
process.on('unhandledRejection', (reason) => crash('Runtime.UnhandledPromiseRejection', reason));
process.on('uncaughtException', (error) => crash(undefined, error));

try {
  handle = loadHandler();
  parentPort.on('message', (invocation) => void answer(invocation));
  parentPort.postMessage({ type: 'ready' });
} catch (error) {
  parentPort.postMessage({ type: 'init-failed', payload: JSON.stringify(describe(error)) });
}

/** Makes `new Date()` and `Date.now()` read the local clock; `performance.now()` stays monotonic. */
function setDateToLocalClock() {
  const RealDate = Date;
  const now = () => machineNow() + Number(Atomics.load(offset, 0));
  const LocalDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.now = now;
  RealDate.prototype.constructor = LocalDate;
  globalThis.Date = LocalDate;
}

/** `index.handler` is the export `handler` of `index.js`; only CommonJS bundles are loaded. */
function loadHandler() {
  const [, moduleName, exportPath] = /^([^.]+)\.(.+)$/.exec(handlerName) ?? [];
  if (!moduleName) throw named('Runtime.MalformedHandlerName', `Bad handler '${handlerName}'`);
  let loaded;
  try {
    const bundle = loadBundle(path.join(codeDirectory, `${moduleName}.js`), workerData.codeCache);
    loaded = bundle.exports;
    keepCompiled = bundle.keep;
  } catch (error) {
    if (error?.code === 'MODULE_NOT_FOUND')
      throw named('Runtime.ImportModuleError', `Error: ${error.message}`);
    if (error instanceof SyntaxError)
      throw named('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    throw error;
  }
  const found = exportPath.split('.').reduce((value, key) => value?.[key], loaded);
  if (typeof found !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (found.length >= 3) {
    throw named(
      'Runtime.CallbackHandlerDeprecated',
      `${handlerName} takes a callback, which Lambda's Node.js 24 runtime no longer supports: make it async`,
    );
  }
  return found;
}

async function answer({ requestId, payload, timeoutMs }) {
  currentRequestId = requestId;
  process.env._X_AMZN_TRACE_ID = `Root=1-${hex(4)}-${hex(12)};Parent=${hex(8)};Sampled=0`;
  const deadline = machineNow() + timeoutMs;
  const context = {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - machineNow()),
  };
  let message;
  try {
    const result = await handle(JSON.parse(payload), context);
    message = { type: 'answer', requestId, payload: serialize(result) };
  } catch (error) {
    logError(error);
    message = { type: 'failed', requestId, payload: JSON.stringify(describe(error)) };
  }
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  currentRequestId = undefined;
  parentPort.postMessage(message);
  keepCompiled?.();
  keepCompiled = undefined;
}

/**
 * Writes what the handler threw into the log, as the runtime does by itself where a function logs JSON: with the
 * message, the stack and every property of the error. Whatever an error carries is in the log.
 */
function logError(thrown) {
  const { AWS_LAMBDA_LOG_FORMAT, AWS_LAMBDA_LOG_LEVEL } = process.env;
  if (AWS_LAMBDA_LOG_FORMAT !== 'JSON' || AWS_LAMBDA_LOG_LEVEL === 'FATAL') return;
  const message = thrown instanceof Error ? thrown : new Error(String(thrown));
  const line = { timestamp: new Date().toISOString(), level: 'ERROR', requestId: currentRequestId, message };
  process.stdout.write(`${loggable(line)}\n`);
}

function loggable(line) {
  try {
    return JSON.stringify(line, (_, value) => (value instanceof Error ? withProperties(value) : value));
  } catch {
    return JSON.stringify({ ...line, message: format(line.message) });
  }
}

/** `errorType` is the class, which a minifier has renamed; the `name` is there if it is a property of its own. */
function withProperties(error) {
  const { constructor, message, stack } = error;
  return {
    errorType: constructor?.name ?? 'UnknownError',
    errorMessage: message,
    stackTrace: typeof stack === 'string' ? stack.split('\n') : stack,
    ...error,
  };
}

function serialize(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

/** A throw nobody awaited ends the sandbox, as in Lambda; the invocation under way answers with it. */
function crash(errorType, reason) {
  const error = describe(reason);
  const payload = JSON.stringify(errorType ? { ...error, errorType, errorMessage: String(reason) } : error);
  parentPort.postMessage({ type: 'crashed', requestId: currentRequestId, payload });
  process.exit(errorType ? 128 : 129);
}

/** Log lines reach the parent before the answer does, so whoever awaits the answer has seen them all. */
function flushed(stream) {
  return stream.writableLength === 0 ? undefined : new Promise((resolve) => stream.write('', resolve));
}

function describe(error) {
  if (error !== null && typeof error === 'object' && typeof error.message === 'string') {
    return {
      errorType: error.name ?? 'Error',
      errorMessage: error.message,
      trace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

function hex(bytes) {
  return randomBytes(bytes).toString('hex');
}
