/** Tells how far it is: a line that is written over, or where there is no terminal a line for each tenth. */
export function progressOf(what: string, total: number): (done: number) => void {
  let told = 0;
  return (done) => {
    const text = `${what}: ${done} of ${total}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${text.padEnd(60)}${done === total ? '\n' : ''}`);
      return;
    }
    const tenths = Math.floor((10 * done) / total);
    if (tenths > told) process.stderr.write(`${text}\n`);
    told = tenths;
  };
}
