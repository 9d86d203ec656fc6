import { UnsupportedLocally } from '../../aws/aws-service';
import { callMethod, readProperty } from './java-methods';
import { toJavaString } from './java-string';
import { type JavaMap, type JavaValue, TemplateFailure } from './java-value';
import { evaluateOperator, isTrue } from './velocity-operators';
import {
  type Expression,
  parseVelocity,
  type PathStep,
  type Reference,
  type VelocityBlock,
  type VelocityNode,
} from './velocity-syntax';

/** Only such a string is a template of its own; in any other, `\$` and `#` are themselves. */
const INTERPOLATED = /\$[!{]*[A-Za-z]|#[a-z@{[#*]/;

const parsed = new Map<string, readonly VelocityNode[]>();

/**
 * Renders a Velocity template with Java's semantics. velocityjs parses it; its interpreter is not used, because it
 * follows JavaScript where a mapping template meets Java (`.equals`, `replaceAll`, truth of the empty string, …).
 *
 * The variables are written to by `#set`. A template is parsed once and kept.
 *
 * @throws UnsupportedLocally for what Java or API Gateway may know and this run does not
 * @throws TemplateFailure where Java would throw
 */
export function renderVelocity(template: string, variables: JavaMap): string {
  return new Rendering(variables).render(syntaxOf(template));
}

/** Parses ahead, so that a template that cannot work is refused at deployment and not at the first request. */
export function checkVelocity(template: string): void {
  syntaxOf(template);
}

function syntaxOf(template: string): readonly VelocityNode[] {
  let nodes = parsed.get(template);
  if (!nodes) parsed.set(template, (nodes = parseVelocity(template)));
  return nodes;
}

/** Ends the innermost `#foreach`; what it has rendered so far stays. */
class Break extends Error {
  constructor(public rendered: string) {
    super('#break');
  }
}

class Rendering {
  /** `#define` blocks: rendered anew where they are referenced. */
  private readonly defined = new Map<string, readonly VelocityNode[]>();

  constructor(private readonly variables: JavaMap) {}

  render(nodes: readonly VelocityNode[]): string {
    let text = '';
    for (const node of nodes) {
      try {
        text += this.renderNode(node);
      } catch (error) {
        if (error instanceof Break) error.rendered = text + error.rendered;
        throw error;
      }
    }
    return text;
  }

  private renderNode(node: VelocityNode): string {
    if (typeof node === 'string') return node;
    if (Array.isArray(node)) return this.renderBlock(node);
    switch (node.type) {
      case 'references':
        return this.printed(node);
      case 'set':
        this.assign(node.equal[0], this.evaluate(node.equal[1]));
        return '';
      case 'raw':
        return node.value;
      case 'break':
        throw new Break('');
      case 'comment':
      case 'else':
      case 'elseif':
        return '';
    }
  }

  private renderBlock([head, ...body]: VelocityBlock): string {
    switch (head.type) {
      case 'define':
        this.defined.set(head.id, body);
        return '';
      case 'foreach':
        return this.renderForeach(head.to, this.evaluate(head.from), body);
      case 'if':
        return this.render(this.branch(head.condition, body));
    }
  }

  /** The nodes of the first branch that is true. */
  private branch(condition: Expression, body: readonly VelocityNode[]): readonly VelocityNode[] {
    let taken = isTrue(this.evaluate(condition));
    const nodes: VelocityNode[] = [];
    for (const node of body) {
      const type = typeof node === 'string' || Array.isArray(node) ? undefined : node.type;
      if (type !== 'else' && type !== 'elseif') {
        if (taken) nodes.push(node);
      } else if (taken) return nodes;
      else taken = type === 'else' || isTrue(this.evaluate((node as { condition: Expression }).condition));
    }
    return nodes;
  }

  private renderForeach(name: string, from: JavaValue, body: readonly VelocityNode[]): string {
    const elements = Array.isArray(from) ? [...from] : from instanceof Map ? [...from.values()] : [];
    const outer = [name, 'foreach', 'velocityCount'].map((key) => [key, this.variables.get(key)] as const);
    let text = '';
    try {
      for (const [index, element] of elements.entries()) {
        const hasNext = index + 1 < elements.length;
        this.variables.set(name, element);
        this.variables.set('velocityCount', index + 1);
        this.variables.set(
          'foreach',
          new Map<string, JavaValue>([
            ['index', index],
            ['count', index + 1],
            ['hasNext', hasNext],
            ['first', index === 0],
            ['last', !hasNext],
          ]),
        );
        text += this.render(body);
      }
    } catch (error) {
      if (!(error instanceof Break)) throw error;
      text += error.rendered;
    } finally {
      for (const [key, value] of outer) {
        if (value === undefined) this.variables.delete(key);
        else this.variables.set(key, value);
      }
    }
    return text;
  }

  /** Of a name that nothing has set, Velocity prints the reference itself: `$x`. A mistake, so it is refused. */
  private printed(node: Reference): string {
    const isKnown = node.leader === '$!' || this.variables.has(node.id) || this.defined.has(node.id);
    if (!isKnown)
      throw new UnsupportedLocally(`$${node.id}, which nothing sets, printed by a mapping template`);
    return toJavaString(this.reference(node));
  }

  private reference({ id, path = [] }: Reference): JavaValue {
    const block = this.defined.get(id);
    const root = block ? this.render(block) : (this.variables.get(id) ?? null);
    return path.reduce((value: JavaValue, step) => this.step(value, step), root);
  }

  private step(value: JavaValue, step: PathStep): JavaValue {
    if (step.type === 'property') return readProperty(value, step.id);
    if (step.type === 'method') {
      return callMethod(
        value,
        step.id,
        (step.args || []).map((argument) => this.evaluate(argument)),
      );
    }
    const index = this.evaluate(step.id);
    if (Array.isArray(value)) return value.at(Number(index)) ?? null;
    return readProperty(value, toJavaString(index));
  }

  private assign({ id, path }: Reference, value: JavaValue): void {
    const last = path?.at(-1);
    if (!path || !last) {
      this.defined.delete(id);
      this.variables.set(id, value);
      return;
    }
    const owner = this.reference({ type: 'references', id, path: path.slice(0, -1) });
    const key = last.type === 'index' ? this.evaluate(last.id) : last.id;
    if (owner instanceof Map && last.type !== 'method') owner.set(toJavaString(key), value);
    else if (Array.isArray(owner) && typeof key === 'number' && key < owner.length) owner[key] = value;
    else throw new TemplateFailure(`#set on ${toJavaString(key)} of something that is no map or list`);
  }

  private evaluate(expression: Expression): JavaValue {
    switch (expression.type) {
      case 'references':
        return this.reference(expression);
      case 'string':
        return expression.isEval && INTERPOLATED.test(expression.value)
          ? this.render(syntaxOf(expression.value))
          : expression.value;
      case 'integer':
      case 'decimal':
        return Number(expression.value);
      case 'bool':
        return expression.value === 'null' ? null : expression.value === 'true';
      case 'array':
        return expression.isRange
          ? this.range(expression.value)
          : expression.value.map((each) => this.evaluate(each));
      case 'map':
        return new Map(
          Object.entries(expression.value ?? {}).map(([key, each]) => [key, this.evaluate(each)]),
        );
      case 'math':
        return evaluateOperator(
          expression.operator,
          expression.expression.map((operand) => () => this.evaluate(operand)),
        );
      default:
        throw new UnsupportedLocally(`The expression ${JSON.stringify(expression)} in a mapping template`);
    }
  }

  private range(bounds: readonly (string | number | Expression)[]): JavaValue[] {
    const [from, to] = bounds.map((bound) =>
      Number(typeof bound === 'object' ? this.evaluate(bound) : bound),
    );
    const step = from! <= to! ? 1 : -1;
    return Array.from({ length: Math.abs(to! - from!) + 1 }, (_, index) => from! + step * index);
  }
}
