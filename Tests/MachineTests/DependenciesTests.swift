import Chance
import Testing

@testable import Machine

@Suite("What services require of each other")
struct DependenciesTests {
    private static func dependencies(_ text: String) -> Dependencies {
        var services: [String: [String]] = [:]
        for part in text.split(separator: ";") {
            let words = part.split(whereSeparator: { $0 == " " || $0 == ":" }).map(String.init)
            services[words[0]] = Array(words.dropFirst())
        }
        return Dependencies(services)
    }

    @Test(
        "a cycle is named from its smallest name to that name again, in the direction of what is required",
        arguments: [
            ("a; b; c", nil), ("a: b; b: c; c", nil), ("a: a", "a a"), ("b: a; a: b", "a b a"),
            ("c: a; a: b; b: c", "a b c a"), ("z: y; y: x; x: z; a: z", "x z y x"), ("a: b c; b: d; c: d; d", nil),
            ("a: b; b: unknown", nil), ("unknown2: unknown", nil), ("d: c; c: d; b: a; a: b", "a b a"),
            ("m: n a; n: m; a: m", "a m a"),
        ] as [(String, String?)])
    func cycle(_ text: String, _ expected: String?) {
        #expect(Self.dependencies(text).cycle == expected.map { $0.split(separator: " ").map(String.init) })
    }

    @Test("both directions are told, sorted, each name once")
    func directions() {
        let services = Self.dependencies("web: cache app cache; app: db; cache; db")
        #expect(services.requirements(of: "web") == ["app", "cache"])
        #expect(services.requirements(of: "db") == [])
        #expect(services.dependents(of: "db") == ["app"])
        #expect(services.dependents(of: "web") == [])
    }

    @Test("a name that no service has is told of")
    func unknown() {
        let services = Self.dependencies("b: z y; a: b; c: b y")
        #expect(services.unknown.map(\.name) == ["b", "c"])
        #expect(services.unknown.map(\.requires) == [["y", "z"], ["y"]])
        #expect(services.dependents(of: "y") == ["b", "c"])
        #expect(Self.dependencies("a: b; b").unknown.isEmpty)
    }
}

@Suite("What services require of each other, at random")
struct DependenciesRandomTests {
    /// Up to 12 services; each requires some others, or in a quarter of the worlds only smaller ones.
    private static func world(_ random: inout SeededGenerator) -> [String: [String]] {
        let count = Int.random(in: 1...12, using: &random)
        let isOrdered = Int.random(in: 0..<4, using: &random) == 0
        let most = Int.random(in: 0...2, using: &random)
        var services: [String: [String]] = [:]
        for number in 0..<count {
            let range = isOrdered ? 0..<number : 0..<count + (most == 2 ? 1 : 0)
            services["s\(number)"] = (0..<most).compactMap { _ in
                range.isEmpty ? nil : "s\(Int.random(in: range, using: &random))"
            }
        }
        return services
    }

    /// Every service that the others lead to, found in another way: by adding until nothing is added.
    private static func reached(from name: String, _ services: [String: [String]]) -> Set<String> {
        var found = Set(services[name] ?? [])
        while true {
            let more = found.union(found.flatMap { services[$0] ?? [] })
            if more == found { return found }
            found = more
        }
    }

    @Test("cycles are found where a service requires itself in the end, and nowhere else")
    func cycles() {
        var random = SeededGenerator(seed: 1)
        var counts = [0, 0]
        for _ in 0..<3000 {
            let services = Self.world(&random)
            let dependencies = Dependencies(services)
            let isCircular = services.keys.contains { Self.reached(from: $0, services).contains($0) }
            #expect((dependencies.cycle != nil) == isCircular, "\(services)")
            counts[isCircular ? 1 : 0] += 1
            guard let cycle = dependencies.cycle else { continue }
            #expect(cycle.first == cycle.last && cycle.first == cycle.min())
            #expect(Set(cycle).count == cycle.count - 1)
            for (one, next) in zip(cycle, cycle.dropFirst()) { #expect(services[one]?.contains(next) == true) }
        }
        #expect(counts.allSatisfy { $0 > 300 }, "both kinds were there: \(counts)")
    }

    @Test("the circle that a chain of 100,000 services can be closed to is found")
    func long() {
        let count = 100_000
        var services: [String: [String]] = ["s0": []]
        for number in 1..<count { services["s\(number)"] = ["s\(number - 1)"] }
        #expect(Dependencies(services).cycle == nil)
        services["s0"] = ["s\(count - 1)"]
        #expect(Dependencies(services).cycle?.count == count + 1)
    }
}
