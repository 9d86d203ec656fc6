import { Annotations, Stage } from 'aws-cdk-lib';
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
    const monitoring = new MonitoringStack(this, 'Monitoring', {
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
    if (config.retainData) {
      if (isPlaceholder(config.emailSender)) {
        Annotations.of(notifications).addWarningV2(
          'eventpro:emailSender',
          `${config.emailSender} can send no mail: put an address of your own into lib/config.ts, and verify it in SES`,
        );
      }
      if (!config.onCallEmails?.length) {
        Annotations.of(monitoring).addWarningV2(
          'eventpro:onCallEmails',
          `No alarm of ${config.name} calls anybody: put onCallEmails into lib/config.ts, or subscribe people to the topic`,
        );
      }
    }
  }
}

/** At a domain that RFC 2606 sets aside for examples. */
function isPlaceholder(address: string): boolean {
  return /[@.](example|example\.(com|net|org))$/.test(address);
}
