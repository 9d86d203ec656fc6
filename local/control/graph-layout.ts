import { Graph, layout } from '@dagrejs/dagre';
import { type StateEdge, type StateGraph, type StateNode } from './state-graph';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A graph with a place for everything, in pixels from the top left; `x` and `y` of a node are its middle. */
export interface DrawnGraph {
  readonly startAt: string;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (StateNode & Box)[];
  readonly edges: readonly (StateEdge & { readonly points: readonly Point[] })[];
}

/** Pixels of a character at the font size of the console's graph, rounded up, and what is left and right of a name. */
const CHARACTER = 7.8;
const PADDING = 52;
const NODE_HEIGHT = 44;

/** Against 1 for the ways after an error, of which there are many. */
const ORDINARY_WEIGHT = 20;

/** Places the states from top to bottom. The ordinary way weighs most, so that it comes out straight. */
export function layOut({ startAt, nodes, edges }: StateGraph): DrawnGraph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 42, edgesep: 14, marginx: 12, marginy: 12 });
  for (const { state } of nodes) {
    graph.setNode(state, { width: Math.ceil(state.length * CHARACTER + PADDING), height: NODE_HEIGHT });
  }
  const afterError = new Set(nodes.filter((node) => node.afterError).map(({ state }) => state));
  for (const { from, to, kind } of edges) {
    const ordinary = !afterError.has(from) && kind !== 'catch';
    graph.setEdge(from, to, { weight: ordinary ? ORDINARY_WEIGHT : 1 }, kind);
  }
  layout(graph);

  const { width = 0, height = 0 } = graph.graph() as Partial<Box>;
  return {
    ...{ startAt, width: Math.ceil(width), height: Math.ceil(height) },
    nodes: nodes.map((node) => ({ ...node, ...boxOf(graph.node(node.state) as Box) })),
    edges: edges.map((edge) => {
      const { points } = graph.edge(edge.from, edge.to, edge.kind) as { points: Point[] };
      return { ...edge, points: points.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })) };
    }),
  };
}

function boxOf({ x, y, width, height }: Box): Box {
  return { x: Math.round(x), y: Math.round(y), width, height };
}
