import { Stage } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { CheckoutStack } from './checkout-stack';
import { type StageConfig } from './config';
import { DataStack } from './data-stack';
import { MonitoringStack } from './monitoring-stack';
import { NotificationStack } from './notification-stack';
import { WebStack } from './web-stack';

/** Everything one stage deploys. */
export class EventProStage extends Stage {
  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const { terminationProtection } = config;
    // Of the stack, and by CloudFormation of all its resources that can be tagged.
    const tags = { application: 'EventPro', stage: config.name, 'cost-centre': config.costCentre };
    const data = new DataStack(this, 'Data', { config, tags, terminationProtection });
    const notifications = new NotificationStack(this, 'Notification', {
      config,
      data,
      tags,
      terminationProtection,
    });
    const checkout = new CheckoutStack(this, 'Checkout', {
      ...{ config, data, notifications, tags, terminationProtection },
    });
    new MonitoringStack(this, 'Monitoring', {
      config,
      data,
      notifications,
      checkout,
      tags,
      terminationProtection,
    });
    if (config.storefront) {
      new WebStack(this, 'Web', {
        ...{ config, storefront: config.storefront, api: checkout.api, tags, terminationProtection },
      });
    }
  }
}
