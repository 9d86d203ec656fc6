/** A node of the tree of resources; `handler` is whatever is served there. */
interface Node<Leaf> {
  readonly fixed: Map<string, Node<Leaf>>;
  /** `{name}`: one segment. API Gateway allows one such child per resource. */
  variable?: { readonly name: string; readonly node: Node<Leaf> };
  /** `{name+}`: one segment or more. */
  greedy?: { readonly name: string; readonly leaf: Leaf };
  leaf?: Leaf;
}

export interface Match<Leaf> {
  readonly leaf: Leaf;
  /** Percent-decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the resource of a path: a fixed segment wins over `{param}`, and that over `{proxy+}`, at every level. */
export class ResourceTree<Leaf> {
  private readonly root = newNode<Leaf>();

  /** @param path such as `/events/{eventId}/seats` */
  add(path: string, leaf: Leaf): void {
    let node = this.root;
    for (const segment of segmentsOf(path)) {
      const [, name, plus] = /^\{([^}+]+)(\+)?\}$/.exec(segment) ?? [];
      if (name && plus) {
        node.greedy = { name, leaf };
        return;
      }
      if (name) node = (node.variable ??= { name, node: newNode<Leaf>() }).node;
      else node = childOf(node, segment);
    }
    node.leaf = leaf;
  }

  /**
   * @param path percent-encoded. Slashes at its beginning and end do not matter, as API Gateway was seen to do
   *   (localstack/localstack pull requests 11268 and 11304, aws/aws-sam-cli 1495); an empty segment within matches nothing
   */
  find(path: string): Match<Leaf> | undefined {
    return find(this.root, segmentsOf(path), {});
  }
}

function find<Leaf>(
  node: Node<Leaf>,
  [segment, ...rest]: readonly string[],
  pathParameters: Readonly<Record<string, string>>,
): Match<Leaf> | undefined {
  if (segment === undefined) return node.leaf === undefined ? undefined : { leaf: node.leaf, pathParameters };
  const child = node.fixed.get(decode(segment));
  const fixed = child && find(child, rest, pathParameters);
  if (fixed) return fixed;
  if (node.variable && segment) {
    const parameters = { ...pathParameters, [node.variable.name]: decode(segment) };
    const variable = find(node.variable.node, rest, parameters);
    if (variable) return variable;
  }
  if (!node.greedy) return undefined;
  const { name, leaf } = node.greedy;
  return { leaf, pathParameters: { ...pathParameters, [name]: decode([segment, ...rest].join('/')) } };
}

function newNode<Leaf>(): Node<Leaf> {
  return { fixed: new Map() };
}

function childOf<Leaf>(node: Node<Leaf>, segment: string): Node<Leaf> {
  let child = node.fixed.get(segment);
  if (!child) node.fixed.set(segment, (child = newNode()));
  return child;
}

function segmentsOf(path: string): string[] {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return trimmed ? trimmed.split('/') : [];
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
