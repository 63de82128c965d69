import Testing

@testable import Config

@Suite("Limits of resources")
struct ResourceLimitTests {
    @Test(
        "one value for both, or two",
        arguments: [
            ("nofile=1024", 1024, 1024), ("nofile=1024:4096", 1024, 4096), ("core=0", 0, 0),
            ("core=unlimited", nil, nil), ("as=0:unlimited", 0, nil), ("cpu=18446744073709551614", .max - 1, .max - 1),
            ("stack=08:8", 8, 8), ("nproc=5:5", 5, 5),
        ] as [(String, UInt64?, UInt64?)])
    func read(_ text: String, _ soft: UInt64?, _ hard: UInt64?) throws {
        let limit = try ResourceLimit(text: text)
        #expect(limit.resource.rawValue == String(text.prefix { $0 != "=" }))
        #expect(limit.soft == soft)
        #expect(limit.hard == hard)
    }

    @Test("each resource can be named", arguments: ResourceLimit.Resource.allCases)
    func resources(_ resource: ResourceLimit.Resource) throws {
        #expect(try ResourceLimit(text: "\(resource.rawValue)=1").resource == resource)
        #expect(ResourceLimit.Resource.allCases.count == 16)
    }

    @Test("a resource that is none is refused, with the names of all", arguments: ["", "NOFILE", "RLIMIT_NOFILE", "x"])
    func noResource(_ name: String) {
        let error = #expect(throws: SettingError.self) { try ResourceLimit(text: "\(name)=1") }
        #expect(error?.description.hasPrefix("'\(name)' is not a resource that can be limited: as, core, cpu") == true)
        #expect(error?.description.hasSuffix("sigpending, stack") == true)
    }

    @Test(
        "what is no limit is refused",
        arguments: nonsense + [
            "4096:1024", "unlimited:1", "1:", ":1", ":", "1:2:3", "Unlimited", "-1", "infinity", "1k", "1 2",
            "18446744073709551615", "1=2",
        ])
    func noLimit(_ value: String) {
        #expect(
            reading("nofile=\(value)", as: ResourceLimit.self)
                == .failure(
                    SettingError(
                        "'\(value)' is not a limit of nofile: SOFT:HARD, or one number for both, from 0 to "
                            + "18446744073709551614 or 'unlimited'; SOFT is not above HARD")))
    }

    @Test("without a value it says how one is written")
    func noValue() {
        #expect(
            reading("nofile", as: ResourceLimit.self)
                == .failure(
                    SettingError(
                        "'nofile' is not a limit: NAME=SOFT:HARD, or NAME=N for both, such as nofile=1024:4096 or "
                            + "core=0"
                    )))
    }

    @Test("several have spaces between them, and of two for one resource the later counts")
    func several() throws {
        func texts(_ text: String) throws -> [String] {
            try ResourceLimits(text: text).limits.map { "\($0.resource)=\($0.soft ?? 0):\($0.hard ?? 0)" }
        }
        #expect(try texts("nofile=1:2 core=3") == ["nofile=1:2", "core=3:3"])
        #expect(try texts("  nofile=1   core=3  nofile=5:6 ") == ["core=3:3", "nofile=5:6"])
        #expect(try texts(" ") == [])
        #expect(throws: SettingError.self) { try ResourceLimits(text: "nofile=1,core=3") }
        #expect(throws: SettingError.self) { try ResourceLimits(text: "nofile=1\tcore=3") }
    }
}
