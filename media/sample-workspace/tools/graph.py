"""Directed graphs with weights: shortest paths, order of tasks, cycles, components."""

import heapq
from collections import defaultdict, deque


class CycleError(Exception):
    def __init__(self, cycle):
        super().__init__(" -> ".join(str(node) for node in cycle))
        self.cycle = cycle


class Graph:
    def __init__(self, edges=()):
        self._out = defaultdict(dict)
        self._nodes = {}
        for edge in edges:
            self.add_edge(*edge)

    def __len__(self):
        return len(self._nodes)

    def __contains__(self, node):
        return node in self._nodes

    def add_node(self, node):
        self._nodes.setdefault(node, None)

    def add_edge(self, source, target, weight=1):
        if weight < 0:
            raise ValueError(f"the weight of {source!r} -> {target!r} is negative")
        self.add_node(source)
        self.add_node(target)
        known = self._out[source].get(target)
        if known is None or weight < known:
            self._out[source][target] = weight

    def neighbours(self, node):
        if node not in self._nodes:
            raise KeyError(f"there is no node {node!r}")
        return self._out[node].items()

    def shortest_path(self, start, goal):
        """Dijkstra. Returns (cost, path), or None where the goal cannot be reached."""
        queue = [(0, 0, start)]
        best = {start: 0}
        came_from = {}
        ticket = 0  # so that nodes themselves are never compared
        while queue:
            cost, _, node = heapq.heappop(queue)
            if node == goal:
                path = [node]
                while node in came_from:
                    node = came_from[node]
                    path.append(node)
                return cost, path[::-1]
            if cost > best[node]:
                continue
            for other, weight in self.neighbours(node):
                total = cost + weight
                if other not in best or total < best[other]:
                    best[other] = total
                    came_from[other] = node
                    ticket += 1
                    heapq.heappush(queue, (total, ticket, other))
        return None

    def order(self):
        """Nodes such that every edge points forward; raises CycleError where there is none."""
        waiting = {node: 0 for node in self._nodes}
        for node in self._nodes:
            for other, _ in self.neighbours(node):
                waiting[other] += 1
        ready = deque(node for node, count in waiting.items() if count == 0)
        result = []
        while ready:
            node = ready.popleft()
            result.append(node)
            for other, _ in self.neighbours(node):
                waiting[other] -= 1
                if waiting[other] == 0:
                    ready.append(other)
        if len(result) < len(self._nodes):
            raise CycleError(self.find_cycle())
        return result

    def find_cycle(self):
        state = {}
        path = []

        def visit(node):
            state[node] = "open"
            path.append(node)
            for other, _ in self.neighbours(node):
                if state.get(other) == "open":
                    return path[path.index(other) :] + [other]
                if other not in state:
                    cycle = visit(other)
                    if cycle:
                        return cycle
            path.pop()
            state[node] = "done"
            return None

        for node in self._nodes:
            if node not in state:
                cycle = visit(node)
                if cycle:
                    return cycle
        return None

    def components(self):
        """Groups of nodes that hang together, edges taken both ways."""
        both = defaultdict(set)
        for node in self._nodes:
            for other, _ in self.neighbours(node):
                both[node].add(other)
                both[other].add(node)
        seen = set()
        groups = []
        for node in self._nodes:
            if node in seen:
                continue
            group = []
            queue = deque([node])
            seen.add(node)
            while queue:
                current = queue.popleft()
                group.append(current)
                for other in both[current]:
                    if other not in seen:
                        seen.add(other)
                        queue.append(other)
            groups.append(group)
        return groups


def parse_edges(text):
    """One edge a line: `a -> b : 3`; what follows a '#' is a comment."""
    graph = Graph()
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        if "->" not in line:
            graph.add_node(line)
            continue
        source, rest = (part.strip() for part in line.split("->", 1))
        target, _, weight = (part.strip() for part in rest.partition(":"))
        if not source or not target:
            raise ValueError(f"line {number}: an edge needs two ends")
        graph.add_edge(source, target, float(weight) if weight else 1)
    return graph
