/// What a server has seen.
package struct HTTPCounters: Equatable, Sendable {
    /// Answers given, errors among them: the sum of `requestsByPath`.
    package private(set) var requestsServed: UInt64 = 0
    package internal(set) var connectionsAccepted: UInt64 = 0
    package internal(set) var connectionsOpen = 0

    /// Stands for every path that has no route, and for requests that could not be read.
    package static let otherPaths = "*"
    private var paths = [otherPaths]
    private var counts: [UInt64] = [0]

    /// Nothing yet.
    package init() {}

    /// Answers given for a path that has a route, or for `otherPaths`; 0 for a path that has none.
    package func requests(_ path: String) -> UInt64 {
        paths.firstIndex(of: path).map { counts[$0] } ?? 0
    }

    /// Answers given, replayed ones among them, for each path that has a route, behind those for `otherPaths`.
    package var requestsByPath: [(path: String, count: UInt64)] {
        zip(paths, counts).map { (path: $0, count: $1) }
    }

    /// Gives a path a count of its own, and returns the number by which `count` knows it.
    mutating func add(_ path: String) -> Int {
        paths.append(path)
        counts.append(0)
        return counts.count - 1
    }

    /// Counts an answer. `route` is a number that `add` gave, or 0 for other paths.
    mutating func count(route: Int) {
        requestsServed += 1
        counts[route] += 1
    }
}
