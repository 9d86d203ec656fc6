import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundles } from '../cold-start/bundles';

/**
 * Replaces the bundles of a cloud assembly by ones that are not minified, so that a profile can tell packages apart.
 * Only for an assembly of the benchmark's own.
 */
export async function makeBundlesReadable(assemblyDirectory: string, stage: string): Promise<void> {
  const readable = await buildBundles({ minify: false });
  const folder = join(assemblyDirectory, `assembly-${stage}`);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.template.json'))) {
    const template = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      Resources: Record<string, { Type: string; Properties?: { Code?: { S3Key?: string } } }>;
    };
    for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources)) {
      const bundle = readable.get(logicalId.replace(/[0-9A-F]{8}$/, ''));
      const hash = Properties?.Code?.S3Key?.replace(/\.zip$/, '');
      if (Type !== 'AWS::Lambda::Function' || !bundle || !hash) continue;
      copyFileSync(bundle.file, join(assemblyDirectory, `asset.${hash}`, 'index.js'));
    }
  }
}
