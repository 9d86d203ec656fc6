import { dirname, join } from 'node:path';

/** Path of the DynamoDB engine of this platform: Dynoxide, a static binary that npm installs. */
export function engineBinary(
  platform: string = process.platform,
  architecture: string = process.arch,
): string {
  const name = `@dynoxide/${platform}-${architecture}`;
  try {
    const executable = platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
    return join(dirname(require.resolve(`${name}/package.json`)), executable);
  } catch {
    throw new Error(
      `There is no DynamoDB engine for ${platform}-${architecture}: ${name} is not installed. ` +
        `Run \`npm install --no-save ${name}\`, or set DYNAMODB_ENDPOINT to another engine, such as DynamoDB Local.`,
    );
  }
}
