import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the object keys of assets begin with. A new value uploads every asset anew: the key is else a hash of names and
 * contents alone, so an asset that was once uploaded with wrong modes would stay (aws-cdk #8233).
 */
export const ASSET_PREFIX = 'modes-0644/';

/**
 * Gives the folders of an assembly's file assets the modes that Lambda wants, 0644 and 0755: a zip keeps modes, and under
 * umask 077 (of the build, or of `npm ci` for CDK's own functions) Lambda could not read a file of it.
 */
export function normalizeAssetModes(assemblyDirectory: string): void {
  for (const entry of readdirSync(assemblyDirectory, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name.startsWith('asset.'))
      normalize(join(assemblyDirectory, entry.name));
  }
}

function normalize(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) normalize(path);
    else if (entry.isFile()) chmodSync(path, 0o644);
  }
}
