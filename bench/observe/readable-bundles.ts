import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStage } from '../../local/cloudformation/cloud-assembly';
import { buildBundles } from '../bundles';

/**
 * Replaces the bundles of a cloud assembly by ones that are not minified, so that a profile can tell packages apart.
 * Only for an assembly of the benchmark's own.
 */
export async function makeBundlesReadable(assemblyDirectory: string, stage: string): Promise<void> {
  const readable = await buildBundles({ minify: false });
  for (const { template, assets } of readStage(assemblyDirectory, stage)) {
    for (const [logicalId, { Type, Properties }] of Object.entries(template.Resources)) {
      const bundle = readable.get(logicalId.replace(/[0-9A-F]{8}$/, ''));
      if (Type !== 'AWS::Lambda::Function' || !bundle) continue;
      const { S3Key } = (Properties as { Code: { S3Key: string } }).Code;
      copyFileSync(bundle.file, join(assets.get(S3Key)!, 'index.js'));
    }
  }
}
