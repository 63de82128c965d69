import Testing

@testable import Config

@Suite("Port")
struct PortTests {
    @Test("every port can be written")
    func all() {
        let misread = (UInt16.min ... .max).filter { reading("\($0)", as: Port.self) != .success(Port($0)) }
        #expect(misread == [])
    }

    @Test("leading zeros do not make it octal")
    func leadingZeros() {
        #expect(reading("0080", as: Port.self) == .success(Port(80)))
        #expect(reading("000000", as: Port.self) == .success(Port(0)))
    }

    @Test("nonsense is refused, and the message says what was written and what is allowed", arguments: nonsense)
    func refused(_ text: String) {
        #expect(
            reading(text, as: Port.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a port: a whole number from 0 to 65535, where 0 lets the kernel choose")))
    }

    @Test("what is no port is refused", arguments: ["65536", "65537", "99999", "1.5", "80.", ".80", "1-2", "http"])
    func outOfRange(_ text: String) {
        #expect(throws: SettingError.self) { try Port(text: text) }
    }
}
