import Testing

@testable import Config

@Suite("Environment")
struct EnvironmentTests {
    private static let environment = Environment { name in
        ["KAPO_PORT": "8080", "KAPO_EMPTY": "", "KAPO_BAD": "no port", "KAPO_WAIT": "0.5", "KAPO_ON": "T"][name]
    }

    @Test("a variable that is set is read as its type says")
    func set() throws {
        #expect(try Self.environment.read("KAPO_PORT", as: Port.self) == Port(8080))
        #expect(try Self.environment.read("KAPO_WAIT", as: Seconds.self)?.nanoseconds == 500_000_000)
        #expect(try Self.environment.read("KAPO_ON", as: Switch.self)?.isOn == true)
    }

    @Test("a variable that is not set has no value")
    func notSet() throws {
        #expect(try Self.environment.read("KAPO_OTHER", as: Port.self) == nil)
    }

    @Test("an empty variable counts as not set, whatever its type")
    func empty() throws {
        #expect(try Self.environment.read("KAPO_EMPTY", as: Port.self) == nil)
        #expect(try Self.environment.read("KAPO_EMPTY", as: Switch.self) == nil)
        #expect(try Self.environment.read("KAPO_EMPTY", as: Seconds.self) == nil)
        #expect(try Self.environment.read("KAPO_EMPTY", as: TimeToLive.self) == nil)
    }

    @Test("an error names the variable, what it says and what is allowed")
    func bad() {
        let expected = SettingError(
            "The variable KAPO_BAD: 'no port' is not a port: a whole number from 0 to 65535, "
                + "where 0 lets the kernel choose"
        )
        #expect(throws: expected) { try Self.environment.read("KAPO_BAD", as: Port.self) }
        #expect(throws: SettingError.self) { try Self.environment.read("KAPO_BAD", as: Interval.self) }
        #expect(throws: SettingError.self) { try Self.environment.read("KAPO_PORT", as: Switch.self) }
    }
}
