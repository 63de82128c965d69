/// What services require of each other.
///
/// A service that requires one of an unknown name waits for it; it may come later. All lists of names are sorted, so
/// that the same services give the same order each time.
package struct Dependencies: Equatable, Sendable {
    /// What each service requires: sorted, each once.
    private let requirements: [String: [String]]
    /// The services that require each name, unknown names among them: sorted.
    private let dependents: [String: [String]]

    /// The services by name, and what each requires to be up.
    package init(_ services: [String: [String]]) {
        requirements = services.mapValues { Set($0).sorted() }
        var dependents: [String: [String]] = [:]
        for name in services.keys.sorted() {
            for required in requirements[name] ?? [] { dependents[required, default: []].append(name) }
        }
        self.dependents = dependents
    }

    /// What the service requires.
    package func requirements(of name: String) -> [String] { requirements[name] ?? [] }

    /// The services that require this one: those to look at when it comes up or ends.
    package func dependents(of name: String) -> [String] { dependents[name] ?? [] }

    /// The services that require names that no service has, each with those names.
    package var unknown: [(name: String, requires: [String])] {
        requirements.keys.sorted().compactMap { name in
            let missing = requirements(of: name).filter { requirements[$0] == nil }
            return missing.isEmpty ? nil : (name, missing)
        }
    }

    /// Services that require each other in a circle, none of which can start; nil when there are none. Each requires
    /// the next, the smallest name comes first, and comes again at the end: `["a", "b", "a"]`.
    package var cycle: [String]? {
        // All that these lead to was seen, and there was no circle.
        var done: Set<String> = []
        for start in requirements.keys.sorted() where !done.contains(start) {
            var path = [start]
            var place = [start: 0]
            var later = [requirements(of: start)[...]]
            // Ends: each turn takes one requirement of a service that is on the path, and no service is there twice.
            while let name = path.last, let index = later.indices.last {
                guard let next = later[index].popFirst() else {
                    done.insert(name)
                    place[name] = nil
                    path.removeLast()
                    later.removeLast()
                    continue
                }
                if let first = place[next] { return Self.fromSmallest(path[first...]) }
                guard !done.contains(next), requirements[next] != nil else { continue }
                place[next] = path.count
                path.append(next)
                later.append(requirements(of: next)[...])
            }
        }
        return nil
    }

    private static func fromSmallest(_ circle: ArraySlice<String>) -> [String] {
        let least = circle.indices.min { circle[$0] < circle[$1] } ?? circle.startIndex
        return circle[least...] + circle[..<least] + [circle[least]]
    }
}
