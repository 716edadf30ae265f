/** A shortest circle of a graph, its first node repeated at its end; nothing where there is none. */
export function circleIn(graph) {
  let shortest;
  for (const start of graph.keys()) {
    const circle = pathBack(graph, start);
    if (circle && (!shortest || circle.length < shortest.length)) shortest = circle;
  }
  return shortest;
}

/** The shortest path from a node back to itself. */
function pathBack(graph, start) {
  const paths = [[start]];
  const seen = new Set();
  for (const path of paths) {
    for (const next of graph.get(path.at(-1)) ?? []) {
      if (next === start) return [...path, start];
      if (!seen.has(next)) paths.push([...path, next]);
      seen.add(next);
    }
  }
  return undefined;
}
