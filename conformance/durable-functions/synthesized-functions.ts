import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { BUNDLING } from '../../lib/bundle';

/** Id of the stage. */
export const STAGE = 'Durable';

/** Synthesises functions as an app declares them, bundled as the app's are. */
export function synthesize(directory: string, effects: string): void {
  const bundles = join(directory, 'bundles');
  const entry = (name: string) => ({ in: join(__dirname, 'functions', `${name}.ts`), out: `${name}/index` });
  buildSync({ ...BUNDLING, entryPoints: ['patterns', 'plain'].map(entry), outdir: bundles });

  const app = new App({ outdir: join(directory, 'cdk.out'), analyticsReporting: false });
  const stack = new Stack(new Stage(app, STAGE), 'Stack');
  const common = {
    ...{ runtime: Runtime.NODEJS_24_X, handler: 'index.handler', memorySize: 512 },
    timeout: Duration.seconds(30),
    environment: { EFFECTS: effects },
  };
  const durable = (id: string, executionTimeout: Duration) => {
    const declared = new LambdaFunction(stack, id, {
      ...{ ...common, code: Code.fromAsset(join(bundles, 'patterns')) },
      durableConfig: { executionTimeout, retentionPeriod: Duration.days(3) },
    });
    declared.addAlias('live');
    new CfnOutput(stack, `${id}Name`, { value: declared.functionName });
  };
  durable('Patterns', Duration.minutes(15));
  durable('Long', Duration.days(30));
  const plain = new LambdaFunction(stack, 'Plain', {
    ...{ ...common, code: Code.fromAsset(join(bundles, 'plain')) },
  });
  new CfnOutput(stack, 'PlainName', { value: plain.functionName });
  app.synth();
}
